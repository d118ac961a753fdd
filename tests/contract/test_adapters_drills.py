"""What a drill asks of AWS, as moto plays it: tasks, failures counted, alarms that rang, a restore."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.cloudwatch import CloudWatchAlarmHistory
from stargate.adapters.gateway.ecs_tasks import EcsServiceTasks
from stargate.adapters.gateway.error_counts import BalancerErrorCounts
from stargate.adapters.gateway.rehearsals import RdsRehearsals
from stargate.adapters.state.drill_records import S3DrillRecords
from stargate.adapters.state.drill_rows import DrillRows
from stargate.domain.drills.alarms import Rang
from stargate.domain.drills.budget import Hour
from stargate.domain.drills.deeds import ServiceStanding, TaskFacts
from stargate.domain.drills.drill import Drill, DrillStatus, Watched
from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.probes import Probe
from stargate.domain.drills.restoring import Side
from stargate.errors import ActionRefusedError, ConflictError, DrillNotFoundError
from tests.contract import table_on_moto
from tests.unit.operating.loop_play import environment

REGION, CLUSTER = "us-west-1", "stargate-blue"
AT = 1_800_000_000.0
MOMENT = datetime.fromtimestamp(AT, UTC)


@pytest.fixture(autouse=True)
def _cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    aws.client.cache_clear()
    aws.signing_client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()
    aws.signing_client.cache_clear()


@pytest.fixture
def stub():
    """The answers of one service, in their order, each with what it has to be asked."""
    made = []

    def of(service, region=REGION):
        made.append(Stubber(aws.client(service, region)))
        made[-1].activate()
        return made[-1]

    yield of
    for one in made:
        one.assert_no_pending_responses()
        one.deactivate()


def test_a_service_stands_with_the_tasks_that_run(stub):
    """One that starts or drains is not among them."""
    ecs = stub("ecs")
    service = {"serviceName": "litellm", "status": "ACTIVE", "desiredCount": 2}
    asked = {"cluster": CLUSTER, "services": ["litellm", "gone"]}
    ecs.add_response("describe_services", {"services": [service]}, asked)
    arns = ["arn:aws:ecs:us-west-1:1:task/stargate-blue/a", "arn:aws:ecs:us-west-1:1:task/stargate-blue/b"]
    listed = {"cluster": CLUSTER, "serviceName": "litellm", "desiredStatus": "RUNNING"}
    ecs.add_response("list_tasks", {"taskArns": arns}, listed)
    running = {
        "taskArn": arns[0],
        "availabilityZone": "us-west-1b",
        "startedAt": MOMENT,
        "lastStatus": "RUNNING",
    }
    pending = {"taskArn": arns[1], "lastStatus": "PENDING"}
    ecs.add_response("describe_tasks", {"tasks": [running, pending]}, {"cluster": CLUSTER, "tasks": arns})
    found = EcsServiceTasks().standing(REGION, CLUSTER, ["litellm", "gone"])
    assert found == {"litellm": ServiceStanding(2, (TaskFacts("a", "us-west-1b", AT),))}


def test_without_a_cluster_nothing_stands(stub):
    """It was deleted, or never made."""
    stub("ecs").add_client_error("describe_services", "ClusterNotFoundException", "no")
    assert EcsServiceTasks().standing(REGION, CLUSTER, ["litellm"]) == {}


def test_a_task_is_stopped_and_one_that_is_gone_is_no_error(stub):
    """Whatever else ECS refuses is told."""
    ecs = stub("ecs")
    asked = {"cluster": CLUSTER, "task": "a", "reason": "drill d1"}
    ecs.add_response("stop_task", {}, asked)
    ecs.add_client_error("stop_task", "InvalidParameterException", "The referenced task was not found.", 400)
    ecs.add_client_error("stop_task", "AccessDeniedException", "you may not", 400)
    for _ in range(2):
        EcsServiceTasks().stop(REGION, CLUSTER, "a", "drill d1")
    with pytest.raises(ActionRefusedError):
        EcsServiceTasks().stop(REGION, CLUSTER, "a", "drill d1")


def test_failures_are_counted_by_the_hour(stub):
    """What found no target is no request to the target group, and a failure all the same."""
    hour = datetime.fromtimestamp(AT - AT % 3600, UTC)
    results = [
        {"Id": "requests", "Timestamps": [hour], "Values": [1000.0]},
        {"Id": "failed", "Timestamps": [hour], "Values": [5.0]},
        {"Id": "refused", "Timestamps": [hour], "Values": [45.0]},
    ]
    asked = {"MetricDataQueries": ANY, "StartTime": AT - AT % 3600 - 28 * 86400, "EndTime": AT}
    stub("cloudwatch").add_response("get_metric_data", {"MetricDataResults": results}, asked)
    outputs = {"BalancerFullName": "app/b/1", "LitellmTargetGroupFullName": "targetgroup/t/1"}
    blue = environment(AT, name="blue", region=REGION)
    assert BalancerErrorCounts().hours(blue, outputs, AT) == (Hour(1045.0, 50.0),)
    assert BalancerErrorCounts().hours(blue, {}, AT) == ()


def test_alarms_that_rang_are_those_of_the_environment(stub):
    """Neither those that turned to OK nor those of others; from all its regions in the order of time."""

    def turned(name, value, at=MOMENT):
        data = f'{{"newState": {{"stateValue": "{value}"}}}}'
        return {"AlarmName": name, "Timestamp": at, "HistoryItemType": "StateUpdate", "HistoryData": data}

    items = [
        turned("stargate-blue-litellm-cpu-critical", "ALARM"),
        turned("stargate-blue-litellm-cpu-critical", "OK"),
        turned("stargate-other-litellm-cpu-critical", "ALARM"),
    ]
    elsewhere = [turned("stargate-blue-litellm-first-token-critical", "ALARM", MOMENT - timedelta(minutes=1))]
    asked = {"HistoryItemType": "StateUpdate", "StartDate": AT - 60, "ScanBy": "TimestampAscending"}
    stub("cloudwatch").add_response("describe_alarm_history", {"AlarmHistoryItems": items}, asked)
    models = stub("cloudwatch", "us-east-1")
    models.add_response("describe_alarm_history", {"AlarmHistoryItems": elsewhere}, asked)
    assert CloudWatchAlarmHistory().rang([REGION, "us-east-1"], "stargate-blue-", AT - 60) == (
        Rang("litellm-first-token-critical", AT - 60),
        Rang("litellm-cpu-critical", AT),
    )


SOURCE = {
    "DBInstanceClass": "db.r6g.large", "DBSubnetGroup": {"DBSubnetGroupName": "subnets"},
    "DBParameterGroups": [{"DBParameterGroupName": "parameters"}],
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
}  # fmt: skip


def test_a_restore_lands_beside_its_source_and_in_its_network(stub):
    """In one zone, private, with tags; one that is there already is no error."""
    rds = stub("rds")
    asked = {
        "SourceDBInstanceIdentifier": "blue", "TargetDBInstanceIdentifier": "side", "MultiAZ": False,
        "UseLatestRestorableTime": True, "DBInstanceClass": "db.r6g.large", "DBSubnetGroupName": "subnets",
        "DBParameterGroupName": "parameters", "VpcSecurityGroupIds": ["sg-1"], "PubliclyAccessible": False,
        "DeletionProtection": False, "Tags": [{"Key": "stargate:drill", "Value": "d1"}],
    }  # fmt: skip
    operation, found = "restore_db_instance_to_point_in_time", {"DBInstances": [SOURCE]}
    rds.add_response("describe_db_instances", found)
    rds.add_response(operation, {}, asked)
    rds.add_response("describe_db_instances", found)
    for drill in ("d1", "d0"):
        rds.add_client_error(operation, "DBInstanceAlreadyExists", "DB instance already exists", 400)
        stands = {"DBInstances": [{"TagList": [{"Key": "stargate:drill", "Value": drill}]}]}
        rds.add_response("describe_db_instances", stands, {"DBInstanceIdentifier": "side"})
        rds.add_response("describe_db_instances", found)
    rds.add_client_error(operation, "PointInTimeRestoreNotEnabled", "no backups", 400)
    for _ in range(2):
        RdsRehearsals().restore(REGION, "blue", "side", {"stargate:drill": "d1"})
    for refusal in ("already exists", "no backups"):
        with pytest.raises(ActionRefusedError, match=refusal):
            RdsRehearsals().restore(REGION, "blue", "side", {"stargate:drill": "d1"})


def test_an_instance_beside_is_deleted_once_rds_can(stub):
    """Not while it is made; nothing is asked for while it goes or when it is gone."""
    rds = stub("rds")

    def is_(status):
        found = {"DBInstanceStatus": status, "Endpoint": {"Address": "side.rds"}}
        rds.add_response("describe_db_instances", {"DBInstances": [found]}, {"DBInstanceIdentifier": "side"})

    is_("creating")
    rds.add_client_error("delete_db_instance", "InvalidDBInstanceState", "is creating", 400)
    with pytest.raises(ConflictError):
        RdsRehearsals().delete(REGION, "side")
    is_("available")
    asked = {"DBInstanceIdentifier": "side", "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    rds.add_response("delete_db_instance", {}, asked)
    RdsRehearsals().delete(REGION, "side")
    is_("deleting")
    RdsRehearsals().delete(REGION, "side")
    is_("available")
    assert RdsRehearsals().describe(REGION, "side") == Side("available", "side.rds")
    rds.add_client_error("describe_db_instances", "DBInstanceNotFound", "no", 404)
    RdsRehearsals().delete(REGION, "side")


def test_the_reading_task_is_told_where_and_since_when(stub):
    """In the network of the preparing task, by a token that starts it once."""
    ecs = stub("ecs")
    told = [
        {"name": "PGHOST", "value": "side.rds"},
        {"name": "MARKED_AT", "value": "2026-01-01T00:00:00.000Z"},
    ]
    network = {"subnets": ["a", "b"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
    asked = {
        "cluster": CLUSTER, "taskDefinition": "stargate-blue-check-restore", "launchType": "FARGATE",
        "count": 1,
        "startedBy": ANY, "clientToken": "d1", "networkConfiguration": {"awsvpcConfiguration": network},
        "overrides": {"containerOverrides": [{"name": "check", "environment": told}]},
    }  # fmt: skip
    ecs.add_response("run_task", {"tasks": [{"taskArn": "task-1"}], "failures": []}, asked)
    outputs = {"PrivateSubnetIds": "a,b", "PrepareSecurityGroupId": "sg-1"}
    rehearsals = RdsRehearsals()
    marked_at = "2026-01-01T00:00:00.000Z"
    assert rehearsals.check(REGION, CLUSTER, outputs, "side.rds", marked_at, "d1") == "task-1"


def test_drills_are_kept_whole_and_found_by_their_time(monkeypatch):
    """Fields that others write meanwhile stay; a drill that nobody asked for is not there."""
    at = int(AT * 1000)
    old = Drill(f"{at:013d}-a", "e1", "blue", Kind.LITELLM_TASK, DrillStatus.SCORED, AT, "ann", "c")
    new = Drill(
        f"{at + 5000:013d}-b", "e1", "blue", Kind.ZONE_LOSS, DrillStatus.REQUESTED, AT + 5, "ann", "c"
    )
    new = replace(new, subnets={"litellm": ["a", "b"]}, muted=("x",), restore={"asked_at": 1.5})
    with table_on_moto.table(monkeypatch) as table:
        rows = DrillRows(table)
        for one in (old, new):
            rows.put(one)
        assert rows.all("e1") == [old, new]
        assert rows.since("e1", AT + 1) == [new]
        rows.set(replace(new, left_zone="use1-az1", reason="not written"), "left_zone")
        assert rows.get("e1", new.drill_id) == replace(new, left_zone="use1-az1")
        with pytest.raises(DrillNotFoundError):
            rows.get("e1", "nobody")


def test_a_record_is_what_was_measured_and_its_links_expire():
    """Byte for byte, with a digest; the page lies beside it."""
    s3 = boto3.client("s3", region_name=REGION)
    s3.create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
    records = S3DrillRecords("bucket")
    probe = Probe(AT, "litellm", ok=False, latency=0.25, reason="503 instead of 200")
    watched = Watched((probe,), ((AT, "m1"),), frozenset({"m1"}), ("on a model",), (AT,), (AT, AT + 15))
    records.put("e1", "d1", watched)
    records.put_page("e1", "d1", "<p>page</p>")
    assert records.get("e1", "d1") == watched
    assert len(records.digest("e1", "d1")) == 64
    links = records.links("e1", "d1", 900)
    assert ["/drills/e1/d1.json?" in links["record"], "/drills/e1/d1.html?" in links["page"]] == [True, True]
    assert "X-Amz-Expires=900" in links["page"]
