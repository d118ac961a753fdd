"""A running gateway whose loop is held back, cut short or left in the dark, and comes right all the same.

`watched` is created once. The tests follow one another: first the mode holds what an alarm asks for, and
users leave. Then the outer loop is stopped, so that what happens next is the playbook's alone: an event is
lost, a workflow is stopped by hand, a release crashes, and at last the gateway is deleted.
"""

from dataclasses import asdict

import pytest

from local.demo.chain import chain_to
from local.demo.connection import Connection
from local.demo.outer_loop import stilled
from local.demo.record import Record, is_about
from local.demo.running import DECLARED, SERVICE, Running
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, wait_until
from tests.e2e.standing import standing

pytestmark = pytest.mark.cloud

WATCHED = {"name": "watched", "preset": "sandbox", "overrides": {"network": {"cidr": "10.41.0.0/16"}}}
CPU, CRASH = "cpu-high", "task-stopped"
ALARM_RULE = "AlarmChanged"
TOO_MANY = (
    400  # users: CPU stays high on six tasks, so that to wait for the effect takes a quarter of an hour
)


@pytest.fixture(scope="module")
def environment(api):
    """A gateway that is READY; deleted when all was told."""
    with standing(api, WATCHED) as document:
        yield document


@pytest.fixture(scope="module")
def connection(cloud):
    return Connection(**asdict(cloud))


@pytest.fixture(scope="module")
def running(connection, environment):
    """The gateway as AWS's services and the twin see it."""
    return Running(connection, environment["name"])


@pytest.fixture(scope="module")
def record(api, witness, environment):
    """What the control plane wrote down of it."""
    return Record(api, witness, environment)


@pytest.fixture(scope="module")
def unsteered(connection):
    """The outer loop's looks come to nobody until the module's end."""
    with stilled(connection.client("lambda")):
        yield


def decision(record, kind):
    return record.condition(kind, SERVICE).get("decision") or {}


def stop_execution(connection, name):
    """As an operator would in the console."""
    states = connection.client("stepfunctions")
    machines = [one["stateMachineArn"] for one in states.list_state_machines()["stateMachines"]]
    (machine,) = [arn for arn in machines if "remediate" in arn.lower()]
    arn = machine.replace(":stateMachine:", ":execution:") + f":{name}"
    states.stop_execution(executionArn=arn, error="Operator", cause="a test")


def test_in_mode_observe_nothing_is_done_until_the_mode_lets_it(api, running, record):
    """An alarm in mode observe leads to a decision held by the mode; in mode act the tick takes it up."""
    assert api.patch("/environments/watched", {"mode": "observe"}).status == 200
    running.set_users(120)
    wait_until(lambda: decision(record, CPU).get("guard") == "mode", "the mode holds the raise")
    assert running.bounds().minimum == DECLARED.minimum
    assert record.count("action", "raise_bound") == record.count("action", "move_bounds") == 0

    assert api.patch("/environments/watched", {"mode": "act"}).status == 200
    # The outer loop was held as well, and may be the quicker of the two.
    answers = ("raise_bound", "move_bounds")
    verified = lambda: [  # noqa: E731 - asked again and again
        entry for answer in answers if (entry := record.last("verification", answer))
    ]
    wait_until(lambda: bool(verified()), "the raise was taken up")
    assert verified()[0]["detail"]["outcome"] == "reached"
    assert running.bounds().minimum > DECLARED.minimum


def test_when_the_users_have_left_the_bound_is_released_and_the_service_scales_in(running, record):
    """By whichever loop: once CPU is well and nobody wants them any more, tasks leave one by one."""
    running.set_users(10)
    wait_until(lambda: running.bounds().minimum == DECLARED.minimum, "the bound was released")
    wait_until(lambda: running.truth().desired == DECLARED.minimum, "the service has scaled in")


def test_when_the_outer_loop_is_gone_aws_itself_gives_the_declared_bounds_back(unsteered, running):
    """They were pinned to what demand needs; after a quarter of an hour the inner loop has its room."""
    wait_until(lambda: running.bounds() == DECLARED, "the declared bounds are back")


def test_an_alarm_whose_event_was_lost_is_found_by_the_minutes_examination(
    unsteered, connection, running, record
):
    """With the rule of the alarms off no event arrives; the tick finds the alarm ringing and acts on it."""
    events = connection.client("events")
    (rule,) = [one["Name"] for one in events.list_rules()["Rules"] if ALARM_RULE in one["Name"]]
    since = running.now()
    events.disable_rule(Name=rule)
    try:
        running.set_users(120)
        wait_until(
            lambda: record.last("verification", "raise_bound", since) is not None, "the tick raised the bound"
        )
    finally:
        events.enable_rule(Name=rule)
    chain = chain_to(record.last("verification", "raise_bound", since), record.ledger(since))
    assert chain.root == f"examined stargate-watched-litellm-cpu-critical {chain.root.rsplit(' ', 1)[-1]}"
    assert running.event(chain.root) is None


def test_a_workflow_stopped_by_hand_leaves_no_lease_behind(unsteered, connection, running, record):
    """`remediate` is stopped by an operator: the action is settled as failed, and the next has its turn."""
    running.set_users(10)
    wait_until(lambda: running.bounds().minimum == DECLARED.minimum, "the bound was released")
    wait_until(lambda: len(running.truth().serving) == DECLARED.minimum, "the service has scaled in")
    since, known = running.now(), set(record.remedies())
    running.set_users(TOO_MANY)
    started = []

    def is_under_way():
        decided = [one["id"] for one in record.ledger(since) if is_about(one, "decision", "raise_bound")]
        started[:] = [name for name in record.remedies() if name.endswith(tuple(decided))] if decided else []
        return bool(started)

    wait_until(is_under_way, "a workflow was started")
    stop_execution(connection, started[0])
    failed = lambda: [  # noqa: E731 - asked again and again
        entry
        for entry in record.ledger(since)
        if is_about(entry, "action", "raise_bound") and entry["detail"].get("outcome") == "failed"
    ]
    wait_until(lambda: bool(failed()), "the stopped action was settled as failed")
    assert "ABORTED" in failed()[0]["summary"]
    wait_until(
        lambda: (
            record.condition(CPU, SERVICE).get("action") is None or len(set(record.remedies()) - known) > 1
        ),
        "nothing is in flight any more, or the next action is",
    )
    running.set_users(120)


def test_a_release_that_crashes_is_rolled_back_and_its_crash_loop_answered(
    unsteered, connection, running, record
):
    """ECS's circuit breaker is quicker than the loop: its failure is recorded, our answer verified."""
    since = running.now()
    connection.control("POST", "/deploy-crashing", {"environment": "watched", "service": SERVICE})
    wait_until(lambda: record.condition(CRASH, SERVICE).get("severity") == "critical", "a crash loop is seen")
    answers = ("restart_service", "stop_deployment")
    wait_until(
        lambda: any(record.last("verification", answer, since) for answer in answers), "it was answered"
    )
    found = next(entry for answer in answers if (entry := record.last("verification", answer, since)))
    assert found["detail"]["outcome"] == "reached"
    told = [entry["summary"] for entry in record.ledger(since) if entry["kind"] == "signal"]
    assert any(summary.startswith("deployment-failed of litellm") for summary in told)
    assert running.service()["deployments"] == 1
    wait_until(lambda: len(running.truth().serving) == running.truth().desired, "the service is whole again")


def test_an_environment_that_goes_is_left_alone(unsteered, api, running, record):
    """From the DELETE on no signal leads to an action, and the ledger says what was put away."""
    assert api.patch("/environments/watched", {"mode": "observe"}).status == 200
    running.set_users(TOO_MANY)
    wait_until(lambda: record.condition(CPU, SERVICE).get("status") == "open", "CPU is high again")
    remedies = record.remedies()
    assert let_go(api, "watched").status == 202
    ledger = []

    def gone(document):
        if document["status"] != "RETIRED":
            ledger[:] = record.ledger()
        return document["status"] == "RETIRED"

    follow(api, "watched", gone)
    assert record.remedies() == remedies
    assert any("what was open is put away" in entry["summary"] for entry in ledger)
