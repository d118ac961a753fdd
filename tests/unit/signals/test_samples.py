"""Every public sample, bound to our names: what it says, or why it says nothing. Only the names are ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from stargate.domain.operating.explanation import explained
from stargate.domain.operating.playbook import LAST
from stargate.domain.signals.reading import signals_in
from stargate.domain.signals.shapes import is_event
from stargate.domain.signals.signal import Ignored, Signal

pytestmark = pytest.mark.shared_data
SAMPLES = Path(__file__).parents[4] / "shared/data/events"
ALARM = "stargate-sandbox-litellm-errors-critical"
# What names a resource in AWS's events → the same with a name of the design's.
BINDINGS = (
    (r"(:cluster/)[\w-]+", r"\1stargate-sandbox"),
    (r"(:service/)[\w-]+/[\w#-]+", r"\1stargate-sandbox/litellm"),
    (r'("group": "service:)[^"]+', r"\1litellm"),
    (r"(:rds:[\w-]+:\d+:db:)[\w-]+", r"\1stargate-sandbox"),
    (r'("SourceIdentifier": ")[^"]+', r"\1stargate-sandbox"),
    (r"(:stack/)\w+", r"\1stargate-sandbox-network"),
    (r"(:secret:)\w+-", r"\1stargate-sandbox/litellm-database-"),
    (r'("(?:alarmName|AlarmName)": ")[^"]+', rf"\1{ALARM}"),
    (r'("resourceId": ")[^"]+', r"\1service/stargate-sandbox/litellm"),
    (r"(:stateMachine:)[\w-]+", r"\1stargate-provision"),
    (r"i-\w{8,}", "stargate-sandbox"),
)


def bound(name):
    text = (SAMPLES / name).read_text()
    for theirs, ours in BINDINGS:
        text = re.sub(theirs, ours, text)
    return json.loads(text)


def read(name):
    """For the environment `sandbox`, where the event is about all of them."""
    return signals_in(bound(name), "sandbox")


ALARMS = "cw_alarm_lambda_action", "cw_alarm_metric_math", "cw_alarm_sns"
# A part of the name of one or more samples → kind, severity, subject.
SAID = {
    "scaled-to-max": ("at-maximum", "warning", "litellm"),
    "cloudformation-stack-status-change": ("stack-changed", "info", "network"),
    "cost_anomaly/": ("cost-anomaly", "critical", "cost"),
    "cw_alarm_lambda_action/": ("errors-high", "critical", "litellm"),
    "cw_alarm_metric_math/": ("errors-high", "critical", "litellm"),
    "cw_alarm_sns/": ("errors-high", "critical", "litellm"),
    "SERVICE_DEPLOYMENT_COMPLETED": ("deployment-completed", "info", "litellm"),
    "SERVICE_DEPLOYMENT_IN_PROGRESS": ("deployment-started", "info", "litellm"),
    "SERVICE_STEADY_STATE": ("steady-state", "info", "litellm"),
    "SERVICE_TASK_START_IMPAIRED": ("start-impaired", "critical", "litellm"),
    "ecs-task-spot": ("task-interrupted", "warning", "b99d40b3-5176-4f71-9a52-9dbd6fEXAMPLE"),
    "AWS_ABUSE_DOS_REPORT": ("security-risk", "critical", "abuse"),
    "DRIVE_PERFORMANCE_DEGRADED": ("health-issue", "critical", "ec2"),
    "health-ec2-store-degraded": ("health-issue", "critical", "ec2"),
    "AWS_RISK_CREDENTIALS_EXPOSED": ("security-risk", "critical", "risk"),
    "RETIREMENT_SCHEDULED": ("health-scheduled-change", "warning", "ec2"),
    "health-ec2-instance-retirement": ("health-scheduled-change", "warning", "ec2"),
    "RDS-EVENT-0049": ("failover-completed", "info", "database"),
    "RDS-EVENT-0087": ("database-stopped", "critical", "database"),
    "secretsmanager_rotation/": ("rotation-failed", "critical", "litellm-database"),
    "status-change-ABORTED": ("workflow-failed", "critical", "stargate-provision"),
    "Exposed-Access-Keys": ("security-risk", "critical", "risk"),
}
# The same for what says nothing to us → words of the reason.
IGNORED = {
    "cloudformation-resource-status-change": "told by its stack",
    "stackset-operation": "no stack sets",
    "cw_alarm_config_change/": "it has not rung",
    "ec2_autoscaling/": "no Auto Scaling group",
    "CAPACITY_PROVIDER_STEADY_STATE": "a capacity provider at rest",
    "task-state-change-PENDING-2": "a task of no service",
    "task-state-change-PENDING.": "the task is PENDING",
    "change-PROVISIONING": "the task is PROVISIONING",
    "ecs_task/ecs-task-state-change-RUNNING": "a task of no service",
    "telia-oss--aws-notify-slack--ecs-task-state-change-RUNNING": "the task is RUNNING",
    "UserInitiated-DEACTIVATING": "the task is DEACTIVATING",
    "UserInitiated-DEPROVISIONING": "the task is DEPROVISIONING",
    "UserInitiated-STOPPED": "a normal stop: somebody stopped it",
    "ODCR_UNDERUTILIZATION": "not ours: what AWS Health names of EC2",
    "health-ec2-operational-issue-public": "in af-south-1, where no gateway is",
    "ACM_RENEWAL": "not ours: what AWS Health names of ACM",
    "CLOUDSHELL": "a gateway has nothing of CLOUDSHELL",
    "noise/": "of no concern",
    "quota_warning/": "a quota in ca-central-1, where no gateway is",
    "rds-db-proxy": "of no concern: a db proxy",
    "rds-db-snapshot": "of no concern: a snapshot",
    "spot_interruption/": "tasks are on Fargate",
    "ssm_parameter_change/": "nothing in Parameter Store",
    "localstack--step-functions": "time missing or unreadable",
    "step_functions/step-functions-execution-status-change-RUNNING": "is RUNNING",
    "status-change-SUCCEEDED": "is SUCCEEDED",
    "support_case/": "answered by people",
    "Amazon-RDS-Idle": "advice on Amazon RDS Idle",
    "Amazon-S3": "advice on Amazon S3",
    "Auto-Scaling-Launch-Co": "AutoScaling is OK",
    "Load-Balancer-Optimiza": "advice on Load Balancer",
    "Unassociated-Elastic": "advice on Unassociated",
}
NAMES = sorted(str(path.relative_to(SAMPLES)) for path in SAMPLES.glob("*/*.json"))


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_bound_to_our_names_is_read_for_what_it_is(name):
    """Kind, severity and subject of the one, the reason of the other; no sample is in neither table."""
    (found,) = read(name)
    said = [meant for part, meant in SAID.items() if part in name]
    ignored = [words for part, words in IGNORED.items() if part in name]
    assert len(said) + len(ignored) == 1, name
    if said:
        assert isinstance(found, Signal), found
        assert (found.kind, found.severity.value, found.subject) == said[0]
        assert found.environment == "sandbox"
    else:
        assert isinstance(found, Ignored), found
        assert ignored[0] in found.reason


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(ALARMS)])
def test_an_alarm_of_whatever_shape_tells_its_state(name):
    """Opens in ALARM, closes when it is OK, at the moment of its state and not of its sending."""
    (found,) = read(name)
    assert found.turn.value == ("opens" if "ALARM.json" in name else "closes")
    assert found.source == ALARM


def test_a_composite_alarm_names_those_that_it_rings_for():
    """And by what its actions are suppressed."""
    (found,) = read("cw_alarm_lambda_action/cloudwatch-alarm-state-change-ServiceAggregatedAlarm-ALARM.json")
    assert found.facts["triggered_by"] == ["ServerCpuTooHigh"]
    assert found.facts["suppressed_by"] == "WaitPeriod"


@pytest.mark.parametrize("name", NAMES)
def test_no_sample_is_ours_as_it_stands(name):
    """Each is an event, and each says why it is nobody's of ours, or whose it would be."""
    told = json.loads((SAMPLES / name).read_text())
    assert is_event(told)
    (found,) = signals_in(told)
    assert isinstance(found, Ignored)
    assert found.reason
    kind = next((meant[0] for part, meant in SAID.items() if part in name), None)
    if kind is not None:
        assert found.seen is not None, found.reason
        assert found.seen.kind == ("alarm" if name.startswith(ALARMS) else kind)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_sample_leads_to_is_decided_by_a_rule_of_the_default(name):
    """None is left to the row that fits everything."""
    (told,) = explained(bound(name), "sandbox")
    assert "ignored" in told or told["decision"]["rule"] not in {rule.name for rule in LAST}
