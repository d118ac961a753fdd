"""A running gateway whose users grow in number, minute by minute; then it lacks quota, and has it again.

`steady` is created once. The tests follow one another as its day does.
"""

from dataclasses import asdict

import pytest

from local.demo.chain import chain_to, happened
from local.demo.connection import Connection
from local.demo.cut_quota import CONDITIONS, GRANTED, SHIFT, TOKENS
from local.demo.moves import LOOPS_CHAIN, adds_tasks, is_held_by_the_quota, verified_moves
from local.demo.record import Record, is_about
from local.demo.running import Running
from stargate.domain.scaling.capacity import SATURATED_CPU
from tests.e2e.patience import awaited, wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

STEADY = {"name": "steady", "preset": "sandbox", "overrides": {"network": {"cidr": "10.47.0.0/16"}}}
MINUTE = 60.0
# Wanted is a minute from the signal: a second of this machine, which may have other work just then.
LONGEST_TO_DECIDE = 120.0
NEEDED = 3  # tasks
OF_QUOTAS = {subject for _, subject in CONDITIONS}


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY; deleted when all was told."""
    with standing(api, STEADY) as document:
        yield document


@pytest.fixture(scope="module")
def running(cloud, environment):
    """The gateway as AWS's services and the twin see it."""
    return Running(Connection(**asdict(cloud)), environment["name"])


@pytest.fixture(scope="module")
def record(api, witness, environment):
    """What the control plane wrote down of it."""
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def risen(running):
    """Sixty users, then ten more each minute until there are 120: when the rise began."""
    running.set_users(60)
    passes(running, 8)
    began = running.now()
    for users in range(70, 121, 10):
        running.set_users(users)
        passes(running, 1)
    return began


def passes(running, minutes):
    until = running.now() + minutes * MINUTE
    wait_until(lambda: running.now() >= until, f"{minutes} minutes of the twin have passed")


def first(record, since, kind, holds):
    """The first entry of a kind for which it holds, once there is one."""
    found = lambda: [one for one in record.ledger(since) if one["kind"] == kind and holds(one)]  # noqa: E731
    return awaited(found, f"such a {kind} is in the ledger")[0]


def chain_of(record, since, action):
    """Behind the first verification of the action."""
    verified = first(record, since, "verification", lambda one: one["detail"].get("action") == action)
    assert verified["detail"]["outcome"] == "reached", verified
    return chain_to(verified, record.ledger(since))


def verified_move(record, since, wanted, actions=("move_bounds",)):
    """Behind the first such move of the bounds that was decided since then and is verified by now.

    One that the next followed before it could be seen is never verified.
    """
    found = lambda: list(verified_moves(record.ledger(since), wanted, actions))  # noqa: E731
    return awaited(found, "such a move is verified")[0]


def after(entry, earlier):
    return f"{happened(entry) - happened(earlier):.0f} s"


def test_a_steady_rise_moves_the_bounds_ahead_of_cpu(risen, running, record, measured):
    """The third task is ordered before CPU is used up, and its alarm has nothing to do."""
    chain = verified_move(record, risen, adds_tasks)
    assert chain.entries[-1]["detail"]["outcome"] == "reached"
    ordered = happened(first(record, risen, "decision", lambda one: adds_tasks(one["detail"])))
    highest = max((cpu for at, cpu in running.cpu_minutes(risen) if at + MINUTE <= ordered), default=0.0)
    measured(f"highest minute of CPU before the third task was ordered: {highest:.0f} %")
    assert highest < SATURATED_CPU
    assert running.bounds().minimum >= NEEDED
    assert record.count("action", "raise_bound") == 0


def test_capacity_tells_what_the_loop_saw(risen, api, running):
    """By the API: the usual request is the twin's, and what is wanted is what the bounds are."""
    tell = lambda: api.get("/environments/steady/capacity", users="300", model="haiku").document  # noqa: E731
    wait_until(
        lambda: tell()["loop"]["wanted"] == asdict(running.bounds()), "bounds are as the loop wants them"
    )
    found = tell()
    assert found["usual_request"]["output_tokens"] == pytest.approx(40, rel=0.2)
    assert found["what_if"]["breaks_first"]


@pytest.fixture(scope="module")
def scarce(running, risen):
    """Haiku's quota is cut: when it was."""
    began = running.now()
    running.grant(TOKENS.code, GRANTED)
    yield began
    running.grant_all()


@pytest.fixture(scope="module")
def told(scarce, record):
    """The signal that Haiku's quota is used up."""
    return first(record, scarce, "signal", lambda one: one["detail"]["kind"] == "quota-high")


def test_a_quota_that_is_cut_is_told_with_its_evidence_and_decided_on(told, scarce, record, measured):
    """What is granted and used, by the quota's name as AWS has it, and this environment's part of it."""
    facts = told["detail"]["facts"]
    assert (facts["quota"], facts["limit"], facts["share_percent"]) == (TOKENS.name, GRANTED, 100)
    assert facts["percent"] >= 95
    warned = first(record, scarce, "signal", lambda one: one["detail"]["kind"] == "quota-warning")
    seconds = [
        happened(first(record, scarce, "decision", lambda one, cause=signal: one["cause"] == cause["id"]))
        - happened(signal)
        for signal in (told, warned)
    ]
    assert min(seconds) < LONGEST_TO_DECIDE
    measured(
        f"the quota cut to its signal: {happened(told) - scarce:.0f} s of the twin's time",
        f"from each signal to its decision: {', '.join(f'{one:.1f}' for one in sorted(seconds))} s",
    )


def test_no_task_more_than_the_quota_can_use(told, scarce, record, measured):
    """The outer loop holds the bounds at its ceiling, says so, and verifies them."""
    chain = verified_move(record, scarce, is_held_by_the_quota)
    held, _, effect = chain.entries[-3:]
    assert "the quota can use no more than" in held["summary"]
    assert effect["detail"]["outcome"] == "reached"
    measured(
        f"from the signal to bounds at the ceiling: {after(held, told)}; tasks gone: {after(effect, told)}"
    )


def test_more_is_asked_for_and_people_are_told(told, scarce, record, running, measured):
    """Half as much again, with the use in the decision; somebody is paged, too, as AWS answers in days."""
    chain = chain_of(record, scarce, "request_quota")
    assert chain.kinds == ["signal", *LOOPS_CHAIN]
    assert "% of which is used" in chain.entries[1]["summary"]
    assert running.asked_for(TOKENS.code) == [round(1.5 * GRANTED)]
    page = first(
        record, scarce, "action", lambda one: is_about(one, "action", "page") and one["subject"] in OF_QUOTAS
    )
    measured(
        f"from the signal to more asked for: {after(chain.entries[2], told)}; to people: {after(page, told)}"
    )


def test_a_rule_that_allows_it_lets_another_model_serve_meanwhile(told, api, record, running, measured):
    """From the environment's own rule to the routing that LiteLLM has; after that Bedrock refuses nothing."""
    ruled = running.now()
    shown = api.get("/environments/steady/playbook").document
    put = api.put(
        "/environments/steady/playbook", {"version": shown["version"], "rules": [SHIFT, *shown["rules"]]}
    )
    assert put.status == 200, put.text
    chain = chain_of(record, happened(told), "shift_model")
    assert chain.kinds[-3:] == LOOPS_CHAIN
    measured(f"from the rule to the other routing, verified: {happened(chain.entries[-1]) - ruled:.0f} s")
    for kind, subject in CONDITIONS:
        wait_until(is_over(record, kind, subject), f"{kind} of {subject} is over")


def test_with_the_quota_back_each_model_serves_itself_again(told, running, record, measured):
    """The shift is taken back after its time, by an action with its own chain, and nothing is open."""
    running.grant_all()
    restored = running.now()
    wait_until(lambda: routed_last(record, happened(told)) == "restore_model", "each model serves itself")
    verified = record.last("verification", "restore_model")
    assert verified["detail"]["outcome"] == "reached"
    assert chain_to(verified, record.ledger(happened(told))).kinds[-3:] == LOOPS_CHAIN
    measured(f"from the quota's return to the routing as before: {happened(verified) - restored:.0f} s")
    for kind, subject in CONDITIONS:
        wait_until(is_over(record, kind, subject), f"{kind} of {subject} is over")


def test_bounds_are_what_demand_needs_again(told, record, running):
    """Off the ceiling once nothing was refused for some minutes, by whichever loop is quicker; its chain."""
    wait_until(lambda: running.bounds().minimum >= NEEDED, "as many tasks as 120 users need")
    lifted = verified_move(
        record,
        happened(told),
        lambda one: one["target"]["minimum"] >= NEEDED and not one.get("at_quota"),
        actions=("move_bounds", "raise_bound"),
    )
    assert lifted.entries[-1]["detail"]["outcome"] == "reached"


def is_over(record, kind, subject):
    return lambda: record.condition(kind, subject).get("status") != "open"


def routed_last(record, since):
    """By which action, if it is verified."""
    about = [one["detail"].get("action") for one in record.ledger(since) if one["kind"] == "verification"]
    return next((name for name in reversed(about) if name in {"shift_model", "restore_model"}), None)
