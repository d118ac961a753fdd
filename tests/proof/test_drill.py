"""A gateway's drills, told once over HTTP: refused, stopped half way, run, wedged and rescued.

What the API and the cloud said is read as it went; each test reads one promise off that record.
"""

import json
import urllib.request
from types import SimpleNamespace

import pytest

from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled, wait_until

pytestmark = pytest.mark.cloud

DRILLY = {"name": "drilly", "preset": "sandbox", "overrides": {"network": {"cidr": "10.80.0.0/16"}}}
DRILLS, ASKED = "/environments/drilly/drills", {"kind": "database-failover"}


def next_failover(cloud, **order):
    body = json.dumps({"environment": "drilly", **order}).encode()
    address = f"{cloud.twin}/failover"
    with urllib.request.urlopen(urllib.request.Request(address, body, method="POST"), timeout=10):  # noqa: S310
        return


def may_run(api):
    return api.post(DRILLS, {**ASKED, "dry_run": True}).document["would_run"]


def drilled(api, until=lambda drill: drill["status"] in {"SCORED", "FAILED"}):
    wait_until(lambda: may_run(api), "an hour is over since the last drill")
    asked = api.post(DRILLS, ASKED)
    assert asked.status == 202, asked.document
    address = f"{DRILLS}/{asked.document['id']}"
    wait_until(lambda: until(api.get(address).document), "the drill comes so far")
    return api.get(address).document


def stop(cloud, drill):
    """What an operator does in the Step Functions console."""
    workflows = cloud.client("stepfunctions")
    for machine in workflows.list_state_machines()["stateMachines"]:
        if machine["name"].endswith("-drill"):
            running = workflows.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
            (ours,) = [one for one in running if one["name"].endswith(drill["id"])]
            workflows.stop_execution(executionArn=ours["executionArn"], error="Stopped", cause="by hand")


@pytest.fixture(scope="module")
def record(api, cloud):
    assert api.post("/environments", DRILLY).status == 202
    made = follow(api, "drilly", settled)[-1]
    assert made["status"] == "READY", made
    told = SimpleNamespace(dry=api.post(DRILLS, {**ASKED, "dry_run": True}))
    told.unknown = api.post(DRILLS, {"kind": "meteorite"})
    begun = drilled(api, lambda drill: drill["status"] == "RUNNING")
    told.second = api.post(DRILLS, ASKED)
    stop(cloud, begun)
    wait_until(lambda: api.get(f"{DRILLS}/{begun['id']}").document["status"] == "FAILED", "it is told")
    told.stopped = api.get(f"{DRILLS}/{begun['id']}").document
    told.free = may_run(api)
    next_failover(cloud, seconds=60)
    told.met = drilled(api)
    next_failover(cloud, seconds=35, wedges=True)
    told.wedged = drilled(api)
    told.all = api.get(DRILLS).document
    let_go(api, "drilly")
    return told


def test_a_dry_run_does_nothing(record):
    """Every step and precondition, and no drill of it."""
    assert record.dry.status == 200
    assert all(check["ok"] for check in record.dry.document["preconditions"])
    assert len(record.all["drills"]) == 3


def test_an_unknown_kind_is_bad_input(record):
    """With what is known."""
    assert record.unknown.status == 400
    assert "database-failover" in record.unknown.document["faults"][0]["allowed"]


def test_one_drill_at_a_time(record):
    """The second is refused with the reason."""
    assert record.second.status == 409
    assert "drill" in {fault["path"] for fault in record.second.document["faults"]}


def test_a_stopped_drill_leaves_nothing_muted_and_nothing_broken(record):
    """It is FAILED with the reason, its lease is free, and another may begin."""
    assert "ABORTED" in record.stopped["reason"]
    assert record.stopped["injected_at"] is None
    assert record.free is True


def test_a_failover_is_measured_as_users_feel_it(record):
    """A minute was assumed: measured within a few seconds of it, met, with RDS's own time beside it."""
    result = record.met["result"]
    assert (record.met["simulated"], result["verdict"]) == (True, "met")
    assert 60 <= result["recovery_seconds"] <= 66
    assert result["reported"]["zone_swapped"] is True
    assert 59 <= result["reported"]["seconds"] <= 66
    assert result["data_loss"]["lost"] == 0
    assert len(record.met["probes"]) > 300


def test_a_wedged_litellm_is_found_rescued_and_counted(record):
    """The database is back in time, and the drill is missed by the time that keys were refused."""
    result = record.wedged["result"]
    assert result["verdict"] == "missed"
    assert result["wedge"]["rescued_at"] is not None
    assert result["recovery_seconds"] > 120
    verdicts = {one["component"]: one["verdict"] for one in result["components"]}
    assert verdicts == {"litellm": "missed", "database": "met", "langfuse": "met", "grafana": "met"}


def test_what_was_proven_is_remembered(record):
    """The newest missed; the last proof is not a day old."""
    assert record.all["history"]["last_verdict"] == "missed"
    assert record.all["history"]["last_proven_days_ago"] == 0
