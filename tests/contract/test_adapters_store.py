"""The store's promises, held against the table on moto and against the fake that unit tests use."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from stargate.adapters import aws
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.history_rows import HistoryRows
from stargate.adapters.state.ledger_rows import LedgerRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.rows import entry_row
from stargate.adapters.state.sharer_rows import SharerRows
from stargate.adapters.state.table import Table
from stargate.domain.environment import Check, Declared, Environment, Mode, Status, Work
from stargate.domain.failure import Failure
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.gateway.shared import SharedSecrets
from stargate.domain.ledger import Entry
from stargate.domain.life.ends import Deadline, Farewell, Kept
from stargate.domain.life.rest import Rest, ServiceAtWork, Target
from stargate.domain.life.schedule import Schedule
from stargate.domain.provisioning.progress import NodeState, NodeStatus
from stargate.errors import (
    CommonNotReadyError,
    ConflictError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    SupersededError,
)
from tests import fakes
from tests.contract import table_on_moto


@dataclass
class Store:
    environments: Any
    nodes: Any
    ledger: Any
    histories: Any
    sharers: Any


def in_memory():
    table = fakes.FakeTable()
    return Store(
        fakes.FakeEnvironments(table),
        fakes.FakeNodes(table),
        fakes.FakeLedger(table),
        fakes.FakeHistories(),
        fakes.FakeSharers(),
    )


@pytest.fixture(params=["in memory", "on DynamoDB"])
def store(request, monkeypatch):
    if request.param == "in memory":
        yield in_memory()
        return
    with table_on_moto.table(monkeypatch) as table:
        yield Store(
            EnvironmentRows(table), NodeRows(table), LedgerRows(table), HistoryRows(table), SharerRows(table)
        )


def an_environment(identifier="aaaaaaaaaaaa", name="sandbox", at=1000.5):
    return Environment(
        environment_id=identifier,
        name=name,
        preset="sandbox",
        region="us-east-1",
        status=Status.PROVISIONING,
        attempt=1,
        gateway_version="0123456789ab",
        spec=PRESETS["sandbox"].spec,
        created_at=at,
        updated_at=at,
        attempt_started_at=at,
        cause="entry-0",
    )


def an_entry(identifier="0000000001000-a", at=1.0, kind="step"):
    return Entry(identifier, at, "sandbox", kind, "network", "network stands", "event-1", "tests", {"n": 1.5})


NODES = [NodeState("network", total=20, typical_seconds=150), NodeState("data", typical_delete_seconds=9.5)]


def created(store, environment=None):
    environment = environment or an_environment()
    store.environments.create(environment, NODES, an_entry(), None)
    return environment


def test_what_was_created_is_read_back_by_id_and_by_name(store):
    """Nothing is lost on the way, neither specification nor nodes nor the first entry."""
    environment = created(store)
    assert store.environments.get(environment.environment_id) == environment
    assert store.environments.by_name("sandbox") == environment
    assert store.nodes.all(environment.environment_id) == {state.name: state for state in NODES}
    assert store.ledger.page(environment.environment_id, None, None, 10, None).items == (an_entry(),)


def test_the_nodes_of_a_page_of_environments_are_read_together(store):
    """More rows than one call of AWS takes; each environment has its own, in the page's order."""
    page = [an_environment(f"{number:012x}", f"name{number:02d}") for number in reversed(range(12))]
    for environment in page:
        states = [NodeState(name, total=int(environment.name[4:])) for name in environment.graph.names]
        store.environments.create(environment, states, an_entry(), None)
    read = store.nodes.of_each(page)
    assert sum(len(states) for states in read) > 100
    assert read == [store.nodes.all(environment.environment_id) for environment in page]
    assert [states["network"].total for states in read] == list(reversed(range(12)))
    assert store.nodes.of_each([]) == []


LIVED = {
    "status": Status.FAILED,
    "work": Work.UPDATE,
    "mode": Mode.ADVISE,
    "checks": (Check("stacks", ok=False, measured="12 stand", bound="13 stand"),),
    "failure": Failure("data", "Database", "AWS::RDS::DBInstance", "no room", ("Database",)),
    "deletion_protection": True,
    "deadline": Deadline(9000.0, 8000.5, warned=True),
    "farewell": Farewell(final_snapshot=False),
    "kept": (Kept("snapshot", "last", "arn:last", "us-east-1", size_gb=100),),
    "rest": Rest((ServiceAtWork("litellm", 3, Target(2, 6, ("ScheduledScalingSuspended",))),), ("cpu",)),
    "schedule": Schedule(("mon",), "08:00", "19:00", "Europe/Berlin", ("2026-12-25",)),
    "followed": True,
    "undo": Declared("sandbox", PRESETS["sandbox"].spec, "0123456789ab"),
    "undone": Failure("edge", "", "", "no"),
    "skips": {"data": ("Database",)},
}


def test_what_an_environment_has_been_through_is_read_back(store):
    """Every field that a life leaves behind, and each of a node's."""
    lived = created(store, replace(an_environment(), **LIVED))
    assert store.environments.get(lived.environment_id) == lived
    before = store.nodes.all(lived.environment_id)["data"]
    after = replace(
        before,
        status=NodeStatus.STANDING,
        stack_id="arn:data",
        submitted_at=1.5,
        submitted_attempt=2,
        removed_attempt=1,
        rescued_attempt=2,
        stood_at=3.5,
        failed_at=4.5,
        stood_attempt=2,
        applied="abc",
        deleting_at=1.25,
        gone_at=9.25,
        entry_id="entry-9",
        failure=Failure("data", "Database", "AWS::RDS::DBInstance", "no room", ("Database",)),
        outputs={"DatabaseEndpoint": "db"},
    )
    store.nodes.replace(lived.environment_id, before, after)
    assert store.nodes.all(lived.environment_id)["data"] == after


def test_what_is_not_there_is_said_so(store):
    """An unknown id is an error, an unknown name is None."""
    with pytest.raises(EnvironmentNotFoundError):
        store.environments.get("ffffffffffff")
    assert store.environments.by_name("nobody") is None


def test_a_name_is_held_by_one_environment(store):
    """The second to come is refused, and nothing of it is written."""
    created(store)
    second = an_environment("bbbbbbbbbbbb")
    with pytest.raises(ConflictError):
        store.environments.create(second, NODES, an_entry(), None)
    with pytest.raises(EnvironmentNotFoundError):
        store.environments.get("bbbbbbbbbbbb")


def test_a_name_passes_on_from_the_one_it_was_known_to_be_held_by(store):
    """A retired environment's name is taken over, but not twice."""
    first = created(store)
    second = an_environment("bbbbbbbbbbbb")
    store.environments.create(second, NODES, an_entry(), first)
    assert store.environments.by_name("sandbox") == second
    with pytest.raises(ConflictError):
        store.environments.create(an_environment("cccccccccccc"), NODES, an_entry(), first)


def test_an_environment_is_replaced_only_as_it_was_seen(store):
    """Who comes second is told so and writes no entry."""
    before = created(store)
    failure = Failure("data", "Database", "AWS::RDS::DBInstance", "no capacity")
    after = before.settled(Status.FAILED, 2000.25, failure)
    store.environments.replace(before, after, an_entry("0000000002000-b"))
    assert store.environments.get(before.environment_id) == replace(after, revision=1)
    with pytest.raises(ConflictError):
        store.environments.replace(before, after, an_entry("0000000003000-c"))
    assert len(store.ledger.page(before.environment_id, None, None, 10, None).items) == 2


def test_histories_are_kept_by_preset(store):
    """What is written over is gone; of another preset nothing is known."""
    assert store.histories.of("sandbox") == {}
    store.histories.keep("sandbox", {"network": [60.0]})
    store.histories.keep("sandbox", {"network": [60.0, 61.5], "data": [900.0]})
    assert store.histories.of("sandbox") == {"network": [60.0, 61.5], "data": [900.0]}
    assert store.histories.of("poc") == {}


def test_checks_are_recorded_for_the_attempt_they_were_made_in(store):
    """Checks of an attempt that is over are dropped."""
    environment = created(store)
    check = Check("stacks", ok=True, measured="13 stand", bound="13 stand")
    store.environments.record_checks(environment, [check])
    assert store.environments.get(environment.environment_id).checks == (check,)
    store.environments.record_checks(replace(environment, attempt=2), [])
    assert store.environments.get(environment.environment_id).checks == (check,)


def test_checks_are_not_written_over_by_who_read_before_they_were_made(store):
    """A change of the mode meanwhile would have taken a failed check away, and with it DEGRADED."""
    before = created(store)
    store.environments.record_checks(before, [Check("keys", ok=False, measured="none", bound="one")])
    with pytest.raises(ConflictError):
        store.environments.replace(before, replace(before, mode=Mode.OBSERVE), an_entry("0000000002000-b"))
    seen = store.environments.get(before.environment_id)
    assert [check.ok for check in seen.checks] == [False]
    store.environments.replace(seen, replace(seen, mode=Mode.OBSERVE), an_entry("0000000002000-b"))
    assert store.environments.get(before.environment_id).checks == seen.checks


def test_environments_are_listed_in_pages(store):
    """Every environment once, in the order they were made."""
    for number in range(5):
        created(store, an_environment(f"{number:012d}", f"env{number}", 1000.0 + number))
    seen, after = [], None
    while True:
        page = store.environments.page(2, after)
        seen += [environment.name for environment in page.items]
        after = page.after
        if after is None:
            break
    assert seen == [f"env{number}" for number in range(5)]


def test_a_token_is_claimed_exactly_once(store):
    """The second to claim it gets nothing, nor does one with another token."""
    environment = created(store)
    before = store.nodes.park(environment.environment_id, "network", 1, "token-1")
    assert (before.attempt, before.token) == (0, None)
    assert store.nodes.all(environment.environment_id)["network"].token == "token-1"  # noqa: S105
    assert not store.nodes.claim(environment.environment_id, "network", "token-2")
    assert store.nodes.claim(environment.environment_id, "network", "token-1")
    assert not store.nodes.claim(environment.environment_id, "network", "token-1")


def test_a_later_park_returns_the_token_that_was_there(store):
    """So that the old one can be answered."""
    environment = created(store)
    store.nodes.park(environment.environment_id, "network", 1, "token-1")
    assert store.nodes.park(environment.environment_id, "network", 2, "token-2").token == "token-1"  # noqa: S105
    with pytest.raises(SupersededError):
        store.nodes.park(environment.environment_id, "network", 1, "token-3")


def test_a_node_is_replaced_only_as_it_was_seen_and_keeps_its_token(store):
    """Two who saw the same row: one writes, and the parked token stays."""
    environment = created(store)
    store.nodes.park(environment.environment_id, "network", 1, "token-1")
    before = store.nodes.all(environment.environment_id)["network"]
    after = replace(
        before,
        status=NodeStatus.SUBMITTED,
        submitted_at=1001.5,
        submitted_attempt=1,
        stack_id="arn:1",
        outputs={"VpcId": "vpc-1"},
        failure=Failure("network", "Vpc", "AWS::EC2::VPC", "no"),
    )
    store.nodes.replace(environment.environment_id, before, after, an_entry("0000000002000-b"))
    assert store.nodes.all(environment.environment_id)["network"] == after
    with pytest.raises(ConflictError):
        store.nodes.replace(environment.environment_id, before, after, an_entry("0000000003000-c"))
    cleared = replace(after, stack_id=None, failure=None, outputs={})
    store.nodes.replace(environment.environment_id, after, cleared)
    assert store.nodes.all(environment.environment_id)["network"] == cleared


def test_a_resource_made_twice_counts_once_and_a_new_stack_begins_at_none(store):
    """The done set forgets the stack of an earlier attempt."""
    environment = created(store)
    identifier = environment.environment_id
    for resource in ("Vpc", "Vpc", "Subnet"):
        store.nodes.resource_made(identifier, "network", resource)
    store.nodes.resource_gone(identifier, "network", "Subnet")
    before = store.nodes.all(identifier)["network"]
    assert before.done == {"Vpc"}
    store.nodes.replace(identifier, before, replace(before, stack_id="arn:1"))
    assert store.nodes.all(identifier)["network"].done == {"Vpc"}
    store.nodes.replace(identifier, before, replace(before, submitted_attempt=1))
    assert store.nodes.all(identifier)["network"].done == frozenset()


def test_the_ledger_is_read_by_time_and_kind_in_pages(store):
    """Every entry once, oldest first."""
    environment = created(store)
    for second in range(1, 6):
        entry = an_entry(f"{second * 1000 + 5000:013d}-x", second + 5.0, "step" if second % 2 else "note")
        seen = store.environments.get(environment.environment_id)
        store.environments.replace(seen, seen, entry)
    identifier = environment.environment_id
    assert [e.at for e in store.ledger.page(identifier, 7.0, None, 10, None).items] == [7.0, 8.0, 9.0, 10.0]
    first = store.ledger.page(identifier, 6.0, "step", 2, None)
    rest = store.ledger.page(identifier, 6.0, "step", 2, first.after)
    assert [e.at for e in first.items] == [6.0, 8.0]
    assert [e.at for e in rest.items] == [10.0]


@pytest.mark.parametrize("after", ["?", "bm8", "MTIz"])
def test_a_mark_that_is_none_is_a_fault(after, monkeypatch):
    """Whatever somebody writes for `next` is answered as a fault of the request."""
    with pytest.raises(InvalidRequestError):
        EnvironmentRows(Table("stargate")).page(10, after)


def test_a_mark_of_another_list_is_a_fault(monkeypatch):
    """DynamoDB refuses to begin outside of what is asked for; without a mark that is ours to repair."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    aws.client.cache_clear()
    mark = base64.urlsafe_b64encode(b'{"pk": "env#another", "sk": "ledger#1"}').decode()
    with Stubber(aws.client("dynamodb")) as stub:
        stub.add_client_error("query", "ValidationException", "outside query boundaries", 400)
        stub.add_client_error("query", "ValidationException", "a word is reserved", 400)
        with pytest.raises(InvalidRequestError, match=r"\?next: is no mark of a page"):
            LedgerRows(Table("stargate")).page("aaaaaaaaaaaa", None, None, 10, mark)
        with pytest.raises(ClientError, match="a word is reserved"):
            LedgerRows(Table("stargate")).page("aaaaaaaaaaaa", None, None, 10, None)
    aws.client.cache_clear()


def test_few_of_a_kind_are_found_among_many_in_few_calls(monkeypatch):
    """However few are wanted; and the next page goes on behind the last of them."""
    with table_on_moto.table(monkeypatch) as table:
        for place in range(300):
            kind = "drill" if place in {40, 41, 299} else "step"
            table.put(entry_row("aaaaaaaaaaaa", an_entry(f"{place:013d}-x", float(place), kind)))
        calls: list[str] = []
        aws.client("dynamodb").meta.events.register(
            "before-call.dynamodb.Query", lambda **_: calls.append("query")
        )
        ledger, seen, after = LedgerRows(table), [], None
        while True:
            page = ledger.page("aaaaaaaaaaaa", None, "drill", 1, after)
            seen += [entry.at for entry in page.items]
            after = page.after
            if after is None:
                break
    assert seen == [40.0, 41.0, 299.0]
    assert len(calls) <= 6


SHARED = SharedSecrets("poc", "us-west-1")


def test_the_last_who_leaves_takes_away_what_was_shared(store):
    """However often anybody joins or leaves; who never joined takes nothing."""
    sharers = store.sharers
    assert not sharers.leave(SHARED, "stranger")
    for name in ("one", "two", "one"):
        sharers.join(SHARED, name)
    assert not sharers.leave(SHARED, "one")
    assert not sharers.leave(SHARED, "one")
    assert sharers.leave(SHARED, "two")
    assert sharers.leave(SHARED, "two")


def test_nobody_joins_what_is_being_taken_away(store):
    """Until whoever takes it away says that it is gone; another's word does not count."""
    sharers = store.sharers
    sharers.join(SHARED, "one")
    assert sharers.leave(SHARED, "one")
    assert not sharers.leave(SHARED, "two")
    for _ in range(2):
        with pytest.raises(CommonNotReadyError, match="is being removed"):
            sharers.join(SHARED, "two")
        sharers.forget(SHARED, "two")
    sharers.forget(SHARED, "one")
    sharers.join(SHARED, "two")


def test_each_region_shares_its_own(store):
    """And each preset."""
    other = SharedSecrets("poc", "eu-west-1")
    store.sharers.join(SHARED, "one")
    store.sharers.join(other, "two")
    assert store.sharers.leave(SHARED, "one")


def test_a_note_is_in_the_ledger_once(store):
    """Written again it is the same entry."""
    environment = an_environment()
    store.environments.create(environment, [], an_entry(), None)
    note = an_entry("0000000002000-note", 2.0, "note")
    for _ in range(2):
        store.environments.note(environment, note)
    found = store.ledger.page(environment.environment_id, None, None, 10, None)
    assert list(found.items).count(note) == 1
