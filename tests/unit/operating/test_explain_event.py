"""What an event would lead to if it came now: an environment's own playbook, state and facts speak."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass

import pytest

from stargate.domain.environment import Mode, Status
from stargate.domain.playbook.lines import read_text
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError
from stargate.usecases.operating.change_playbook import ChangePlaybook
from stargate.usecases.operating.explain_event import ExplainEvent
from stargate.usecases.operating.gather_facts import Instruments
from stargate.usecases.operating.request_explanation import RequestExplanation
from tests import fakes
from tests.unit.operating.loop_play import CRITICAL, NAME, LoopPlay
from tests.unit.signals.senders import ANOMALY, alarm, database, stack

ERRORS = f"stargate-{NAME}-litellm-errors-critical"


@pytest.fixture
def play():
    return LoopPlay()


def explains(play, event):
    explain = ExplainEvent(play.operations, Instruments(play.tools().sources()), play.clock)
    (found,) = explain(NAME, event)["explained"]
    return found


def decision(play, event):
    return explains(play, event)["decision"]


def test_a_decision_is_told_with_what_it_would_change_and_expects_and_nothing_is_done(play):
    """As the ledger would have it; the table stays as it was."""
    play.load(88)
    before = copy.deepcopy(play.table)
    found = decision(play, alarm(CRITICAL))
    assert (found["action"], found["verdict"], found["guard"]) == ("raise_bound", "act", None)
    assert found["target"]["minimum"] > 2
    assert found["expected"][0].startswith("running_tasks at least")
    assert "CPU is critical" in found["reason"]
    assert found["rules"][-1] == {
        "rule": "litellm-cpu-critical",
        "about": True,
        "fits": True,
        "why": "cpu-high#litellm is open and critical",
    }
    assert play.table == before
    assert play.touched() == []
    assert play.remedies.started == {}


def test_the_guard_that_holds_it_is_named(play):
    """With the action that it holds."""
    play.load(88)
    play.becomes(mode=Mode.OBSERVE)
    found = decision(play, alarm(CRITICAL))
    assert (found["action"], found["verdict"], found["guard"]) == ("raise_bound", "hold", "mode")
    assert "held by mode" in found["reason"]


def test_facts_are_asked_for_and_answer_the_rules_questions(play):
    """Both ways, in words."""
    found = decision(play, alarm(ERRORS))
    whys = {rule["rule"]: rule["why"] for rule in found["rules"]}
    assert (found["action"], whys["errors-of-a-release"]) == ("page", "release rolling out: no")
    play.services.deploy("d-2", "t:2")
    found = decision(play, alarm(ERRORS))
    assert found["action"] == "stop_deployment"
    assert found["rules"][-1]["why"] == "release rolling out: deployment d-2 is in progress"


def test_its_own_playbook_speaks(play):
    """And says which version it is."""
    ours = {"rule": "ours", "while": "cpu-high", "why": "we look ourselves"}
    environments, playbooks = fakes.FakeEnvironments(play.table), fakes.FakePlaybooks(play.table)
    change = ChangePlaybook(environments, playbooks, play.clock, play.narrator("someone"))
    change(NAME, read_text(json.dumps({"version": 0, "rules": [ours]})))
    found = decision(play, alarm(CRITICAL))
    assert (found["action"], found["rule"]) == ("none", "ours")
    assert found["reason"] == "no action: we look ourselves"
    assert found["by"] == "playbook version 1 and the state of sandbox"


def test_what_is_known_already_is_decided_as_the_next_minute_would(play):
    """It changes nothing, and what is under way holds."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    found = decision(play, alarm(CRITICAL))
    assert (found["change"], found["guard"]) == ("unchanged", "verification")


def test_what_would_be_taken_back_is_told_of_an_event_that_closes(play):
    """Held until its time is over."""
    play.raises_bound()
    found = decision(play, alarm(CRITICAL, "OK"))
    assert (found["change"], found["action"], found["guard"]) == ("closed", "release_bound", "expiry")
    assert decision(play, database("0049"))["reason"] == "no such condition is open"


def test_what_the_loop_would_ignore_is_ignored_and_seen(play):
    """Of a gateway at rest, of another, of a stack that a workflow is at work on."""
    play.becomes(status=Status.ASLEEP)
    asleep = explains(play, alarm(CRITICAL))
    assert "ASLEEP" in asleep["ignored"]["reason"]
    assert (asleep["seen"]["kind"], asleep["seen"]["severity"]) == ("cpu-high", "critical")
    play.becomes(status=Status.PROVISIONING)
    assert "looks after its stacks" in explains(play, stack("CREATE_FAILED"))["ignored"]["reason"]
    other = explains(play, alarm("stargate-other-litellm-cpu-critical"))
    assert other["ignored"]["reason"] == "about other, not sandbox"
    assert "not ours" in explains(play, database("0013", "my-db"))["ignored"]["reason"]


def test_what_is_about_the_whole_account_is_about_this_environment_too(play):
    """And what opens no condition is only noted."""
    assert decision(play, ANOMALY)["rule"] == "cost-anomaly"
    assert (
        "of the control plane itself" in decision(play, alarm("stargate-DeadLettersWaiting-1ABC"))["reason"]
    )
    restarted = decision(play, database("0006"))
    assert (restarted["action"], restarted["rules"]) == ("none", [])


# Asking for it.


@dataclass
class Explaining:
    """The explainer in this process."""

    play: LoopPlay

    def explain(self, name, event):
        play = self.play
        return ExplainEvent(play.operations, Instruments(play.tools().sources()), play.clock)(name, event)


@pytest.fixture
def asks(play):
    return RequestExplanation(fakes.FakeEnvironments(play.table), Explaining(play))


def test_an_explanation_is_asked_for_where_the_rights_are(asks):
    """One for each event in it."""
    assert len(asks(NAME, alarm(CRITICAL))["explained"]) == 1


@pytest.mark.parametrize("event", [{}, [], 7, None, "text", {"a": 1}])
def test_what_is_no_event_is_a_fault(asks, event):
    """And nobody is asked."""
    with pytest.raises(InvalidRequestError):
        asks(NAME, event)


def test_there_must_be_such_an_environment(asks, play):
    """One that is gone has no state to ask about."""
    with pytest.raises(EnvironmentNotFoundError):
        asks("nobody", alarm())
    play.becomes(status=Status.RETIRED)
    with pytest.raises(EnvironmentNotFoundError):
        asks(NAME, alarm())
    with pytest.raises(EnvironmentNotFoundError):
        Explaining(play).explain("nobody", alarm())
