"""A gateway's drills, told once over HTTP: refused, stopped half way, run kind by kind, wedged and rescued.

What the API and the cloud said is read as it went; each test reads one promise off that record.
"""

import json
import time
import urllib.request
from types import SimpleNamespace

import pytest

from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled, wait_until

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]  # the first test waits for the whole record

DRILLY = {"name": "drilly", "preset": "sandbox", "overrides": {"network": {"cidr": "10.80.0.0/16"}}}
PLACE, DRILLS, FAILOVER = "/environments/drilly", "/environments/drilly/drills", "database-failover"
OVER = {"SCORED", "STOPPED", "FAILED"}


def order(cloud, name, **more):
    body = json.dumps({"environment": "drilly", **more}).encode()
    asked = urllib.request.Request(f"{cloud.twin}/{name}", body, method="POST")  # noqa: S310 - the local cloud's own
    with urllib.request.urlopen(asked, timeout=10):  # noqa: S310 - the same
        return


def next_failover(cloud, **more):
    order(cloud, "failover", **more)


def may_run(api, kind=FAILOVER):
    return api.post(DRILLS, {"kind": kind, "dry_run": True}).document["would_run"]


def is_free(api):
    """No drill runs or is asked for; the database may be failing over still."""
    checks = api.post(DRILLS, {"kind": FAILOVER, "dry_run": True}).document["preconditions"]
    return {check["name"]: check["ok"] for check in checks}["drill"]


def shown(api, drill):
    return api.get(f"{DRILLS}/{drill['id']}").document


def drilled(api, kind=FAILOVER, until=lambda drill: drill["status"] in OVER):
    wait_until(lambda: may_run(api, kind), "long enough since the last drill")
    asked = api.post(DRILLS, {"kind": kind})
    assert asked.status == 202, asked.document
    wait_until(lambda: until(shown(api, asked.document)), "the drill comes so far")
    return shown(api, asked.document)


def caught(api, kind, until):
    """A drill as soon as it is so far: asked for again and again, without a rest."""
    wait_until(lambda: may_run(api, kind), "long enough since the last drill")
    drill = api.post(DRILLS, {"kind": kind}).document
    limit = time.monotonic() + 150
    while not until(drill) and drill["status"] not in OVER:
        assert time.monotonic() < limit, drill
        drill = shown(api, drill)
    return drill


def crash(cloud, drill):
    """What an operator does in the Step Functions console: no state of the workflow runs any more."""
    workflows = cloud.client("stepfunctions")
    for machine in workflows.list_state_machines()["stateMachines"]:
        if machine["name"].endswith("-drill"):
            running = workflows.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
            (ours,) = [one for one in running if one["name"].endswith(drill["id"])]
            workflows.stop_execution(executionArn=ours["executionArn"], error="Stopped", cause="by hand")


def muted(cloud):
    """Alarms of the gateway whose actions are off."""
    pages = cloud.client("cloudwatch").get_paginator("describe_alarms")
    found = [
        one for page in pages.paginate(AlarmNamePrefix="stargate-drilly-") for one in page["MetricAlarms"]
    ]
    assert found
    return [one["AlarmName"] for one in found if not one["ActionsEnabled"]]


def sound_again(cloud):
    """What the drill muted does at once; the loop mutes LiteLLM's own while the failover goes on."""
    wait_until(lambda: not muted(cloud), "the alarms sound again")
    return True


def refusals(api, cloud):
    """Each precondition that can be brought about from outside, with what refused then."""
    database, wish = (
        cloud.client("rds"),
        {"DBInstanceIdentifier": "stargate-drilly", "ApplyImmediately": True},
    )
    shifts, balancer = cloud.client("arc-zonal-shift"), balancer_of(cloud)
    found = {}

    def note(name, kind=FAILOVER, **more):
        checks = api.post(DRILLS, {"kind": kind, "dry_run": True, **more}).document["preconditions"]
        found[name] = {check["name"] for check in checks if not check["ok"]}

    assert api.put("/switch", {"actions": "off", "reason": "a test"}).status == 200
    note("switch")
    assert api.put("/switch", {"actions": "on", "reason": "the test is over"}).status == 200
    past = {"opens_at": "2020-01-01T00:00:00Z", "closes_at": "2020-01-02T00:00:00Z"}
    note("window", window=past)
    holidays = {"days": ["mon"], "from": "00:00", "until": "00:01", "time_zone": "UTC"}
    assert api.patch(PLACE, {"drills": {"window": holidays, "apart_minutes": 10}}).status == 200
    note("hours")
    assert api.patch(PLACE, {"drills": {"apart_minutes": 10}}).status == 200
    database.modify_db_instance(**wish, MultiAZ=False)
    wait_until(lambda: note("single zone") or found["single zone"] == {"standby"}, "the standby is gone")
    database.modify_db_instance(**wish, MultiAZ=True)
    database.modify_db_instance(**wish, BackupRetentionPeriod=0)
    note("no backups")
    database.modify_db_instance(**wish, BackupRetentionPeriod=7)
    shift = shifts.start_zonal_shift(
        resourceIdentifier=balancer, awayFrom="use1-az1", expiresIn="1h", comment="a test"
    )
    note("zone away", "zone-loss")
    shifts.cancel_zonal_shift(zonalShiftId=shift["zonalShiftId"])
    order(cloud, "break", what="crash_loop", service="langfuse", every_seconds=0)
    wait_until(
        lambda: note("short of tasks", "langfuse-task") or "service" in found["short of tasks"], "one ends"
    )
    order(cloud, "mend")
    wait_until(lambda: may_run(api), "all is well again")
    order(cloud, "break", what="crash_task", service="langfuse")
    wait_until(lambda: note("incident") or found["incident"] == {"conditions"}, "the crash is a condition")
    return found


def stopped_by(api, cloud, kind, bring, back):
    """A drill that something stops once it has broken what it breaks."""
    drill = drilled(api, kind, lambda found: found["injected_at"] or found["status"] in OVER)
    bring()
    told = ended(api, drill)
    back()
    return SimpleNamespace(drill=told, muted=muted(cloud))


def ended(api, drill):
    wait_until(lambda: shown(api, drill)["status"] in OVER, "its end is told")
    return shown(api, drill)


def balancer_of(cloud):
    stack = cloud.client("cloudformation").describe_stacks(StackName="stargate-drilly-balancer")["Stacks"][0]
    return next(one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "BalancerArn")


def zones_of(cloud):
    """Zones that the balancer is kept from, and how many subnets each service is in."""
    services = ["litellm", "grafana", "langfuse", "victoria-metrics"]
    found = cloud.client("ecs").describe_services(cluster="stargate-drilly", services=services)["services"]
    shift = cloud.client("arc-zonal-shift")
    shifts = shift.get_managed_resource(resourceIdentifier=balancer_of(cloud))["zonalShifts"]
    placed = [one["networkConfiguration"]["awsvpcConfiguration"]["subnets"] for one in found]
    return [one["awayFrom"] for one in shifts], [len(subnets) for subnets in placed]


CRASHES = {
    "announced": lambda drill: drill["begun_at"] is not None,
    "steady": lambda drill: drill["steady_at"] is not None,
    "broken": lambda drill: drill["injected_at"] is not None,
    "tended": lambda drill: bool(drill["database_statuses"]),
    "recovered": lambda drill: drill["recovered_at"] is not None,
}


def crashed(api, cloud, state):
    """What is left of a drill whose workflow ends in this state."""
    for _ in range(3):  # a state of seconds is over in less than one where time is compressed
        drill = caught(api, "grafana-task", CRASHES[state])
        if drill["status"] not in OVER:
            break
    assert drill["status"] == "RUNNING", drill
    before = muted(cloud)
    crash(cloud, drill)
    told = ended(api, drill)
    return SimpleNamespace(drill=told, before=before, after=muted(cloud))


@pytest.fixture(scope="module")
def record(api, cloud):
    assert api.post("/environments", DRILLY).status == 202
    made = follow(api, "drilly", settled)[-1]
    assert made["status"] == "READY", made
    assert api.patch(PLACE, {"drills": {"apart_minutes": 10}}).status == 200
    told = SimpleNamespace(dry=api.post(DRILLS, {"kind": FAILOVER, "dry_run": True}))
    told.unknown = api.post(DRILLS, {"kind": "meteorite"})
    begun = drilled(api, until=lambda drill: drill["muted_alarms"] or drill["status"] in OVER)
    assert begun["muted_alarms"], (begun["status"], begun["reason"])
    told.second, told.muted = api.post(DRILLS, {"kind": FAILOVER}), muted(cloud)
    crash(cloud, begun)
    told.crashed, told.free = ended(api, begun), is_free(api)
    told.unmuted = sound_again(cloud)
    next_failover(cloud, seconds=60)
    told.met = drilled(api)
    next_failover(cloud, seconds=35, wedges=True)
    told.wedged = drilled(api)
    next_failover(cloud, seconds=120)
    broken = drilled(api, until=lambda drill: drill["injected_at"])
    told.asked = api.post(f"{DRILLS}/{broken['id']}/stop", {"reason": "a release goes first"})
    told.stopped = ended(api, broken)
    told.unmuted_after_stop = sound_again(cloud)
    told.tasks = {
        kind: drilled(api, kind) for kind in ("litellm-task", "langfuse-task", "victoria-metrics-task")
    }
    policy = {"apart_minutes": 10, "every_days": {"grafana-task": 7}}
    assert api.patch(PLACE, {"drills": policy}).status == 200
    wait_until(lambda: "due every" in api.get(DRILLS).document["drills"][0]["trigger"], "the calendar asks")
    told.scheduled = ended(api, api.get(DRILLS).document["drills"][0])
    told.crashes = {state: crashed(api, cloud, state) for state in CRASHES}
    next_failover(cloud, seconds=60)
    told.zone = drilled(api, "zone-loss")
    told.back = zones_of(cloud)
    told.restore = drilled(api, "database-restore")
    told.instances = [
        one["DBInstanceIdentifier"] for one in cloud.client("rds").describe_db_instances()["DBInstances"]
    ]
    told.stops = {
        "switch": stopped_by(
            api, cloud, "litellm-task",
            lambda: api.put("/switch", {"actions": "off", "reason": "a test"}),
            lambda: api.put("/switch", {"actions": "on", "reason": "the test is over"}),
        ),
        "incident": stopped_by(
            api, cloud, "litellm-task",
            lambda: order(cloud, "break", what="crash_task", service="langfuse"), lambda: None,
        ),
    }  # fmt: skip
    wait_until(lambda: may_run(api), "what stopped the last one is over")
    told.refused = refusals(api, cloud)
    told.all, told.environment = api.get(DRILLS).document, api.get(PLACE).document
    let_go(api, "drilly")
    return told


def test_a_dry_run_does_nothing(record):
    """Every step and precondition, and no drill of it."""
    assert record.dry.status == 200
    assert all(check["ok"] for check in record.dry.document["preconditions"])
    assert len(record.all["drills"]) >= 12 + len(CRASHES)


def test_an_unknown_kind_is_bad_input(record):
    """With what is known."""
    assert record.unknown.status == 400
    assert FAILOVER in record.unknown.document["faults"][0]["allowed"]


def test_one_drill_at_a_time(record):
    """The second is refused with the reason."""
    assert record.second.status == 409
    assert "drill" in {fault["path"] for fault in record.second.document["faults"]}


def test_what_will_ring_is_muted_and_nothing_else(record):
    """The alarms of LiteLLM and of the database, for as long as the drill runs."""
    assert sorted(record.muted) == sorted(record.crashed["muted_alarms"])
    assert record.unmuted


def test_a_crashed_drill_leaves_nothing_muted_and_nothing_broken(record):
    """It is FAILED with the reason, its lease is free, and another may begin."""
    assert "ABORTED" in record.crashed["reason"]
    assert record.crashed["put_back_at"] is not None
    assert record.free is True


@pytest.mark.parametrize("state", CRASHES)
def test_a_crash_in_any_state_is_cleaned_up_after(record, state):
    """Whatever had been done by then: FAILED, put back, and nothing muted."""
    left = record.crashes[state]
    assert (left.drill["status"], left.after) == ("FAILED", [])
    assert left.drill["put_back_at"] is not None


def test_a_failover_is_measured_as_users_feel_it(record):
    """A minute was assumed: measured within a few seconds of it, met, with RDS's own time beside it."""
    result = record.met["result"]
    assert (record.met["simulated"], result["verdict"]) == (True, "met")
    assert 60 <= result["recovery_seconds"] <= 66
    assert result["reported"]["zone_swapped"] is True
    assert 59 <= result["reported"]["seconds"] <= 66
    assert result["data_loss"]["lost"] == 0
    assert len(record.met["probes"]) > 300
    assert "rebooting" in [one["status"] for one in record.met["database_statuses"]]


def test_the_drill_adds_little_to_what_it_measures(record):
    """The twin was down for a minute, and LiteLLM reconnects in three seconds: under five percent more."""
    assert record.met["result"]["recovery_seconds"] <= 63 * 1.05


def test_a_wedged_litellm_is_found_rescued_and_counted(record):
    """The database is back in time, and the drill is missed by the time that keys were refused."""
    result = record.wedged["result"]
    assert result["verdict"] == "missed"
    assert result["wedge"]["rescued_at"] is not None
    assert result["recovery_seconds"] > 120
    verdicts = {one["component"]: one["verdict"] for one in result["components"]}
    assert verdicts.pop("litellm") == "missed"
    assert set(verdicts.values()) == {"met"}
    assert result["remediation"]["rescued"] is True


def test_an_operators_stop_is_heard_within_seconds(record):
    """What was broken cannot be unbroken; what was muted sounds again, and who stopped it is told."""
    assert record.asked.status == 202
    assert record.stopped["status"] == "STOPPED"
    assert "a release goes first" in record.stopped["reason"]
    assert record.unmuted_after_stop


@pytest.mark.parametrize(
    ("condition", "words"), [("switch", "switched off"), ("incident", "task-stopped#langfuse")]
)
def test_a_stop_condition_stops_it_and_everything_is_put_back(record, condition, words):
    """The kill switch, and a problem that the drill does not explain."""
    left = record.stops[condition]
    assert (left.drill["status"], left.muted) == ("STOPPED", [])
    assert words in left.drill["reason"]


@pytest.mark.parametrize(
    ("what", "refused"),
    [
        ("switch", {"switch"}),
        ("window", {"window"}),
        ("hours", {"window of the environment"}),
        ("single zone", {"standby"}),
        ("no backups", {"backups", "recent backup"}),
        ("zone away", {"zones out of use"}),
        ("incident", {"conditions"}),
    ],
)
def test_each_precondition_refuses(record, what, refused):
    """Brought about from outside, and nothing else refuses."""
    assert record.refused[what] - {"apart"} == refused


def test_a_service_short_of_tasks_is_not_robbed_of_another(record):
    """One of two crashes and no other comes to run; its condition may be open already."""
    assert "service" in record.refused["short of tasks"]


@pytest.mark.parametrize(("kind", "component"), [("litellm-task", "litellm"), ("langfuse-task", "langfuse")])
def test_a_task_that_is_lost_is_not_felt_beside_another(record, kind, component):
    """Its promise is thirty seconds; ECS has replaced it before the drill ends."""
    drill = record.tasks[kind]
    judged = {one["component"]: one for one in drill["result"]["components"]}
    assert (drill["result"]["verdict"], judged[component]["objective_seconds"]) == ("met", 30.0)
    assert drill["whole_at"] is not None
    assert drill["result"]["findings"] == []


def test_the_metrics_are_back_in_time_and_their_gap_is_told(record):
    """One task on one file system: its users wait for the next one."""
    drill = record.tasks["victoria-metrics-task"]
    judged = {one["component"]: one for one in drill["result"]["components"]}
    assert 30 < judged["victoria-metrics"]["seconds"] < 240
    assert drill["result"]["series"]["gap_seconds"] >= judged["victoria-metrics"]["seconds"] - 15
    assert drill["result"]["series"]["lost"] == 0


def test_a_zone_is_lost_and_in_use_again(record):
    """With the database and each service that has a task in it; nothing is kept from it afterwards.

    Two tasks are in two of three zones: which service has none in the database's is for ECS to say.
    """
    drill = record.zone
    assert drill["zone_lost"]
    assert "database" in drill["broken"]
    assert len({"litellm", "grafana", "langfuse"} & set(drill["broken"])) >= 1
    assert drill["result"]["reported"]["zone_swapped"] is True
    assert 60 <= drill["result"]["recovery_seconds"] < 150
    assert record.back == ([], [3, 3, 3, 3])


def test_a_backup_is_restored_beside_read_and_gone(record):
    """How long it took is measured in the cloud's own time; nothing of it is left."""
    drill = record.restore
    assert (drill["result"]["verdict"], drill["simulated"]) == ("met", True)
    assert 600 < drill["restore"]["restored_in_seconds"] < 6000
    assert drill["restore"]["behind_seconds"] <= 600
    assert record.instances == ["stargate-drilly"]


def test_the_page_can_be_had_without_a_key_and_the_record_is_what_was_judged(record):
    """Two addresses that expire; whoever has one needs nothing else."""
    assert record.met["evidence"]["page"].startswith("http")
    assert "Signature" in record.met["evidence"]["page"]
    assert len(record.met["evidence"]["record_sha256"]) == 64


def test_the_calendar_drills_too(record):
    """What is due is asked for within minutes, and says why."""
    assert record.scheduled["trigger"] == "due every 7 days, never drilled"
    assert record.scheduled["status"] == "SCORED"


def test_what_was_proven_is_remembered(record):
    """Kind by kind, and in the environment's status."""
    kinds = record.all["history"]["kinds"]
    assert (kinds[FAILOVER]["last_verdict"], kinds[FAILOVER]["last_proven_days_ago"]) == ("missed", 0)
    assert record.environment["recovery"]["kinds"]["litellm-task"]["last_proven_days_ago"] == 0
