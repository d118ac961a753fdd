"""Every source and every wrapping: what it says, of whom, and what it would be were it ours."""

import json
import re
from pathlib import Path

import pytest

from stargate.domain.signals.reading import read_signal, signals_in
from stargate.domain.signals.shapes import is_event
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn

SAMPLES = Path(__file__).parents[4] / "shared/data/events"
ALARM = "stargate-sandbox-litellm-cpu-critical"
ARN = f"arn:aws:cloudwatch:us-east-1:111122223333:alarm:{ALARM}"
AT = "2026-11-24T03:00:00Z"


def event(source, kind, detail, resources=(), **changed):
    return {
        "version": "0",
        "id": "3c6c1f1e-0000-4000-8000-000000000001",
        "source": source,
        "detail-type": kind,
        "account": "111122223333",
        "time": AT,
        "region": "us-east-1",
        "resources": list(resources),
        "detail": detail,
        **changed,
    }


def sns_alarm(value="ALARM", name=ALARM):
    return {
        "AlarmName": name,
        "AlarmArn": ARN,
        "NewStateValue": value,
        "OldStateValue": "OK",
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": "2026-11-24T03:00:00.000+0000",
        "Region": "US East (N. Virginia)",
        "Trigger": {"MetricName": "CPUUtilization"},
    }


def to_function():
    state = {"value": "ALARM", "reason": "Threshold Crossed", "timestamp": "2026-11-24T03:00:00.000+0000"}
    return {
        "source": "aws.cloudwatch",
        "alarmArn": ARN,
        "accountId": "111122223333",
        "time": "2026-11-24T03:00:00.000+0000",
        "region": "us-east-1",
        "alarmData": {"alarmName": ALARM, "state": state},
    }


def notification(message):
    return {
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:us-east-1:1:t",
        "Message": message,
        "Timestamp": AT,
    }


WRAPPINGS = {
    "bare SNS message": sns_alarm(),
    "notification": notification(json.dumps(sns_alarm())),
    "SNS to a function": {
        "Records": [{"EventSource": "aws:sns", "Sns": notification(json.dumps(sns_alarm()))}]
    },
    "SNS by SQS": {"Records": [{"body": json.dumps(notification(json.dumps(sns_alarm())))}]},
    "alarm to a function": to_function(),
    "EventBridge": event(
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
        {"alarmName": ALARM, "state": {"value": "ALARM", "timestamp": AT}},
        [ARN],
    ),
}


@pytest.mark.parametrize("wrapped", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_an_alarm_says_the_same_however_it_comes(wrapped):
    """EventBridge, SNS, SQS or straight to a function: one signal."""
    signal = read_signal(wrapped)
    assert isinstance(signal, Signal), signal
    assert (signal.kind, signal.environment, signal.subject) == ("cpu-high", "sandbox", "litellm")
    assert (signal.severity, signal.turn, signal.at) == (Severity.CRITICAL, Turn.OPENS, 1795489200.0)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
@pytest.mark.parametrize("wrapped", WRAPPINGS.values(), ids=WRAPPINGS.keys())
def test_a_moment_that_no_calendar_has_makes_no_signal(wrapped, moment):
    """It is refused as the event's time, wherever the sender has put it, and never raised."""
    told = json.loads(re.sub(r"2026-11-24T03:00:00[.0-9]*(Z|[+]0000)", moment, json.dumps(wrapped)))
    found = read_signal(told)
    assert isinstance(found, Ignored), found
    assert "time missing or unreadable" in found.reason


def test_a_batch_is_read_one_by_one():
    """Two records are two signals, and a bad one does not hide the good one."""
    batch = {
        "Records": [{"body": json.dumps(sns_alarm())}, {"body": "{"}, {"body": json.dumps(sns_alarm("OK"))}]
    }
    first, second, third = signals_in(batch)
    assert (first.turn, third.turn) == (Turn.OPENS, Turn.CLOSES)
    assert isinstance(second, Ignored)


def test_the_same_content_without_an_id_has_the_same_id():
    """A copy of a message that brings no id is known again."""
    assert read_signal(sns_alarm()).event_id == read_signal(sns_alarm()).event_id
    assert read_signal(sns_alarm()).event_id != read_signal(sns_alarm("OK")).event_id


def database(number, name="stargate-sandbox", categories=("failover",)):
    arn = f"arn:aws:rds:us-east-1:111122223333:db:{name}"
    detail = {
        "EventCategories": list(categories),
        "SourceType": "DB_INSTANCE",
        "SourceArn": arn,
        "Date": AT,
        "Message": "something of the database",
        "SourceIdentifier": name,
        "EventID": number,
    }
    return event("aws.rds", "RDS DB Instance Event", detail, [arn])


def health(code, category, service="ECS", entities=(), **changed):
    detail = {
        "eventArn": f"arn:aws:health:us-east-1::event/{service}/{code}/1",
        "service": service,
        "eventTypeCode": code,
        "eventTypeCategory": category,
        "eventRegion": "us-east-1",
        "statusCode": "open",
        "eventDescription": [{"language": "en_US", "latestDescription": "what AWS says"}],
        "affectedEntities": [{"entityValue": entity} for entity in entities],
        "page": "1",
        "totalPages": "1",
        **changed,
    }
    return event("aws.health", "AWS Health Event", detail, entities)


def trail(source, name, **record):
    return {
        "eventVersion": "1.08",
        "eventSource": source,
        "eventName": name,
        "eventTime": AT,
        "awsRegion": "us-east-1",
        "eventID": "e-1",
        **record,
    }


def stack(status, name="stargate-sandbox-network"):
    arn = f"arn:aws:cloudformation:us-east-1:111122223333:stack/{name}/1c9f"
    detail = {"stack-id": arn, "status-details": {"status": status, "status-reason": ""}}
    return event("aws.cloudformation", "CloudFormation Stack Status Change", detail, [arn])


def drift(found):
    arn = "arn:aws:cloudformation:us-east-1:111122223333:stack/stargate-sandbox-waf/1c9f"
    detail = {
        "stack-id": arn,
        "status-details": {"stack-drift-status": found, "detection-status": "DETECTED"},
    }
    return event("aws.cloudformation", "CloudFormation Drift Detection Status Change", detail, [arn])


ROTATED = "arn:aws:secretsmanager:us-east-1:111122223333:secret:stargate-sandbox/litellm-database-AbCdEf"
ALERT = {
    "version": "4",
    "groupKey": "{}",
    "receiver": "stargate",
    "status": "firing",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "TargetDown", "environment": "sandbox", "severity": "critical"},
            "annotations": {"summary": "a target is down"},
            "startsAt": AT,
            "fingerprint": "c6eadffa33fcdf37",
        }
    ],
}
OF_SANDBOX = [
    (database("RDS-EVENT-0013"), "failover-started", Severity.CRITICAL, "database"),
    (database("RDS-EVENT-0049"), "failover-completed", Severity.INFO, "database"),
    (database("RDS-EVENT-0089", categories=["low storage"]), "storage-low", Severity.WARNING, "database"),
    (database("RDS-EVENT-0007", categories=["low storage"]), "storage-full", Severity.CRITICAL, "database"),
    (
        database("RDS-EVENT-0006", categories=["availability"]),
        "database-restarted",
        Severity.WARNING,
        "database",
    ),
    (database("RDS-EVENT-9999", categories=["failure"]), "database-failed", Severity.CRITICAL, "database"),
    (
        database("RDS-EVENT-0026", categories=["maintenance"]),
        "database-maintenance",
        Severity.INFO,
        "database",
    ),
    (
        health("AWS_ECS_TASK_PATCHING_RETIREMENT", "scheduledChange", entities=["stargate-sandbox|litellm"]),
        "task-retirement",
        Severity.WARNING,
        "ecs",
    ),
    (
        health("AWS_RDS_MAINTENANCE_SCHEDULED", "scheduledChange", "RDS", ["stargate-sandbox"]),
        "health-scheduled-change",
        Severity.WARNING,
        "rds",
    ),
    (
        trail("secretsmanager.amazonaws.com", "RotationSucceeded", additionalEventData={"SecretId": ROTATED}),
        "secret-rotated",
        Severity.WARNING,
        "litellm-database",
    ),
    (
        trail("secretsmanager.amazonaws.com", "RotationFailed", additionalEventData={"SecretId": ROTATED}),
        "rotation-failed",
        Severity.CRITICAL,
        "litellm-database",
    ),
    (stack("UPDATE_ROLLBACK_FAILED"), "stack-failed", Severity.CRITICAL, "network"),
    (stack("UPDATE_COMPLETE"), "stack-changed", Severity.INFO, "network"),
    (drift("DRIFTED"), "drift-detected", Severity.WARNING, "waf"),
    (drift("IN_SYNC"), "drift-over", Severity.INFO, "waf"),
    (ALERT, "alert", Severity.CRITICAL, "TargetDown"),
]


@pytest.mark.parametrize(
    ("told", "kind", "severity", "subject"), OF_SANDBOX, ids=[row[1] for row in OF_SANDBOX]
)
def test_what_is_of_an_environment_becomes_its_signal(told, kind, severity, subject):
    """Kind, severity and subject; the environment by the names in the design."""
    signal = read_signal(told)
    assert isinstance(signal, Signal), signal
    assert (signal.kind, signal.severity, signal.subject) == (kind, severity, subject)
    assert signal.environment == "sandbox"


BUDGET = """AWS Budget Notification November 24, 2026
AWS Account 111122223333

Dear AWS Customer,

Budget Name: gateways
Budget Type: Cost
Budgeted Amount: $500.00
Alert Type: ACTUAL
Alert Threshold: > $400.00
ACTUAL Amount: $420.55
"""
ANOMALY = {
    "accountId": "111122223333",
    "anomalyId": "a-1",
    "anomalyStartDate": AT,
    "anomalyEndDate": AT,
    "dimensionalValue": "Amazon Bedrock",
    "impact": {"totalImpact": 42.0, "maxImpact": 42.0},
}
QUOTA = "Service: bedrock | Quota Name: tokens a minute | Utilization: 96.5%"
LIMIT = {
    "check-name": "Service Limits",
    "check-item-detail": {
        "Service": "VPC",
        "Limit Name": "Elastic IP addresses",
        "Limit Amount": "5",
        "Current Usage": "4",
        "Region": "us-east-1",
    },
    "status": "WARN",
}
OF_ALL = [
    (notification(BUDGET), "budget-passed", Severity.CRITICAL),
    (ANOMALY, "cost-anomaly", Severity.WARNING),
    (
        health("AWS_SERVICEQUOTAS_THRESHOLD_BREACH", "accountNotification", "SERVICEQUOTAS", [QUOTA]),
        "quota-warning",
        Severity.CRITICAL,
    ),
    (
        event("aws.trustedadvisor", "Trusted Advisor Check Item Refresh Notification", LIMIT),
        "quota-warning",
        Severity.WARNING,
    ),
    (health("AWS_ECS_OPERATIONAL_ISSUE", "issue"), "health-issue", Severity.CRITICAL),
    (
        health("AWS_RISK_CREDENTIALS_EXPOSED", "issue", "RISK", ["AKIAEXAMPLE"]),
        "security-risk",
        Severity.CRITICAL,
    ),
]


@pytest.mark.parametrize(("told", "kind", "severity"), OF_ALL, ids=[row[1] for row in OF_ALL])
def test_what_is_of_the_account_needs_to_be_told_for_whom(told, kind, severity):
    """Without an environment it is ignored and seen; for one that is named it is its signal."""
    ignored = read_signal(told)
    assert isinstance(ignored, Ignored)
    assert (ignored.seen.kind, ignored.seen.severity) == (kind, severity)
    (signal,) = signals_in(told, "sandbox")
    assert (signal.environment, signal.kind) == ("sandbox", kind)


def test_an_issue_that_is_over_closes():
    """AWS Health tells an end by the event's status."""
    (signal,) = signals_in(health("AWS_ECS_OPERATIONAL_ISSUE", "issue", statusCode="closed"), "sandbox")
    assert signal.turn is Turn.CLOSES


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (database("RDS-EVENT-0049", "my-db"), "not ours: the database my-db"),
        (stack("CREATE_FAILED", "somebody-elses"), "not ours: the stack somebody-elses"),
        (health("AWS_LIGHTSAIL_ISSUE", "issue", "LIGHTSAIL"), "nothing of LIGHTSAIL"),
        (health("AWS_EC2_RETIREMENT", "scheduledChange", "EC2", ["i-1"]), "not ours"),
        (stack("UPDATE_IN_PROGRESS"), "under way"),
        (event("aws.codebuild", "CodeBuild Build Phase Change", {}), "of no concern"),
        (database("RDS-EVENT-0049", "stargate-other"), "about other, not sandbox"),
    ],
)
def test_what_is_no_concern_says_why(told, words):
    """A reason for the log, whatever it is."""
    (read,) = signals_in(told, "sandbox")
    assert isinstance(read, Ignored)
    assert words in read.reason


KINDS = {
    "cloudformation/cloudformation-stack-status-change.json": "stack-changed",
    "cost_anomaly/cost_anomaly.json": "cost-anomaly",
    "cw_alarm_lambda_action/cw_alarm_lambda_action-CompositeDemo.Main-ALARM.json": "alarm",
    "cw_alarm_sns/cw_alarm_sns-Example-ALARM.json": "alarm",
    "ecs_task/ecs-task-spot-interruption-current.json": "task-interrupted",
    "health_issue/health-ec2-operational-issue-public.json": "health-issue",
    "quota_warning/servicequotas-health-threshold-breach-critical.json": "quota-warning",
    "rds_instance/rds-db-instance-event-RDS-EVENT-0049.json": "failover-completed",
    "secretsmanager_rotation/secretsmanager_rotation.json": "rotation-failed",
    "step_functions/step-functions-execution-status-change-ABORTED.json": "workflow-failed",
}


@pytest.mark.shared_data
@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_public_samples_are_seen_for_what_they_are(name, kind):
    """None is ours; each would be of this kind."""
    read = read_signal(json.loads((SAMPLES / name).read_text()))
    assert isinstance(read, Ignored)
    assert read.seen is not None, read.reason
    assert read.seen.kind == kind


@pytest.mark.shared_data
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.json")), ids=lambda path: path.name)
def test_every_public_sample_is_an_event(path):
    """Whatever AWS sends is read, and none of it is taken for ours."""
    told = json.loads(path.read_text())
    assert is_event(told)
    assert all(isinstance(one, Ignored) for one in signals_in(told))
