"""What is going on in an environment: what its rows promise, on moto's table and on the unit tests' fake."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import pytest

from stargate.adapters.aws import client
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.incident_rows import IncidentRows
from stargate.adapters.state.ledger_rows import LedgerRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.operation_rows import sort_key
from stargate.adapters.state.operations import OperationsTable, SwitchRow
from stargate.adapters.state.table import Table
from stargate.domain.environment import Environment, Mode, Status
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.ledger import Entry
from stargate.domain.operating.action import Action, ActionStatus, Expectation
from stargate.domain.operating.conditions import Condition, Decided, Report, Stop
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.leases import Lease, taken
from stargate.domain.operating.operations import Change, Operations
from stargate.domain.operating.switch import Switch
from stargate.domain.people.approvals import Approval, ApprovalStatus
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.domain.scaling.demand import Count, ModelCount, TaskCount, Usual
from stargate.domain.scaling.loop_state import LoopState, Move
from stargate.domain.scaling.outer_loop import Bounds, Memory, Minute
from stargate.domain.scaling.quota_watch import UseMinute
from stargate.domain.scaling.service_model import RequestFigures
from stargate.domain.signals.signal import Severity
from stargate.errors import (
    AlreadyRecordedError,
    ConflictError,
    EnvironmentNotFoundError,
    UnreadableRowError,
)
from tests import fakes
from tests.contract import table_on_moto

IDENTIFIER, OTHER = "aaaaaaaaaaaa", "bbbbbbbbbbbb"
OUTPUTS = {"BalancerFullName": "app/a/1", "LitellmTargetGroupFullName": "targetgroup/b/2"}


@dataclass
class Store:
    environments: Any
    nodes: Any
    ledger: Any
    operations: Any
    switches: Any
    incidents: Any
    table: Any = None


@pytest.fixture(params=["in memory", "on DynamoDB"])
def store(request, monkeypatch):
    if request.param == "in memory":
        table = fakes.FakeTable()
        yield begun(
            Store(
                fakes.FakeEnvironments(table),
                fakes.FakeNodes(table),
                fakes.FakeLedger(table),
                fakes.FakeOperations(table),
                fakes.FakeSwitches(table),
                fakes.FakeIncidents(table),
            )
        )
        return
    with table_on_moto.table(monkeypatch) as table:
        yield begun(on(table))


@pytest.fixture
def real(monkeypatch):
    """What only a table can show."""
    with table_on_moto.table(monkeypatch) as table:
        yield begun(on(table))


def on(table):
    return Store(
        EnvironmentRows(table),
        NodeRows(table),
        LedgerRows(table),
        OperationsTable(table),
        SwitchRow(table),
        IncidentRows(table),
        table,
    )


def begun(store):
    for identifier, name in ((IDENTIFIER, "sandbox"), (OTHER, "other")):
        first = entry(f"0000000000500-{name}", "step")
        store.environments.create(environment(identifier, name), [NodeState("balancer")], first, None)
    return store


def environment(identifier=IDENTIFIER, name="sandbox", mode=Mode.ACT):
    return Environment(
        environment_id=identifier,
        name=name,
        preset="sandbox",
        region="us-east-1",
        status=Status.READY,
        attempt=1,
        gateway_version="0123456789ab",
        spec=PRESETS["sandbox"].spec,
        created_at=500.0,
        updated_at=500.0,
        attempt_started_at=500.0,
        cause="entry-0",
        mode=mode,
    )


def entry(identifier="0000000001000-a", kind="signal"):
    return Entry(identifier, 1.0, "sandbox", kind, "litellm", "cpu-high opened", "event-1", "tests", {"n": 1})


def a_condition(**changes):
    given = Condition(
        kind="cpu-high",
        subject="litellm",
        severity=Severity.CRITICAL,
        open=True,
        opened_at=1000.25,
        last_at=1060.0,
        cause="0000000001000-a",
        reports={
            "stargate-sandbox-litellm-cpu-critical": Report(True, Severity.CRITICAL, 1060.0),  # noqa: FBT003
            "stargate-sandbox-litellm-cpu-warning": Report(True, Severity.WARNING, 1000.25),  # noqa: FBT003
        },
        stops=(Stop("task-1", 1010.0),),
        decided=Decided("hold", "raise_bound", "cool_down", "until 12:00", 1061.0, "entry-2", 1500.0),
    )
    return replace(given, **changes)


def an_action(**changes):
    given = Action(
        action_id="0000000001000-b",
        kind="raise_bound",
        subject="litellm",
        scope="capacity:litellm",
        condition="cpu-high#litellm",
        rule="litellm-cpu-critical",
        rung=1,
        undo=True,
        status=ActionStatus.REQUESTED,
        requested_at=1061.0,
        target={"minimum": 4, "maximum": 6, "deployment": "ecs-svc/1", "zones": ("a", "b")},
        expectations=(Expectation("cpu", "at_most", 70.5, 600.0), Expectation("running", "at_least", 4, 600)),
    )
    return replace(given, **changes)


HOLD = Hold(
    "capacity:litellm",
    "litellm",
    "raise_bound",
    "cpu-high#litellm",
    {"minimum": 4, "zones": ("a", "b")},
    {"minimum": 2},
    1961.0,
    "0000000001000-b",
    1,
    target_before={"minimum": 3},
)
LEASE = Lease("capacity:litellm", "0000000001000-b", 1, 1061.0, 4661.0)
LOOP = LoopState(
    "litellm",
    looked_at=1061.0,
    wanted=Bounds(3, 3),
    reason="as many as came in",
    memory=Memory((Minute(17, 3.5, 2, 4),), 2.5, 1061.0, standing=4, ceiling=3),
    count=Count(1061.0, {"10.20.1.5": TaskCount(12.0, {"claude-haiku-4-5": ModelCount(9.0, 1.0, 2.0)})}),
    usual=Usual(RequestFigures(900.0, 80.0), 2.5, 40.0),
    use={"claude-haiku-4-5": UseMinute(1061.0, 9.0, 1.0, 900.0, 80.0)},
    move=Move(Bounds(3, 3), Bounds(2, 6), 1061.0, "0000000001000-c", "0000000001000-d", 2),
)
APPROVAL = Approval(
    "0000000001000-e",
    "cpu-high#litellm",
    "evacuate_zone",
    "zones",
    1061.0,
    4661.0,
    status=ApprovalStatus.GRANTED,
    answered_at=1070.5,
    answered_by="arn:aws:iam::111122223333:user/alice",
    reason="as it should be",
    proposal="leave zone a",
    target={"zones": ("a", "b"), "minutes": 60},
    usd_per_hour="-0.1",
    severity=Severity.CRITICAL,
    links={"alice": "0123", "bob@example.com": "4567"},
    told_at=1065.0,
    entry_id="0000000001070-f",
)
INCIDENT = Incident(
    "0000000001000-h",
    "cpu-high#litellm",
    ("latency-high#litellm", "cpu-high#litellm"),
    Severity.CRITICAL,
    1000.25,
    1061.0,
    entry_id="0000000001000-h",
)
EVERYTHING = (a_condition(), an_action(), HOLD, LEASE, LOOP, APPROVAL, INCIDENT)


def known(store):
    return store.operations.by_id(IDENTIFIER).operations


def test_what_was_recorded_is_read_back_one_version_higher(store):
    """Nothing is lost on the way, neither nested reports nor numbers nor what is not there."""
    bare = a_condition(kind="crash-loop", reports={}, stops=(), decided=None, open=False, closed_at=1100.0)
    free = replace(LEASE, scope="service:litellm", holder=None)
    young, new = LoopState("grafana"), Approval("0000000001000-g", "x#y", "page", "y", 1.0, 2.0)
    rows = (*EVERYTHING, bare, free, young, new)
    store.operations.record(IDENTIFIER, Change(rows, (entry(),)))
    expected = Operations().after(Change(rows))
    assert known(store) == expected
    assert store.ledger.page(IDENTIFIER, 1.0, "signal", 10, None).items == (entry(),)


def test_an_incident_that_has_ended_is_kept_and_listed_the_newest_first(store):
    """Page by page, beside the loop's rows, which it leaves a day later."""
    numbers = {"seconds": {"to_recover": 5.5}, "actions": [{"measured": {"cpu": 50.5}}]}
    for second in range(1, 4):
        begun = replace(INCIDENT, incident_id=f"000000000{second}000-a")
        store.operations.record(IDENTIFIER, Change((begun,)))
        known_one = known(store).incidents[begun.incident_id]
        ended = replace(known_one, open=False, recovered_at=1100.0, ended_at=1700.0, summary=numbers)
        store.operations.record(IDENTIFIER, Change((ended,)))
    first = store.incidents.page(IDENTIFIER, 2, None)
    assert [one.incident_id for one in first.items] == ["0000000003000-a", "0000000002000-a"]
    rest = store.incidents.page(IDENTIFIER, 2, first.after)
    assert ([one.incident_id for one in rest.items], rest.after) == (["0000000001000-a"], None)
    found = store.incidents.get(IDENTIFIER, "0000000002000-a")
    assert (found.open, found.recovered_at, found.summary) == (False, 1100.0, numbers)
    assert store.incidents.get(IDENTIFIER, "rumour") is None
    assert store.incidents.page(OTHER, 2, None).items == ()


def test_the_overview_is_the_same_by_name_and_by_id(store):
    """An unknown name is None, an unknown id an error; nothing is shared between environments."""
    store.operations.record(IDENTIFIER, Change(EVERYTHING, (entry(),)))
    overview = store.operations.by_name("sandbox")
    assert overview == store.operations.by_id(IDENTIFIER)
    assert overview.environment == environment()
    assert overview.switch == Switch()
    assert store.operations.by_name("other").operations == Operations()
    assert store.operations.by_name("nobody") is None
    with pytest.raises(EnvironmentNotFoundError):
        store.operations.by_id("cccccccccccc")


def test_a_row_is_written_only_as_it_was_read(store):
    """Who comes second is told so, and writes nothing: neither its rows nor its entry."""
    store.operations.record(IDENTIFIER, Change((a_condition(),), (entry(),)))
    seen = known(store).conditions["cpu-high#litellm"]
    closed = replace(seen, open=False, closed_at=1200.0)
    store.operations.record(IDENTIFIER, Change((closed,), (entry("0000000002000-a"),)))
    late = replace(seen, severity=Severity.WARNING)
    with pytest.raises(ConflictError):
        store.operations.record(IDENTIFIER, Change((late, HOLD), (entry("0000000003000-a"),)))
    assert known(store).conditions["cpu-high#litellm"] == replace(closed, version=2)
    assert known(store).holds == {}
    assert len(store.ledger.page(IDENTIFIER, 1.0, "signal", 10, None).items) == 2


def test_a_new_row_is_written_only_where_there_is_none(store):
    """Two who saw no condition: one opens it."""
    store.operations.record(IDENTIFIER, Change((a_condition(),), (entry(),)))
    with pytest.raises(ConflictError):
        store.operations.record(IDENTIFIER, Change((a_condition(),), (entry("0000000002000-a"),)))


def test_the_same_event_again_writes_nothing(store):
    """Its entry is there already: that is said rather than the conflict that comes with it."""
    change = Change((a_condition(), an_action()), (entry(), entry("0000000001000-b", "decision")))
    store.operations.record(IDENTIFIER, change)
    before = known(store)
    with pytest.raises(AlreadyRecordedError):
        store.operations.record(IDENTIFIER, change)
    fresh = Change((a_condition(kind="memory-high"),), (entry(),))
    with pytest.raises(AlreadyRecordedError):
        store.operations.record(IDENTIFIER, fresh)
    assert known(store) == before


def test_a_lease_is_taken_by_one_of_many(store):
    """Each saw it free and takes it in the transaction of its own action: one action begins."""
    seen = eight_asked(store)
    began = [take_lease(store, seen, action) for action in seen.actions.values()]
    assert began.count(True) == 1
    held_by_the_one_that_began(store, dict(zip(seen.actions, began, strict=True)))


@dataclass(frozen=True)
class TableOnTheCloud(Table):
    """Not moto's, to which every other client of these tests speaks."""

    own: Any

    @property
    def _client(self):
        return self.own


@pytest.mark.cloud
def test_a_lease_is_taken_by_one_of_many_at_the_same_moment(cloud):
    """The same on the local cloud's DynamoDB, with eight threads that begin together."""
    own, name = cloud.client("dynamodb"), f"leases-{threading.get_native_id()}"
    own.create_table(TableName=name, **table_on_moto.definition())
    store = begun(on(TableOnTheCloud(name, own)))
    seen, began, together = eight_asked(store), {}, threading.Barrier(8)

    def taker(action):
        together.wait()
        began[action.action_id] = take_lease(store, seen, action)

    threads = [threading.Thread(target=taker, args=(action,)) for action in seen.actions.values()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(began.values()).count(True) == 1
    held_by_the_one_that_began(store, began)


def eight_asked(store):
    for number in range(8):
        action = an_action(action_id=f"000000000100{number}-x")
        store.operations.record(IDENTIFIER, Change((action,), (entry(f"{action.action_id}-asked"),)))
    return known(store)


def take_lease(store, seen, action):
    lease = taken(seen.leases.get(action.scope), action.scope, action.action_id, 1100.0)
    started = replace(action, status=ActionStatus.PERFORMING, fence=lease.fence)
    change = Change((started, lease), (entry(f"{action.action_id}-begun", "action"),))
    try:
        store.operations.record(IDENTIFIER, change)
    except ConflictError:
        return False
    return True


def held_by_the_one_that_began(store, began):
    (winner,) = [action for action, it in began.items() if it]
    rows = known(store)
    assert rows.leases["capacity:litellm"].holder == winner
    performing = [one.action_id for one in rows.actions.values() if one.status is ActionStatus.PERFORMING]
    assert performing == [winner]


def test_the_fence_grows_with_each_holder_and_stops_who_lost_it(store):
    """The row of a free lease stays, so that a holder from before cannot write as if it still held it."""
    store.operations.record(IDENTIFIER, Change((LEASE,), (entry(),)))
    old = known(store).leases[LEASE.scope]
    store.operations.record(IDENTIFIER, Change((old.released(),), (entry("0000000002000-a"),)))
    free = known(store).leases[LEASE.scope]
    assert (free.holder, free.fence) == (None, 1)
    newer = taken(free, LEASE.scope, "another-action", 2000.0)
    store.operations.record(IDENTIFIER, Change((newer,), (entry("0000000003000-a"),)))
    assert known(store).leases[LEASE.scope].fence == 2
    assert not known(store).leases[LEASE.scope].held_by(LEASE.holder, 1)
    with pytest.raises(ConflictError):
        store.operations.record(IDENTIFIER, Change((old.released(),), (entry("0000000004000-a"),)))


def test_only_environments_with_something_open_are_listed(store):
    """An open condition, a live hold or an action in flight: each environment once, none when all is over."""
    assert store.operations.open_environments() == []
    store.operations.record(IDENTIFIER, Change(EVERYTHING, (entry(),)))
    store.operations.record(OTHER, Change((replace(HOLD, live=False), LEASE), (entry(),)))
    assert store.operations.open_environments() == [IDENTIFIER]
    rows = known(store)
    over = (
        replace(rows.conditions["cpu-high#litellm"], open=False),
        replace(rows.actions["0000000001000-b"], status=ActionStatus.REACHED),
        replace(rows.holds["capacity:litellm"], live=False),
        replace(rows.incidents["0000000001000-h"], open=False, ended_at=1700.0),
    )
    for number, row in enumerate(over):
        assert store.operations.open_environments() == [IDENTIFIER]
        store.operations.record(IDENTIFIER, Change((row,), (entry(f"000000000200{number}-a"),)))
    assert store.operations.open_environments() == []


def test_the_switch_stays_as_it_was_turned(store):
    """It is on until somebody turns it, and every overview tells how it stands."""
    assert store.switches.read() == Switch()
    off = Switch(on=False, reason="an incident", actor="someone", at=1234.5)
    store.switches.turn(off)
    assert store.switches.read() == off
    assert store.operations.by_name("sandbox").switch == off


def test_a_mode_is_not_overwritten_by_a_settling(store):
    """Whoever saw the environment in another mode is told so, and the other way round."""
    seen = store.environments.get(IDENTIFIER)
    observing = replace(seen, mode=Mode.OBSERVE)
    store.environments.replace(seen, observing, entry("0000000002000-m"))
    with pytest.raises(ConflictError):
        store.environments.replace(seen, seen.settled(Status.FAILED, 3000.0), entry("0000000003000-m"))
    assert store.environments.get(IDENTIFIER) == replace(observing, revision=1)


def test_the_balancers_outputs_are_told_while_it_stands(real):
    """Metrics are found by them; those of a balancer that is being made or removed lead nowhere."""
    before = real.nodes.all(IDENTIFIER)["balancer"]
    standing = replace(before, status=NodeStatus.STANDING, outputs=OUTPUTS)
    assert real.operations.by_id(IDENTIFIER).outputs == {}
    real.nodes.replace(IDENTIFIER, before, standing)
    assert real.operations.by_id(IDENTIFIER).outputs == OUTPUTS
    real.nodes.replace(IDENTIFIER, standing, replace(standing, status=NodeStatus.DELETING))
    assert real.operations.by_id(IDENTIFIER).outputs == {}


def test_a_row_without_a_mode_acts(real):
    """Environments from before there were modes go on as they did, and can be changed."""
    key = {"pk": {"S": f"env#{IDENTIFIER}"}, "sk": {"S": "environment"}}
    client("dynamodb").update_item(
        TableName=table_on_moto.NAME,
        Key=key,
        UpdateExpression="REMOVE #mode",
        ExpressionAttributeNames={"#mode": "mode"},
    )
    seen = real.environments.get(IDENTIFIER)
    assert seen.mode is Mode.ACT
    observing = replace(seen, mode=Mode.OBSERVE)
    real.environments.replace(seen, observing, entry("0000000002000-m"))
    assert real.environments.get(IDENTIFIER) == replace(observing, revision=1)


def test_actions_end_by_themselves_and_open_conditions_stay(real):
    """An action is history after a day, a condition a month after it was over; the rest is state."""
    real.operations.record(IDENTIFIER, Change(EVERYTHING, (entry(),)))
    ends = {}
    for row in EVERYTHING:
        written = real.table.get({"pk": f"env#{IDENTIFIER}", "sk": sort_key(row)})
        ends[written["sk"].split("#")[1]] = written.get("expires_at")
    kept = {"action": 1061 + 24 * 3600, "approval": 1061 + 7 * 24 * 3600}
    assert ends == dict.fromkeys(("condition", "hold", "incident", "lease", "loop")) | kept
    over = replace(a_condition(), open=False, closed_at=1060.0, subject="long over")
    real.operations.record(IDENTIFIER, Change((over,)))
    written = real.table.get({"pk": f"env#{IDENTIFIER}", "sk": sort_key(over)})
    assert written["expires_at"] == round(over.last_at) + 30 * 86400


def test_an_overview_costs_three_calls_by_name_and_two_by_id(real):
    """However much is going on: this is what a signal's budget is made of."""
    real.operations.record(IDENTIFIER, Change(EVERYTHING, (entry(),)))
    made = []
    client("dynamodb").meta.events.register(
        "before-call.dynamodb", lambda model, **_: made.append(model.name)
    )
    real.operations.by_name("sandbox")
    assert made == ["GetItem", "BatchGetItem", "Query"]
    made.clear()
    real.operations.by_id(IDENTIFIER)
    assert made == ["BatchGetItem", "Query"]
    made.clear()
    real.operations.record(IDENTIFIER, Change(entries=(entry("0000000009000-a"),)))
    real.operations.open_environments()
    assert made == ["TransactWriteItems", "Query"]


def test_a_row_that_nobody_can_read_is_named(real):
    """So that whoever finds the event among the dead letters knows what to repair."""
    real.table.put({"pk": f"env#{IDENTIFIER}", "sk": "ops#hold#litellm", "service": "litellm", "minimum": 4})
    real.table.put({"pk": f"env#{OTHER}", "sk": "ops#rumour#litellm"})
    with pytest.raises(UnreadableRowError, match=f"env#{IDENTIFIER} ops#hold#litellm"):
        real.operations.by_id(IDENTIFIER)
    with pytest.raises(UnreadableRowError, match="ops#rumour#litellm"):
        real.operations.by_name("other")
