"""Unimportant keys may spend less for a while: lowered, kept in mind, given back, no other is touched."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from stargate.domain.environment import Mode
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.actions.budgets_moved import BudgetChange
from stargate.domain.operating.facts import KeyBudget
from stargate.domain.operating.playbook import ANY, LAST, Rule, Rung
from stargate.domain.signals.signal import Turn
from stargate.errors import ActionRefusedError, AwsThrottledError
from stargate.usecases.operating.through_observer import BudgetsByObserver
from tests import fakes
from tests.unit.operating.loop_play import IDENTIFIER, LoopPlay
from tests.unit.operating.scenes import told

SPENT = ("budget-passed", "cost")
KEY = "budget-passed#cost"


def key(spent, most, *, unimportant=True):
    return KeyBudget(Decimal(spent), None if most is None else Decimal(most), unimportant=unimportant)


def play_of(keys, *rungs):
    given = rungs or (Rung("lower_key_budgets", parameters={"leave_usd": 2}),)
    rule = Rule("spent", ANY, rungs=given, reason="the budget is spent", cool_down=60.0)
    play = LoopPlay(playbook=(rule, *LAST))
    play.budgets.facts = dict(keys)
    return play


def spends(play):
    told(play, *SPENT, percent=101.0)


def is_over(play):
    """The month has turned, and the time of what is held is over; what comes of it."""
    told(play, *SPENT, Turn.CLOSES)
    play.tick(1000)
    return play.runs()


def hold(play):
    return play.operations.by_id(IDENTIFIER).operations.holds.get("keys")


def most(play):
    return {alias: one.most for alias, one in play.budgets.facts.items()}


def test_unimportant_keys_spend_little_more_until_it_is_over():
    """How much more is the rule's to say; then each has again what it had, be it no limit."""
    keys = {"batch": key("80.4", 100), "toys": key("3", None), "shop": key("500", 900, unimportant=False)}
    play = play_of(keys)
    spends(play)
    assert play.runs() == "reached"
    assert most(play) == {"batch": Decimal("82.40"), "toys": Decimal(5), "shop": 900}
    assert is_over(play) == "reached"
    assert most(play) == {"batch": 100, "toys": None, "shop": 900}
    assert not hold(play).live
    play.tick()
    assert not any(one.in_flight for one in play.actions())


def test_the_ledger_tells_keys_by_their_aliases_and_what_they_might_spend():
    """The decision says in money what it comes to."""
    play = play_of({"batch": key("80.4", 100), "toys": key("3", None), "done": key(9, 9)})
    spends(play)
    play.runs()
    (decision,) = play.summaries("decision")
    assert decision == (
        "the budget is spent: lower the budgets of 2 unimportant keys, which may spend $4.00 more"
    )
    (done,) = play.entries("action")
    assert done.summary == "lowered the budgets of batch, toys"
    assert done.detail["target"] == {"batch": "82.4", "toys": "5"}
    assert done.detail["was"] == {"batch": "100", "toys": "no limit"}


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({}, "no key is marked as unimportant"),
        (None, "what LiteLLM's keys may spend is not to be had"),
    ],
)
def test_where_no_key_can_be_lowered_the_next_rung_has_its_turn(keys, why):
    """None is taken for unimportant, and a LiteLLM without its database keeps nothing from being done."""
    play = play_of({}, Rung("lower_key_budgets"), Rung("put_to_sleep"))
    play.budgets.facts = keys
    spends(play)
    (action,) = play.actions()
    assert action.kind == "put_to_sleep"
    assert why in play.condition(KEY).decided.reason


def test_what_spends_little_anyhow_is_left_alone():
    """A budget that is used up, or nearly so, is not raised."""
    play = play_of({"batch": key("99.5", 100), "done": key(12, 10)})
    spends(play)
    assert play.actions() == []
    assert play.condition(KEY).decided.reason == "unimportant keys may spend no more than that already"


@pytest.mark.parametrize("given", [-1, "much", "NaN"])
def test_a_rule_that_says_no_sum_lowers_nothing(given):
    """It is held by its limits, with the reason, and a person is paged."""
    play = play_of({"batch": key("80", 100)}, Rung("lower_key_budgets", parameters={"leave_usd": given}))
    spends(play)
    assert [one.kind for one in play.actions()] == ["page"]
    assert "does not say in dollars" in play.condition(KEY).decided.reason


def test_at_most_fifty_keys_are_lowered_those_that_have_spent_most():
    """Each is a call of LiteLLM within the observer's seconds."""
    play = play_of({f"key-{number:02}": key(number, 1000) for number in range(60)})
    spends(play)
    assert play.runs() == "reached"
    lowered = {alias for alias, one in most(play).items() if one < 1000}
    assert lowered == {f"key-{number:02}" for number in range(10, 60)}


def test_a_guard_holds_it_like_every_action():
    """In mode observe nothing is lowered."""
    play = play_of({"batch": key("80", 100)})
    play.becomes(mode=Mode.OBSERVE)
    spends(play)
    assert play.held_by(KEY) == "mode"
    assert play.budgets.done == []


# While it is held.


def test_a_sum_that_somebody_else_has_set_since_is_theirs():
    """It is neither lowered again nor given back; the rest is."""
    play = play_of({"batch": key("80", 100), "toys": key("3", 50)})
    spends(play)
    play.runs()
    play.budgets.facts["batch"] = key("80", 300)
    play.tick(120)
    assert play.remedies.statuses[list(play.remedies.started)[-1]] == "SUCCEEDED"
    assert is_over(play) == "reached"
    assert most(play) == {"batch": 300, "toys": 50}


def test_a_key_whose_spending_begins_anew_is_lowered_again_and_has_its_own_sum_back():
    """LiteLLM sets a key's spending to zero when its budget's time is over."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.runs()
    play.budgets.facts["batch"] = replace(play.budgets.facts["batch"], spent=Decimal(0))
    play.tick(120)
    assert play.runs() == "reached"
    assert most(play) == {"batch": Decimal(2)}
    is_over(play)
    assert most(play) == {"batch": 100}


def test_a_key_that_is_made_meanwhile_is_lowered_too():
    """Both are kept in mind, each with what it had."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.runs()
    play.budgets.facts["toys"] = key("1", 70)
    play.tick(120)
    assert play.runs() == "reached"
    assert most(play) == {"batch": 82, "toys": 3}
    is_over(play)
    assert most(play) == {"batch": 100, "toys": 70}


def test_a_key_that_has_become_important_has_its_budget_back():
    """Its mark is gone, and what we have taken from it is not forgotten."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.runs()
    play.budgets.facts["batch"] = replace(play.budgets.facts["batch"], unimportant=False)
    assert is_over(play) == "reached"
    assert most(play) == {"batch": 100}


def test_a_key_that_is_gone_is_let_go():
    """What was held ends, and LiteLLM is not asked about it each minute for ever."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.runs()
    play.budgets.facts = {}
    assert is_over(play) == "reached"
    assert "the keys are gone" in play.summaries("decision")[-1]
    assert not hold(play).live


# What goes wrong.


def test_an_answer_that_is_lost_is_asked_for_again_and_nothing_is_done_twice():
    """The workflow calls again: it finds it done."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.budgets.lose_answers = 1
    with pytest.raises(AwsThrottledError):
        play.performs()
    assert play.performs()["performed"]
    assert play.budgets.done == [("batch", Decimal(82))]


def test_a_half_that_was_done_is_completed():
    """Each sum is set from what it was, or from what we have set: the one that is done stays as it is."""
    play = play_of({"batch": key("80", 100), "toys": key("3", None)})
    spends(play)
    play.budgets.lose_answers = 1
    with pytest.raises(AwsThrottledError):
        play.performs()
    play.budgets.facts["toys"] = key("3", None)
    assert play.performs()["performed"]
    assert most(play) == {"batch": 82, "toys": 5}
    assert play.awaits() == "reached"


def test_what_was_perhaps_done_is_given_back_though_its_workflow_failed():
    """Nobody heard the observer to the last; what was lowered is kept in mind all the same."""
    play = play_of({"batch": key("80", 100)})
    spends(play)
    play.budgets.lose_answers = 1
    with pytest.raises(AwsThrottledError):
        play.performs()
    play.settles("failed")
    assert is_over(play) == "reached"
    assert most(play) == {"batch": 100}


def test_what_litellm_refuses_is_told_and_nothing_is_held():
    """The action has failed, and a person is paged."""
    play = play_of({"batch": key("80", 100)})
    play.budgets.refuse = "keys keep their budgets: 500"
    spends(play)
    assert not play.performs()["performed"]
    assert play.actions()[0].status is ActionStatus.FAILED
    assert not hold(play).live
    play.tick(60)
    assert play.actions()[-1].kind == "page"


def test_what_has_become_less_meanwhile_is_not_raised():
    """Between decision and deed its owner has set it lower than we would."""
    play = play_of({"batch": key("80", 100), "toys": key("3", 50)})
    spends(play)
    play.budgets.facts["batch"] = key("80", 10)
    assert play.performs()["performed"]
    assert most(play) == {"batch": 10, "toys": 5}


# By the observer.


def test_the_observer_tells_what_keys_have_spent_in_dollars():
    """Sums come as LiteLLM's floats and are reckoned as decimals."""
    observer = fakes.FakeObserver()
    row = {"spent": 80.4, "most": None, "unimportant": True}
    observer.measured["key_budgets"] = {"keys": {"batch": row}, "looked_at": 3}
    budgets = BudgetsByObserver(observer)
    assert budgets.read("us-east-1", "sandbox", ["toys"]) == {"batch": key("80.4", None)}
    observer.reasons["key_budgets"] = "LiteLLM does not list its keys: 500"
    assert budgets.read("us-east-1", "sandbox", []) is None


def test_who_refuses_has_done_nothing_and_who_is_silent_perhaps_something():
    """The first is the end of it; after the second it is asked again."""
    observer = fakes.FakeObserver()
    budgets = BudgetsByObserver(observer)
    change = {"batch": BudgetChange((None, Decimal(100)), Decimal("81.40"))}
    budgets.change("us-east-1", "sandbox", change)
    assert observer.given[-1] == {"changes": {"batch": {"from": [None, 100.0], "to": 81.4}}}
    observer.reasons["budget_keys"] = "LiteLLM does not take it: 500"
    with pytest.raises(ActionRefusedError, match="keep their budgets"):
        budgets.change("us-east-1", "sandbox", change)
    observer.silent = True
    with pytest.raises(AwsThrottledError, match="not known"):
        budgets.change("us-east-1", "sandbox", change)
