"""A gateway's night, told once over HTTP: asleep, its database started, awake as it was, and gone.

What AWS's services say is read at each hour; each test reads one promise off that record.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.patience import follow, settled, wait_until

pytestmark = pytest.mark.cloud

NIGHT = {"name": "night", "preset": "sandbox", "overrides": {"network": {"cidr": "10.70.0.0/16"}}}
CLUSTER = "stargate-night"

Document = dict[str, Any]


@dataclass
class Record:
    """What was answered, and what the cloud held by day, by night and in the morning."""

    falling: Any = None
    asleep: Document = field(default_factory=dict)
    awake: Document = field(default_factory=dict)
    day: Document = field(default_factory=dict)
    deep: Document = field(default_factory=dict)
    morning: Document = field(default_factory=dict)
    stopped_again: bool = False
    refused: Any = None
    gone: Document = field(default_factory=dict)
    conditions: list[Document] = field(default_factory=list)
    ledger: list[Document] = field(default_factory=list)


@pytest.fixture(scope="module")
def record(api, cloud):
    told = Record()
    assert api.post("/environments", NIGHT).status == 202
    assert follow(api, "night", settled)[-1]["status"] == "READY"
    told.day = _state(cloud)
    told.falling = api.post("/environments/night/sleep", {})
    told.asleep = follow(api, "night", settled)[-1]
    told.deep = _state(cloud)
    cloud.client("rds").start_db_instance(DBInstanceIdentifier="stargate-night")
    wait_until(lambda: _database(cloud) == "available", "the database starts")
    wait_until(lambda: _database(cloud) == "stopped", "the database is stopped again")
    told.stopped_again = True
    told.conditions = api.get("/environments/night/conditions").document["conditions"]
    assert api.post("/environments/night/wake", {}).status == 202
    told.awake = follow(api, "night", settled)[-1]
    told.morning = _state(cloud)
    told.refused = api.post("/environments/night/resume", {})
    api.patch("/environments/night", {"deletion_protection": False, "ttl": 600})
    told.gone = follow(api, "night", lambda document: document["status"] == "RETIRED")[-1]
    told.ledger = api.get("/environments/night/ledger", limit="100", kind="notification").document["entries"]
    return told


def _state(cloud):
    ecs, scaling = cloud.client("ecs"), cloud.client("application-autoscaling")
    services = ecs.describe_services(
        cluster=CLUSTER, services=["litellm", "grafana", "langfuse", "victoria-metrics"]
    )["services"]
    targets = scaling.describe_scalable_targets(
        ServiceNamespace="ecs", ResourceIds=[f"service/{CLUSTER}/litellm"]
    )["ScalableTargets"]
    alarms = cloud.client("cloudwatch").describe_alarms(AlarmNamePrefix="stargate-night-")["MetricAlarms"]
    return {
        "counts": {service["serviceName"]: service["desiredCount"] for service in services},
        "running": sum(service["runningCount"] for service in services),
        "targets": [
            (target["MinCapacity"], target["MaxCapacity"], target["SuspendedState"]) for target in targets
        ],
        "sounding": sorted(alarm["AlarmName"] for alarm in alarms if alarm["ActionsEnabled"]),
        "database": _database(cloud),
    }


def _database(cloud):
    answer = cloud.client("rds").describe_db_instances(DBInstanceIdentifier="stargate-night")
    return answer["DBInstances"][0]["DBInstanceStatus"]


def test_asleep_nothing_of_it_runs(record):
    """At the end of it no task runs, nothing scales, no alarm sounds, and the database is stopped."""
    assert (record.falling.status, record.falling.document["status"]) == (202, "UPDATING")
    assert record.asleep["status"] == "ASLEEP", record.asleep["failure"]
    assert set(record.deep["counts"].values()) == {0}
    assert (record.deep["running"], record.deep["sounding"]) == (0, [])
    assert record.deep["database"] == "stopped"
    ((minimum, _, suspended),) = record.deep["targets"]
    assert minimum == 0
    assert set(suspended.values()) == {True}


def test_a_database_that_was_started_is_stopped_again(record):
    """As AWS starts it after seven days."""
    assert record.stopped_again


def test_the_loop_lets_it_sleep(record):
    """Tasks that stopped and alarms that lack data open no condition."""
    assert record.conditions == []


def test_awake_it_is_as_it_was(record):
    """Counts, bounds, suspensions and alarms; READY is measured through the front door."""
    assert record.awake["status"] == "READY", record.awake["failure"]
    assert record.morning == record.day
    assert any(check["name"].startswith("front door") for check in record.awake["checks"])


def test_a_verb_says_from_where_it_works(record):
    """What is READY has nothing to resume."""
    assert record.refused.status == 409
    assert "only what is FAILED or DEGRADED" in record.refused.document["detail"]


def test_its_time_to_live_ended_it_with_a_warning(record):
    """Nobody deleted it."""
    assert record.gone["status"] == "RETIRED"
    (warning,) = record.ledger
    assert "retires by itself" in warning["summary"]
