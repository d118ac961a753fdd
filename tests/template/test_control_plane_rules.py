"""Which events the rules let through: what happens to a gateway, and nothing that is none of our concern."""

from __future__ import annotations

import json

import pytest
from ministack.services import eventbridge

from tests.template.control_plane import of_type, translated
from tests.template.gateway_templates import resources_of_type
from tests.unit.signals import senders

ACCOUNT, REGION, ENVIRONMENT = "111122223333", "us-west-1", "sandbox"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/stargate-{ENVIRONMENT}"
SERVICE = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/stargate-{ENVIRONMENT}/litellm"
PATTERNS = {
    name: resource["Properties"]["EventPattern"]
    for name, resource in translated()["Resources"].items()
    if resource["Type"] == "AWS::Events::Rule" and "EventPattern" in resource["Properties"]
}
ALARM, TASK, ACTED, SCALED = (
    f"ReceiveSignalFunction{name}"
    for name in ("AlarmChanged", "ServiceTaskStopped", "ServiceActed", "ScalingReachedItsMaximum")
)


def event(source, detail_type, detail, resources=(), region=REGION):
    return {
        "version": "0",
        "id": "6f1b2b7e-0000-4000-8000-000000000001",
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-11-24T12:00:00Z",
        "region": region,
        "resources": list(resources),
        "detail": detail,
    }


def alarm(name, value="ALARM", before="OK"):
    detail = {
        "alarmName": name,
        "state": {"value": value, "reason": "Threshold Crossed", "timestamp": "2026-11-24T12:00:00.000+0000"},
        "previousState": {"value": before},
        "configuration": {"metrics": []},
    }
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"
    return event("aws.cloudwatch", "CloudWatch Alarm State Change", detail, [arn])


def task(**changes):
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/stargate-{ENVIRONMENT}/0123456789abcdef"
    detail = {
        "clusterArn": CLUSTER,
        "group": "service:litellm",
        "startedBy": "ecs-svc/1234567890123456789",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "taskArn": arn,
    }
    return event("aws.ecs", "ECS Task State Change", {**detail, **changes}, [arn])


def acted(detail_type="ECS Service Action", name="SERVICE_STEADY_STATE", service=SERVICE):
    return event("aws.ecs", detail_type, {"eventType": "INFO", "eventName": name}, [service])


def scaled(**changes):
    detail = {
        "resourceId": f"service/stargate-{ENVIRONMENT}/litellm",
        "scalableDimension": "ecs:service:DesiredCount",
        "serviceNamespace": "ecs",
        "newDesiredCapacity": 6,
        "maxCapacity": 6,
        "scaledToMax": True,
    }
    kind = "Application Auto Scaling Scaling Activity State Change"
    return event("aws.application-autoscaling", kind, {**detail, **changes})


def by_trail(record):
    """As CloudTrail hands it to EventBridge."""
    service = bool(record.get("additionalEventData"))
    kind = f"AWS {'Service Event' if service else 'API Call'} via CloudTrail"
    return event("aws.secretsmanager", kind, record)


def heard_by(happened):
    """The rules that let the event through, as EventBridge's TestEventPattern judges."""
    heard = set()
    for name, pattern in PATTERNS.items():
        if "stateMachineArn" in pattern.get("detail", {}):
            continue  # names workflows that only a deployed stack has
        asked = {"EventPattern": json.dumps(pattern), "Event": json.dumps(happened)}
        status, _, body = eventbridge._test_event_pattern(asked)
        assert status == 200, body
        if json.loads(body)["Result"]:
            heard.add(name)
    return heard


OURS = sorted(
    alarm["AlarmName"]["Fn::Sub"].replace("${Environment}", ENVIRONMENT)
    for _, _, alarm in resources_of_type("AWS::CloudWatch::Alarm")
)


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize(
    ("before", "after"),
    [("OK", "ALARM"), ("INSUFFICIENT_DATA", "ALARM"), ("ALARM", "OK"), ("ALARM", "INSUFFICIENT_DATA")],
)
def test_every_alarm_of_a_gateway_is_heard_when_it_rings_and_when_it_no_longer_does(name, before, after):
    """In whichever region: its own is in the event."""
    assert heard_by(alarm(name, after, before)) == {ALARM}


@pytest.mark.parametrize(("before", "after"), [("INSUFFICIENT_DATA", "OK"), ("OK", "INSUFFICIENT_DATA")])
def test_an_alarm_that_has_only_learnt_of_data_is_not_heard(before, after):
    """Else each creation would begin with as many calls as there are alarms."""
    assert heard_by(alarm(OURS[0], after, before)) == set()


@pytest.mark.parametrize(
    "name",
    [
        "TargetTracking-service/stargate-sandbox/litellm-AlarmHigh-0123",
        "someone-elses-cpu-critical",
        "stargate-sandbox-litellm-cpu",
        "",
    ],
)
def test_other_alarms_are_not_heard(name):
    """Target tracking's own least of all: they ring all day long."""
    assert heard_by(alarm(name)) == set()


def test_the_control_planes_own_alarms_are_not_heard():
    """CloudFormation names them after the stack: nobody is to remedy a gateway because of them."""
    for logical_id in of_type("AWS::CloudWatch::Alarm"):
        assert heard_by(alarm(f"stargate-{logical_id}-1ABCDEFGHIJKL")) == set()


def test_an_alarms_changed_configuration_is_not_heard():
    """Nothing happened to the gateway."""
    changed = {**alarm(OURS[0]), "detail-type": "CloudWatch Alarm Configuration Change"}
    assert heard_by(changed) == set()


def test_a_stopped_task_of_a_service_is_heard():
    """Whether it crashed or was stopped is for the reader to say."""
    assert heard_by(task()) == {TASK}
    assert heard_by(task(stopCode="ServiceSchedulerInitiated")) == {TASK}


@pytest.mark.parametrize(
    "changes",
    [
        {"lastStatus": "RUNNING"},
        {"lastStatus": "DEPROVISIONING"},
        {"clusterArn": CLUSTER.replace("stargate-", "others-")},
        {"group": "family:someone"},
    ],
)
def test_other_states_and_other_tasks_are_not_heard(changes):
    """A task that lives, that is not ours, or that belongs to no service."""
    assert heard_by(task(**changes)) == set()


def test_our_one_off_tasks_are_heard_by_who_waits_for_them():
    """Preparing the database is a step of a creation, and no crash of a service."""
    own = task(group="family:stargate-sandbox-prepare-database", startedBy="stargate/0123456789ab/1")
    assert heard_by(own) == {"NoticeProgressFunctionTaskStopped"}


@pytest.mark.parametrize(
    ("detail_type", "name"),
    [
        ("ECS Service Action", "SERVICE_STEADY_STATE"),
        ("ECS Service Action", "SERVICE_TASK_START_IMPAIRED"),
        ("ECS Deployment State Change", "SERVICE_DEPLOYMENT_FAILED"),
    ],
)
def test_what_a_service_does_is_heard(detail_type, name):
    """Of a gateway's services only."""
    assert heard_by(acted(detail_type, name)) == {ACTED}
    assert heard_by(acted(detail_type, name, SERVICE.replace("stargate-", "others-"))) == set()


def test_a_target_at_its_maximum_is_heard():
    """Of a gateway's services only; a table's capacity is none of our concern."""
    assert heard_by(scaled()) == {SCALED}
    assert heard_by(scaled(resourceId="service/others/litellm")) == set()
    assert heard_by(scaled(resourceId="table/stargate", serviceNamespace="dynamodb")) == set()


# What is told of the database, by Health, of secrets, stacks, quotas and costs: in the shapes of `senders`.

ELSEWHERE = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:theirs/key-AbCdEf"
HEARD = [
    ("DatabaseTold", senders.database("0013")),
    ("HealthTold", senders.health("AWS_ECS_OPERATIONAL_ISSUE", "issue")),
    ("SecretChanged", by_trail(senders.secret("RotationSucceeded"))),
    (
        "SecretChanged",
        by_trail(senders.secret("PutSecretValue", requestParameters={"secretId": senders.ROTATED})),
    ),
    (
        "SecretChanged",
        by_trail(senders.secret("DeleteSecret", requestParameters={"secretId": "stargate-sandbox/x"})),
    ),
    ("StackTold", senders.stack("UPDATE_ROLLBACK_FAILED")),
    ("StackTold", senders.stack("UPDATE_ROLLBACK_COMPLETE")),
    ("StackTold", senders.stack("DELETE_COMPLETE")),
    ("DriftFound", senders.drift("DRIFTED")),
    ("QuotaPassed", senders.service_quotas()),
    ("QuotaChecked", senders.limit()),
    ("QuotaChecked", senders.limit("ERROR", "aws-solutions.quota-monitor")),
    ("CostsMore", event("aws.ce", "Anomaly Detected", senders.ANOMALY)),
]
UNHEARD = [
    senders.database("0013", "theirs"),
    by_trail(senders.secret("GetSecretValue", requestParameters={"secretId": senders.ROTATED})),
    by_trail(senders.secret("RotationSucceeded", additionalEventData={"SecretId": ELSEWHERE})),
    senders.stack("UPDATE_ROLLBACK_FAILED", "theirs"),
    senders.limit("OK"),
]


@pytest.mark.parametrize(("rule", "told"), HEARD)
def test_all_else_that_is_told_of_gateways_is_heard(rule, told):
    """A shape that is read and never delivered would be read for nothing."""
    assert f"ReceiveSignalFunction{rule}" in heard_by(told)


@pytest.mark.parametrize("told", UNHEARD)
def test_what_is_told_of_others_is_not_heard(told):
    """Nor what is read of a secret, which is every task's start."""
    assert not any(name.startswith("ReceiveSignal") for name in heard_by(told))


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS"])
def test_a_creation_wakes_the_loop_with_none_of_its_stacks(status):
    """Its own workflow looks after them."""
    assert not any(name.startswith("ReceiveSignal") for name in heard_by(senders.stack(status)))
