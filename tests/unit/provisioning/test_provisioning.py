"""A gateway is provisioned, node by node, whatever happens to the events on the way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stargate.domain.environment import Status
from stargate.domain.gateway.graph import GATEWAY, PLAIN
from stargate.errors import StackExistsError, SupersededError
from stargate.usecases.provisioning.node_moves import Call
from tests.unit.play import Play


@pytest.fixture
def play():
    play = Play()
    play.ask()
    return play


def test_what_needs_nothing_starts_at_once_and_side_by_side(play):
    """Only the stacks without needs are submitted at first."""
    play.begin_provision()
    assert sorted(play.in_progress()) == ["models", "network", "secrets", "waf"]


def test_a_stack_starts_as_soon_as_all_it_needs_stands(play):
    """Balancer and data wait for network and secrets, storage and cluster for network alone."""
    play.begin_provision()
    play.stands("network")
    assert {"storage", "cluster"} <= set(play.in_progress())
    assert "data" not in play.in_progress()
    play.stands("secrets")
    assert {"data", "balancer"} <= set(play.in_progress())


def test_everything_comes_to_stand_and_every_waiting_task_is_answered_once(play):
    """The happy path, to the last node."""
    play.begin_provision()
    play.stand_all()
    assert {state.status.value for state in play.states().values()} == {"STANDING"}
    assert sorted(answer[0].split("#")[0] for answer in play.callbacks.answers) == sorted(GATEWAY.names)
    assert {answer[1] for answer in play.callbacks.answers} == {"succeeded"}


def test_outputs_of_what_stands_become_parameters_of_what_needs_it(play):
    """The data stack is told the VPC that the network stack made."""
    play.begin_provision()
    play.stand_all()
    data = play.stacks.stacks["stargate-sandbox-data"]
    assert data.parameters == {
        "Environment": "sandbox",
        "VpcId": "vpc-1",
        "DatabaseClass": "db.r6g.large",
    }
    assert data.tags["stargate:id"] == play.environment.environment_id


def test_progress_counts_resources_as_they_are_made(play):
    """Half of a stack's resources are half of its part."""
    play.begin_provision()
    play.resource_event("network", "First", "CREATE_COMPLETE")
    play.tell_again()
    document = play.show.one("sandbox")
    assert document["stacks"][0] == {
        "name": "network",
        "kind": "stack",
        "status": "SUBMITTED",
        "resources_done": 1,
        "resources_total": 2,
        "seconds": 0.0,
        "typical_seconds": 5,
        "eta_seconds": 5,
        "lag_seconds": 0.0,
    }
    assert document["progress"] == round(1 / 29, 4)


def test_the_time_to_go_is_the_longest_path_that_is_left(play):
    """Network, data, prepare-database and a service: three of 5 s, one of 90 s, and 30 s of checks."""
    play.begin_provision()
    document = play.show.one("sandbox")
    assert document["eta_seconds"] == 135
    to_go = {stack["name"]: stack["eta_seconds"] for stack in document["stacks"]}
    assert (to_go["network"], to_go["data"], to_go["litellm"]) == (5, 10, 105)
    play.stands("secrets", seconds=2)
    document = play.show.one("sandbox")
    assert document["eta_seconds"] == 133
    assert {stack["name"]: stack["eta_seconds"] for stack in document["stacks"]}["secrets"] is None


def test_what_runs_now_is_told(play):
    """Before the stacks, of them, between and after."""
    assert play.show.one("sandbox")["running"] == ["preflight"]
    play.begin_provision()
    assert play.show.one("sandbox")["running"] == ["network", "secrets", "waf", "models"]
    play.stand_all()
    document = play.show.one("sandbox")
    assert (document["running"], document["eta_seconds"]) == (["checks"], 30)
    play.settle(play.environment.environment_id, 1, Status.READY)
    document = play.show.one("sandbox")
    assert (document["running"], document["eta_seconds"]) == ([], None)
    play.begin_retire()
    assert set(play.show.one("sandbox")["running"]) == {
        "litellm",
        "grafana",
        "langfuse",
        "victoria-metrics",
        "observer",
    }
    play.all_gone()
    assert play.show.one("sandbox")["running"] == ["remains"]


def test_the_control_planes_own_time_is_told_per_node(play):
    """Data was called as soon as secrets stood: no time was lost between them."""
    play.begin_provision()
    play.stands("network")
    play.stands("secrets", seconds=10)
    stacks = {stack["name"]: stack for stack in play.show.stacks("sandbox")}
    assert stacks["data"]["lag_seconds"] == 0.0
    assert stacks["secrets"]["seconds"] == 70.0


def test_the_first_failed_resource_ends_it_early_with_its_own_reason(play):
    """No waiting for the rollback, and never "Resource creation cancelled"."""
    play.begin_provision()
    play.stands("network")
    play.stands("secrets")
    play.breaks("data", "Database", "no capacity for db.r6g.large")
    ((_, error, cause),) = play.answers("data")
    assert error == "StackFailedError"
    assert json.loads(cause) == {
        "stack": "data",
        "resource": "Database",
        "resource_type": "AWS::RDS::DBInstance",
        "reason": "no capacity for db.r6g.large",
    }
    play.fail_environment()
    document = play.show.one("sandbox")
    assert document["status"] == "FAILED"
    assert document["failure"]["reason"] == "no capacity for db.r6g.large"


def test_what_failed_takes_no_longer_from_then_on(play):
    """How long it took until then is told, whenever somebody looks."""
    play.begin_provision()
    play.stands("network")
    play.stands("secrets")
    play.clock.pass_seconds(90)
    play.breaks("data", "Database", "no capacity")
    told = {stack["name"]: stack["seconds"] for stack in play.show.stacks("sandbox")}
    play.clock.pass_seconds(3600)
    later = {stack["name"]: stack["seconds"] for stack in play.show.stacks("sandbox")}
    assert told["data"] >= 90
    assert (later["data"], later["network"]) == (told["data"], told["network"])


def test_resuming_removes_the_remains_and_leaves_alone_what_stands(play):
    """The failed stack is created again; network and secrets are not touched."""
    play.begin_provision()
    play.stands("network")
    play.stands("secrets")
    play.breaks("data", "Database", "no capacity")
    play.fail_environment()
    play.stacks.stacks["stargate-sandbox-data"].status = "ROLLBACK_COMPLETE"
    play.stack_event("data", "ROLLBACK_COMPLETE")

    assert play.ask().attempt == 2
    play.begin_provision()
    assert play.stacks.deleted == ["stargate-sandbox-data"]
    play.is_gone("data")
    play.stand_all()
    assert {state.status.value for state in play.states().values()} == {"STANDING"}
    assert play.stacks.created.count("stargate-sandbox-network") == 1
    assert play.stacks.created.count("stargate-sandbox-data") == 2


def test_resuming_while_the_rollback_runs_waits_for_its_end(play):
    """A rollback of the earlier attempt is no failure of this one."""
    play.begin_provision()
    play.breaks("network", "Vpc", "no")
    play.fail_environment()
    play.ask()
    play.begin_provision()
    assert play.answers("network")[1:] == []
    play.stacks.stacks["stargate-sandbox-network"].status = "ROLLBACK_COMPLETE"
    play.stack_event("network", "ROLLBACK_COMPLETE")
    play.is_gone("network")
    assert "network" in play.in_progress()


def test_the_same_event_twice_does_nothing_the_second_time(play):
    """One ledger entry, one answer, one submission."""
    play.begin_provision()
    play.stands("network")
    before = (len(play.summaries()), len(play.callbacks.answers), len(play.stacks.created))
    play.tell_again()
    assert (len(play.summaries()), len(play.callbacks.answers), len(play.stacks.created)) == before


def test_a_lost_event_costs_time_and_nothing_else(play):
    """When the workflow calls again, the truth is read again."""
    play.begin_provision()
    play.stands("network", told=False)
    play.stands("secrets", told=False)
    assert play.answers("network") == []
    play.begin_provision(["data", "network", "secrets"])
    assert "data" in play.in_progress()
    assert [answer[1] for answer in play.answers("network")] == ["succeeded"]


def test_only_one_of_two_calls_answers_a_token(play):
    """An event and the workflow's own second call meet: the token is claimed once."""
    play.begin_provision()
    play.stands("network", told=False)
    token = play.call("network")
    play.stack_event("network", "CREATE_COMPLETE")
    assert [answer[0] for answer in play.answers("network")] == [token]


def test_two_calls_at_the_same_moment_submit_once(play):
    """The stack exists already when the second one asks: it waits for the first one's."""
    play.begin_provision(["network"])

    def exists(*_arguments):
        raise StackExistsError("network")

    del play.stacks.stacks["stargate-sandbox-network"]
    play.stacks.create = exists
    play.call("network")
    assert play.answers("network") == []
    assert play.status("network") == "SUBMITTED"


def test_a_call_of_an_older_attempt_is_refused_and_touches_nothing(play):
    """The old workflow ends with SupersededError."""
    play.begin_provision(["network"])
    play.breaks("network", "Vpc", "no")
    play.fail_environment()
    play.ask()
    with pytest.raises(SupersededError):
        play.deploy(Call(play.environment.environment_id, 1, "secrets", "old token"))
    assert play.stacks.created == ["stargate-sandbox-network"]


def test_a_token_of_an_older_attempt_is_answered_when_the_new_one_parks(play):
    """So that the old workflow ends and does not wait for its timeout."""
    play.begin_provision(["data", "network"])
    play.breaks("network", "Vpc", "no")
    play.fail_environment()
    play.ask()
    play.call("data")
    assert [answer[1] for answer in play.answers("data")] == ["SupersededError"]


def test_a_foreign_stack_of_the_same_name_is_never_touched(play):
    """It has the name but not our id: the node fails and the stack stays."""
    play.stacks.create("us-east-1", "stargate-sandbox-network", "", {}, {}, "someone")
    play.begin_provision(["network"])
    ((_, error, cause),) = play.answers("network")
    assert error == "StackFailedError"
    assert "not ours" in json.loads(cause)["reason"]
    assert play.stacks.deleted == []


def test_a_refusal_of_cloudformation_is_the_reason(play):
    """AccessDenied and the like end the attempt at once."""
    play.stacks.refuse["stargate-sandbox-network"] = "not authorized to perform iam:PassRole"
    play.begin_provision(["network"])
    ((_, _, cause),) = play.answers("network")
    assert json.loads(cause)["reason"] == "not authorized to perform iam:PassRole"
    assert play.status("network") == "FAILED"


def test_a_failed_preparing_task_fails_the_step(play):
    """Exit code 1 is StepFailedError, and resuming runs the task again."""
    play.begin_provision()
    for name in ("network", "secrets", "data", "cluster"):
        play.stands(name)
    play.task_stops(1)
    assert [answer[1] for answer in play.answers("prepare-database")] == ["StepFailedError"]
    play.fail_environment()
    play.ask()
    play.begin_provision()
    play.stand_all()
    assert len(play.tasks.started) == 2
    assert {state.status.value for state in play.states().values()} == {"STANDING"}


def test_a_database_that_was_prepared_is_not_prepared_again(play):
    """The step stands for this very data stack."""
    play.begin_provision()
    for name in ("network", "secrets", "data", "cluster"):
        play.stands(name)
    play.task_stops(0)
    play.breaks("waf", "WebAcl", "no")
    play.fail_environment()
    play.stacks.stacks["stargate-sandbox-waf"].status = "ROLLBACK_COMPLETE"
    play.ask()
    play.begin_provision()
    play.is_gone("waf")
    play.stand_all()
    assert len(play.tasks.started) == 1
    assert {state.status.value for state in play.states().values()} == {"STANDING"}


def test_each_ledger_entry_names_what_led_to_it(play):
    """From the request to data's submission by way of the event that secrets stood."""
    play.begin_provision()
    play.stands("network")
    play.stands("secrets")
    entries = play.table.entries[play.environment.environment_id]
    data = next(entry for entry in entries.values() if entry.summary == "data submitted")
    secrets = entries[data.cause]
    assert secrets.summary == "secrets stands"
    assert secrets.cause == play.events[-1]["id"]
    first = next(entry for entry in entries.values() if entry.summary == "secrets submitted")
    assert entries[first.cause].kind == "decision"


def test_retiring_removes_in_reverse_and_answers_everyone(play):
    """Services and observer first, network last, and nothing is left."""
    play.begin_provision()
    play.stand_all()
    play.settle(play.environment.environment_id, 1, Status.READY)
    play.callbacks.answers.clear()
    play.begin_retire()
    assert sorted(play.stacks.deleted) == sorted(
        f"stargate-sandbox-{name}"
        for name in ("litellm", "grafana", "langfuse", "victoria-metrics", "observer")
    )
    play.all_gone()
    assert play.stacks.stacks == {}
    assert len(play.callbacks.answers) == len(GATEWAY.stacks)
    assert {answer[1] for answer in play.callbacks.answers} == {"succeeded"}
    order = [name.removeprefix("stargate-sandbox-") for name in play.stacks.deleted]
    for node in PLAIN.stacks:
        needs = [need for need in PLAIN.all_needs(node.name) if need in order]
        assert all(order.index(node.name) < order.index(need) for need in needs)


def test_retiring_what_never_came_to_be_does_not_wait(play):
    """Only network and secrets were ever created: they go at once."""
    play.begin_provision(["network", "secrets"])
    play.stands("network")
    play.begin_retire()
    play.all_gone()
    assert play.stacks.stacks == {}
    assert {answer[1] for answer in play.callbacks.answers if "#2#" in answer[0]} == {"succeeded"}


def test_a_stack_that_cannot_be_deleted_fails_with_its_resource_and_can_be_asked_again(play):
    """DELETE_FAILED ends the retirement; the next one tries again."""
    play.begin_provision(["network"])
    play.stands("network")
    play.begin_retire()
    play.stacks.fail_resource(
        "stargate-sandbox-network", "Vpc", "AWS::EC2::VPC", "has dependencies", "DELETE_FAILED"
    )
    play.stack_event("network", "DELETE_FAILED")
    answer = next(answer for answer in play.answers("network") if "#2#" in answer[0])
    assert answer[1] == "StackFailedError"
    failure = json.loads(answer[2])
    assert failure["reason"].startswith("has dependencies. The stack is DELETE_FAILED: mend the cause")
    assert failure["stuck"] == ["Vpc"]
    play.fail_environment()
    play.begin_retire()
    play.all_gone()
    assert play.stacks.stacks == {}


def test_a_foreign_stack_is_left_alone_when_the_environment_goes(play):
    """Its name is held by somebody else: for us there is nothing to remove."""
    play.stacks.create("us-east-1", "stargate-sandbox-network", "", {}, {}, "someone")
    play.begin_retire()
    assert play.stacks.deleted == []
    assert play.answers("network")[-1][1] == "succeeded"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_whatever_order_stacks_end_in_and_whichever_events_come_twice_or_never_the_end_is_the_same(data):
    """Any order, any duplicate, any loss that a later call of the workflow makes up for."""
    play = Play()
    play.ask()
    play.begin_provision(data.draw(st.permutations(GATEWAY.names)))
    for _ in range(200):
        ready = play.in_progress()
        running = play.status("prepare-database") == "SUBMITTED"
        choices = [*ready, *(["prepare-database"] if running else [])]
        if not choices:
            waiting = [name for name, state in play.states().items() if state.token is not None]
            if not waiting:
                break
            play.call(data.draw(st.sampled_from(waiting)))
            continue
        name = data.draw(st.sampled_from(choices))
        told = data.draw(st.booleans())
        if name == "prepare-database":
            play.task_stops(0, told=told)
            if not told:
                play.call(name)
        else:
            play.stands(name, told=told)
        if play.events and data.draw(st.booleans()):
            play.tell_again(data.draw(st.integers(0, len(play.events) - 1)))
    assert {state.status.value for state in play.states().values()} == {"STANDING"}
    answered = [answer[0].split("#")[0] for answer in play.callbacks.answers]
    assert sorted(answered) == sorted(GATEWAY.names)
    assert sorted(set(play.stacks.created)) == sorted(play.stacks.created)
