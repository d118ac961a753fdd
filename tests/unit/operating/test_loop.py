"""From an event to a verified effect, and every way in which that can go otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Mode, Status
from stargate.domain.operating.facts import ScalingFacts
from stargate.domain.operating.leases import Lease
from stargate.errors import ActionNotFoundError, ConflictError
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, WARNING, LoopPlay, environment


@pytest.fixture
def play():
    return LoopPlay()


# The way it should go.


def test_critical_cpu_raises_the_bound_and_every_entry_names_its_cause(play):
    """Event, signal, decision, action, verification: a chain that can be walked back."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.clock.pass_seconds(1)
    taken = play.take(event)
    assert (taken.outcome, taken.decided) == ("taken", "act")
    assert play.runs() == "missed"  # nothing in this play makes tasks run
    told = [entry for entry in play.entries() if entry.kind != "incident"]
    signal, decision, action, verification = told
    assert [entry.kind for entry in told] == ["signal", "decision", "action", "verification"]
    assert signal.cause == event["id"]
    assert decision.cause == signal.entry_id
    assert action.cause == decision.entry_id
    assert verification.cause == action.entry_id
    assert "raise the lower bound of litellm from 2 to 4" in decision.summary
    assert decision.summary.endswith("; $0.1975 an hour more")  # 2 x (2 x $0.04048 + 4 x $0.004445)
    assert decision.detail["usd_per_hour"] == "0.1975"
    assert play.scaling.set == [(f"stargate-{NAME}", "litellm", 4, 6)]


def test_the_effect_is_reached_once_tasks_run_and_cpu_has_fallen(play):
    """CPU of before the action proves nothing."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    play.load(50)
    assert play.verifies()["outcome"] == "not_yet"
    play.clock.pass_seconds(120)
    play.services.facts = replace(play.services.facts, running=4)
    play.load(50, tasks=4, minutes=1)
    found = play.verifies()
    assert (found["outcome"], found["measured"]) == ("reached", {"running_tasks": 4, "cpu": 50})


def test_an_action_stays_within_the_limits_and_then_promises_no_cpu(play):
    """Six tasks are declared; the model would have more."""
    play.load(100, tasks=5)
    play.alarm(CRITICAL, "ALARM")
    (action,) = play.actions()
    assert action.target == {"minimum": 6, "maximum": 6}
    assert [one.measure for one in action.expectations] == ["running_tasks"]


def test_the_bound_is_kept_for_its_time_renewed_while_needed_and_then_released(play):
    """The whole life of a raised bound."""
    play.raises_bound()
    until = play.hold().until
    play.tick(900)
    assert play.hold().until > until
    assert "is kept until" in play.summaries("decision")[-1]
    play.alarm(CRITICAL, "OK")
    assert play.held_by() == "expiry"
    play.tick()
    assert len(play.remedies.started) == 1
    play.tick(900)
    assert len(play.remedies.started) == 2
    assert play.runs() == "reached"
    assert play.scaling.set[-1] == (f"stargate-{NAME}", "litellm", 2, 6)
    assert play.summaries("decision")[-1].endswith("; $0.1975 an hour less")
    assert not play.hold().live
    play.tick(600)
    assert play.operations.open_environments() == []


def test_a_release_is_caused_by_the_end_of_its_condition(play):
    """The chain goes on from the signal that closed it."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    closing = play.entries("signal")[-1]
    assert play.entries("decision")[-1].cause == closing.entry_id
    assert play.entries("decision")[-2].cause == closing.entry_id


def test_a_bound_that_somebody_else_moved_is_left_to_them(play):
    """What we would set back is not what we set."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.scaling.facts = ScalingFacts(5, 6)
    play.tick(900)
    assert len(play.remedies.started) == 1
    assert not play.hold().live
    assert "somebody else moved it" in play.summaries("decision")[-1]


def test_a_held_bound_that_aws_gave_back_is_raised_again_while_it_is_needed(play):
    """The outer loop looks no more, so AWS sets the declared bounds: it knows nothing of holds."""
    play.raises_bound()
    play.scaling.facts = ScalingFacts(2, 6)
    play.load(88)
    play.tick(180)
    assert play.performs()["performed"]
    assert [(minimum, maximum) for *_, minimum, maximum in play.scaling.set] == [(4, 6), (4, 6)]


def test_a_bound_moved_between_decision_and_release_is_left_too(play):
    """The precondition is asked again at the last moment."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    play.scaling.facts = ScalingFacts(5, 6)
    assert play.runs() == "withdrawn"
    play.tick()
    assert not play.hold().live
    assert play.scaling.facts.minimum == 5


def test_what_aws_refuses_is_failed_at_once_and_nothing_is_kept_of_it(play):
    """No hold of a bound that was never set; the lease is free, and the cool-down is kept."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.refuse = "the role may not"
    assert not play.performs()["performed"]
    assert play.actions()[0].status == "FAILED"
    assert "the role may not" in play.summaries("action")[-1]
    assert not play.hold().live
    play.load(88)
    play.tick()
    assert play.held_by() == "cool-down"


@pytest.mark.parametrize("known", [True, False])
def test_a_second_raise_that_fails_does_not_make_the_first_a_strangers(play, known):
    """What AWS has then is still a bound of ours, and is released, whether AWS said no or nothing."""
    play.raises_bound()
    play.load(100, tasks=4, minutes=5)
    play.tick(180)
    if known:
        play.scaling.refuse = "no"
        assert not play.performs()["performed"]
    else:
        play.scaling.cut_off = True
        with pytest.raises(TimeoutError):
            play.performs()
        play.settles("failed")
    play.scaling.refuse, play.scaling.cut_off = "", False
    assert play.scaling.facts.minimum == 4
    assert play.hold().is_ours("minimum", 4)
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    assert play.runs() == "reached"
    assert play.scaling.facts.minimum == 2


def test_a_condition_that_comes_back_keeps_its_bound(play):
    """The release is withdrawn: it is needed again."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    play.load(50, tasks=4)
    play.alarm(CRITICAL, "ALARM")
    assert not play.performs()["performed"]
    assert play.hold().live
    assert play.condition().times_opened == 2


# The warning level.


def test_the_warning_is_recorded_and_calls_for_nothing(play):
    """Target tracking holds CPU near 70 % on purpose."""
    play.load(65)
    taken = play.alarm(WARNING, "ALARM")
    assert taken.decided == "none"
    assert "on purpose: recorded only" in play.summaries("decision")[-1]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (ScalingFacts(2, 6, suspended=True), "target tracking cannot help, it is suspended: raise"),
        (ScalingFacts(2, 2), "target tracking cannot help, it is pinned to 2 tasks: raise"),
    ],
)
def test_the_warning_acts_where_target_tracking_cannot_help(play, facts, words):
    """Suspended or pinned; the decision says which."""
    play.scaling.facts = facts
    play.load(78)
    assert play.alarm(WARNING, "ALARM").decided == "act"
    assert play.actions()[0].target["minimum"] > facts.minimum
    assert words in play.summaries("decision")[-1]


def test_the_warning_acts_on_nothing_that_tracking_has_brought_to_its_maximum(play):
    """All tasks that the bounds allow run already: the critical level may move the bounds."""
    play.scaling.facts = ScalingFacts(2, 6)
    play.load(78, tasks=6)
    assert play.alarm(WARNING, "ALARM").decided == "none"


def test_failed_scaling_is_found_at_the_examination(play):
    """It costs a call more, which the way of an event has not to spare."""
    play.scaling.failure = "the service is busy"
    play.load(78)
    assert play.alarm(WARNING, "ALARM").decided == "none"
    play.tick()
    assert len(play.remedies.started) == 1


# Copies, lateness, reordering, loss.


def test_a_copy_of_an_event_writes_nothing_and_starts_nothing(play):
    """EventBridge delivers at least once."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.take(event)
    before = play.entries()
    assert play.take(event).outcome == "repeated"
    assert play.entries() == before
    assert len(play.remedies.started) == 1


def test_a_copy_after_everything_is_over_changes_nothing_either(play):
    """An alarm that was settled long ago does not open again."""
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.load(88)
    play.take(event)
    play.clock.pass_seconds(60)
    play.alarm(CRITICAL, "OK")
    before = play.entries()
    assert play.take(event).outcome == "repeated"
    assert not play.condition().open
    assert play.entries() == before


def test_events_in_the_wrong_order_leave_what_came_last(play):
    """OK overtakes the ALARM before it."""
    play.load(88)
    alarm = play.alarm(CRITICAL, "ALARM", told=False)
    play.clock.pass_seconds(5)
    assert play.alarm(CRITICAL, "OK").outcome == "unchanged"
    taken = play.take(alarm)
    assert (taken.outcome, play.actions()) == ("unchanged", [])
    assert "older than" in taken.reason
    assert any("older than" in summary for summary in play.summaries("signal"))


def test_a_late_event_is_decided_by_the_truth(play):
    """A quarter of an hour late, it may not be true any more."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.clock.pass_seconds(900)
    taken = play.take(event)
    assert (taken.outcome, taken.decided) == ("taken", None)
    assert "late" in play.entries("signal")[-1].detail
    play.alarms.turn(CRITICAL, "OK", play.clock.now())
    play.tick()
    assert not play.condition().open
    assert play.actions() == []


def test_an_alarm_of_which_nobody_told_is_taken_up_after_two_minutes(play):
    """The event was lost; the alarm rings all the same."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.tick(90)
    assert play.condition() is None
    play.tick(60)
    assert len(play.remedies.started) == 1
    assert play.take(event).outcome == "unchanged"
    assert len(play.remedies.started) == 1


def test_an_alarm_that_stands_where_the_models_are_is_looked_at_like_the_others(play):
    """Neither that it rings nor that it is over was told."""
    play.table.environments[IDENTIFIER] = replace(play.table.environments[IDENTIFIER], region="us-west-1")
    slow = f"stargate-{NAME}-litellm-first-token-warning"
    play.alarms.where[slow] = "us-east-1"
    play.alarm(slow, "ALARM", told=False)
    play.tick(180)
    assert play.condition("latency-high#litellm").open
    play.clock.pass_seconds(60)
    play.alarm(slow, "OK", told=False)
    play.tick()
    assert not play.condition("latency-high#litellm").open


def test_an_end_of_which_nobody_told_is_seen(play):
    """The examination reads the alarm itself."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK", told=False)
    play.tick()
    assert not play.condition().open
    assert "closed" in play.summaries("signal")[-1]


def test_a_condition_whose_alarm_is_gone_is_over(play):
    """Its stack may have been changed."""
    play.raises_bound()
    play.alarms.known.clear()
    play.tick()
    assert not play.condition().open


def test_two_levels_are_one_condition_and_one_action(play):
    """The critical alarm worsens it; the warning keeps it open afterwards, and calls for nothing."""
    play.load(88)
    assert play.alarm(WARNING, "ALARM").decided == "none"
    assert play.alarm(CRITICAL, "ALARM").decided == "act"
    play.clock.pass_seconds(10)
    assert play.alarm(CRITICAL, "OK").outcome == "taken"
    assert (play.condition().open, play.condition().severity) == (True, "warning")
    assert len(play.actions()) == 1


def test_a_moment_to_come_does_not_outdate_what_is_told_until_then(play):
    """Somebody's clock is an hour ahead."""
    play.load(88)
    play.take(play.alarm_event(CRITICAL, "ALARM", play.clock.now() + 3600))
    play.clock.pass_seconds(60)
    assert play.alarm(CRITICAL, "OK").outcome == "taken"
    assert not play.condition().open


# Interruptions.


def test_a_start_that_was_cut_off_is_made_up_for_by_the_next_copy(play):
    """The decision is written, the workflow was not started: Lambda calls again."""
    play.load(88)
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.remedies.lose = True
    with pytest.raises(ConnectionError):
        play.take(event)
    play.remedies.lose = False
    assert play.take(event).outcome == "repeated"
    assert len(play.remedies.started) == 1
    assert len(play.entries("decision")) == 1


def test_a_start_that_was_cut_off_is_made_up_for_by_the_examination(play):
    """And if no copy ever comes."""
    play.load(88)
    play.remedies.lose = True
    with pytest.raises(ConnectionError):
        play.alarm(CRITICAL, "ALARM")
    play.remedies.lose = False
    play.tick(90)
    assert len(play.remedies.started) == 1


def test_an_action_whose_workflow_died_is_failed_its_lease_freed_and_its_cool_down_kept(play):
    """Nobody settled it; the next try waits."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.cut_off = True
    with pytest.raises(TimeoutError):
        play.performs()
    play.remedies.statuses = dict.fromkeys(play.remedies.statuses, "FAILED")
    play.tick(90)
    (action,) = play.actions()
    lease = play.operations.by_id(IDENTIFIER).operations.leases["capacity:litellm"]
    assert (action.status, lease.holder) == ("FAILED", None)
    assert play.held_by() == "cool-down"
    play.load(88)
    play.tick(180)
    assert len(play.remedies.started) == 2


def test_a_performance_that_was_cut_off_is_finished_by_the_retry(play):
    """Recorded, but AWS was not reached: the same call does it, under the same fence."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.cut_off = True
    with pytest.raises(TimeoutError):
        play.performs()
    play.scaling.cut_off = False
    assert play.performs()["performed"]
    assert play.performs()["performed"]
    assert len(play.scaling.set) == 1
    assert len(play.entries("action")) == 1


def test_a_stale_holder_of_the_lease_touches_nothing(play):
    """Its lease ran out and went to another while it slept."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.cut_off = True
    with pytest.raises(TimeoutError):
        play.performs()
    play.scaling.cut_off = False
    rows = play.table.operations[IDENTIFIER]
    lease = rows["leases", "capacity:litellm"]
    rows["leases", "capacity:litellm"] = replace(lease, holder="another", fence=lease.fence + 1)
    answer = play.performs()
    assert (answer["performed"], play.scaling.set) == (False, [])
    assert rows["leases", "capacity:litellm"].holder == "another"


def test_the_fence_grows_with_each_holder(play):
    """So that an older one can be told."""
    play.raises_bound()
    play.load(100, tasks=4, minutes=5)
    play.tick(180)
    play.performs()
    assert [action.fence for action in play.actions()] == [1, 2]


def test_a_signal_that_loses_the_race_looks_again(play):
    """The examination wrote the same condition in between."""
    play.load(88)
    other = play.alarm_event(WARNING, "ALARM")
    play.operations.meddle = [lambda: play.take(other)]
    assert play.alarm(CRITICAL, "ALARM").decided == "act"
    assert play.condition().severity == "critical"
    assert len(play.actions()) == 1


def test_a_race_without_end_is_an_error_and_not_a_silence(play):
    """Lambda tries again, and after that the dead letters have it."""

    def conflict():
        raise ConflictError("again")

    play.operations.meddle = [conflict] * 9
    with pytest.raises(ConflictError):
        play.alarm(CRITICAL, "ALARM")


def test_performing_an_action_that_is_over_does_nothing(play):
    """A second execution, or a late retry."""
    play.raises_bound()
    assert not play.performs()["performed"]
    assert play.verifies()["outcome"] == "reached"
    assert play.settles("failed")["status"] == "REACHED"
    assert len(play.scaling.set) == 1


def test_an_unknown_action_is_an_error(play):
    """Nothing to perform, nothing to settle."""
    with pytest.raises(ActionNotFoundError):
        play.perform(IDENTIFIER, "none")


def test_without_measures_the_alarm_is_believed_once(play):
    """One task more, and then the bound stays until CPU is seen again."""
    play.alarm(CRITICAL, "ALARM")
    assert play.actions()[0].target["minimum"] == 3
    play.performs()
    play.settles("missed")
    play.tick(300)
    assert len(play.remedies.started) == 1
    assert "so it stays" in play.summaries("decision")[-1]


# What changes between decision and performance.


def test_a_condition_that_closed_meanwhile_needs_no_action(play):
    """It is withdrawn, and nothing was touched."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.alarm(CRITICAL, "OK")
    assert play.runs() == "withdrawn"
    assert (play.scaling.set, play.actions()[0].status) == ([], "WITHDRAWN")


def test_a_condition_that_closes_while_its_action_runs_lets_it_end(play):
    """The bound is raised; its hold will end by itself."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    play.clock.pass_seconds(60)
    play.alarm(CRITICAL, "OK")
    play.settles("reached")
    assert play.hold().live
    play.tick(900)
    assert play.actions()[-1].kind == "release_bound"


def test_the_kill_switch_stops_an_action_that_was_decided(play):
    """It is turned between decision and performance."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.turn_switch({"actions": "off", "reason": "we are moving house"})
    assert play.runs() == "withdrawn"
    assert play.scaling.set == []
    assert play.held_by() == "switch"
    play.tick()
    assert len(play.entries("decision")) == 2  # it is not told again each minute
    play.turn_switch({"actions": "on"})
    play.load(88)
    play.tick()
    assert play.runs() == "missed"
    assert len(play.scaling.set) == 1


def test_a_bound_that_is_high_enough_already_needs_nothing(play):
    """Somebody raised it by hand: it is not ours to release."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.facts = ScalingFacts(4, 6)
    assert play.runs() == "withdrawn"
    assert play.hold() is None
    assert "is 4 already" in play.summaries("decision")[-1]


def test_at_the_limit_a_person_is_told_what_would_be_needed(play):
    """More is not ours to give."""
    play.scaling.facts = ScalingFacts(6, 6)
    play.load(100, tasks=6)
    play.alarm(CRITICAL, "ALARM")
    assert play.actions()[-1].kind == "page"
    assert "ask for 14" in play.condition().decided.reason


def test_a_service_without_scalable_target_has_no_bound_to_raise(play):
    """Its stack was changed by hand."""
    play.scaling.facts = None
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    assert play.actions()[-1].kind == "page"
    assert "litellm has no scalable target" in play.condition().decided.reason


def test_a_scalable_target_that_goes_before_the_raise_needs_nothing(play):
    """Withdrawn, with the reason."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.facts = None
    assert play.runs() == "withdrawn"


def test_a_scalable_target_that_goes_before_the_release_takes_the_hold_with_it(play):
    """There is no bound to set back."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.scaling.facts = None
    play.tick(900)
    assert not play.hold().live


def test_limits_that_became_tighter_meanwhile_hold_the_action(play):
    """The environment was changed between decision and performance."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    spec = play.table.environments[IDENTIFIER].spec
    play.becomes(spec=replace(spec, litellm=replace(spec.litellm, max_tasks=3)))
    assert play.runs() == "withdrawn"
    assert play.held_by() == "limits"


def test_the_kill_switch_stops_a_performance_that_was_cut_off(play):
    """Its retry asks the guards again before it calls AWS."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.scaling.cut_off = True
    with pytest.raises(TimeoutError):
        play.performs()
    play.scaling.cut_off = False
    play.turn_switch({"actions": "off", "reason": "stop"})
    assert not play.performs()["performed"]
    assert play.scaling.set == []
    lease = play.operations.by_id(IDENTIFIER).operations.leases["capacity:litellm"]
    assert lease.holder is None


def test_a_release_that_was_cut_off_is_done_once(play):
    """AWS took it, the answer was lost."""
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.tick(900)
    play.performs()
    play.performs()
    assert len(play.scaling.set) == 2


def test_a_lease_that_another_took_meanwhile_holds_the_action(play):
    """Between the look at the guards and the writing there is no gap: it is one transaction."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    other = Lease("capacity:litellm", "another", 1, play.clock.now(), play.clock.now() + 60)

    def steal():
        play.table.operations[IDENTIFIER]["leases", "capacity:litellm"] = replace(other, version=1)

    play.operations.meddle = [steal]
    assert play.runs() == "withdrawn"
    assert (play.scaling.set, play.held_by()) == ([], "lease")


def test_settling_that_loses_the_race_keeps_what_was_settled_first(play):
    """The workflow and the examination both end it."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    action = play.actions()[0].action_id
    play.operations.meddle = [lambda: play.settle(IDENTIFIER, action, "failed", "it died")]
    assert play.settles("reached")["status"] == "FAILED"
    assert len(play.entries("verification")) == 0


@pytest.mark.parametrize("call", ["performs", "settles"])
def test_a_race_without_end_is_an_error_for_the_workflow_too(play, call):
    """It retries, and says so in the end."""

    def conflict():
        raise ConflictError("again")

    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.operations.meddle = [conflict] * 9
    with pytest.raises(ConflictError):
        play.settles("reached") if call == "settles" else play.performs()


def test_an_examination_that_loses_a_race_leaves_it_to_the_next(play):
    """A minute later it looks again."""

    def conflict():
        raise ConflictError("somebody was faster")

    play.raises_bound()
    play.alarm(CRITICAL, "OK", told=False)
    play.operations.meddle = [conflict]
    play.tick()
    assert play.condition().open
    play.tick()
    assert not play.condition().open


def test_an_action_whose_workflow_is_forgotten_is_failed(play):
    """Performed, but nothing is known of its execution any more."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    play.remedies.statuses.clear()
    play.tick(90)
    assert (play.actions()[0].status, play.actions()[0].outcome) == ("FAILED", "its workflow is gone")


def test_an_action_whose_workflow_runs_is_left_alone(play):
    """However long it takes."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.performs()
    play.tick(300)
    assert play.actions()[0].in_flight


def test_an_alarm_that_rings_although_it_was_told_to_be_over_is_taken_up(play):
    """The truth is believed, whatever its clock says."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.clock.pass_seconds(60)
    play.take(play.alarm_event(CRITICAL, "OK"))
    play.tick(200)
    assert play.condition().open


# Guards, as they are seen in the loop.


@pytest.mark.parametrize(("mode", "guard"), [(Mode.OBSERVE, "mode"), (Mode.ADVISE, "approval")])
def test_a_held_decision_is_taken_when_its_guard_lifts(play, mode, guard):
    """The mode holds it; a minute after the mode is act, it is done."""
    play.change(NAME, {"mode": mode.value})
    play.load(88)
    assert play.alarm(CRITICAL, "ALARM").decided == "hold"
    assert play.held_by() == guard
    play.change(NAME, {"mode": "act"})
    play.load(88)
    play.tick()
    assert len(play.remedies.started) == 1


def test_a_held_decision_is_dropped_when_its_condition_is_over(play):
    """The guard lifts too late, and that is good."""
    play.change(NAME, {"mode": "observe"})
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    play.alarm(CRITICAL, "OK")
    play.change(NAME, {"mode": "act"})
    play.tick()
    assert play.remedies.started == {}


def test_what_happens_while_an_environment_is_made_waits_until_it_is_ready(play):
    """The condition is opened, the decision held."""
    play.becomes(status=Status.PROVISIONING)
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    assert play.held_by() == "status"
    play.becomes(status=Status.READY)
    play.load(88)
    play.tick()
    assert len(play.remedies.started) == 1


def test_no_second_action_while_the_first_is_being_verified(play):
    """It is worse than it was, but what was done may help yet."""
    play.scaling.facts = ScalingFacts(2, 2)
    play.load(75)
    play.alarm(WARNING, "ALARM")
    play.performs()
    assert play.alarm(CRITICAL, "ALARM").decided == "hold"
    assert play.held_by() == "verification"
    play.tick()
    assert len(play.remedies.started) == 1


# An environment that goes.


@pytest.mark.parametrize("status", [Status.RETIRING, Status.RETIRED])
def test_an_environment_that_is_removed_is_left_in_peace(play, status):
    """A recorded reason, no condition, no action."""
    play.becomes(status=status)
    assert play.alarm(CRITICAL, "ALARM").outcome == "ignored"
    assert f"is {status}" in play.summaries("note")[-1]
    assert play.condition() is None
    play.tick(300)
    assert play.remedies.started == {}


def test_an_environment_that_is_removed_takes_its_bound_and_conditions_with_it(play):
    """Nothing is left open that the examination would look at for ever."""
    play.raises_bound()
    play.becomes(status=Status.RETIRING)
    play.tick(1000)
    assert not play.hold().live
    assert not play.condition().open
    assert len(play.scaling.set) == 1
    play.tick()
    assert play.operations.open_environments() == []
    assert len(play.summaries("note")) == 1


def test_an_event_of_an_earlier_environment_of_that_name_is_none_of_this_ones(play):
    """Names are used again."""
    event = play.alarm(CRITICAL, "ALARM", told=False)
    play.table.environments[IDENTIFIER] = environment(play.clock.now() + 10)
    play.clock.pass_seconds(60)
    taken = play.take(event)
    assert taken.outcome == "ignored"
    assert "earlier sandbox" in taken.reason


def test_an_environment_that_we_do_not_have_is_not_ours(play):
    """Somebody else may call things as we do."""
    taken = play.take(play.alarm_event("stargate-other-litellm-cpu-critical", "ALARM"))
    assert (taken.outcome, taken.environment) == ("ignored", "other")
    assert taken.document()["reason"] == "not ours: there is no environment other"
    assert play.entries() == ()


# What it costs.


def test_the_way_of_an_event_costs_seven_calls_at_most(play):
    """Three reads, two measurements, one write, one start."""
    play.load(88)
    play.alarm(CRITICAL, "ALARM")
    calls = play.operations.calls + play.scaling.calls + play.metrics.calls + play.remedies.calls
    assert len(calls) == 7, calls


def test_a_quiet_minute_costs_one_question_to_the_table(play):
    """And one for each region to CloudWatch."""
    assert play.tick().document() == {"environments": 0, "entries": 0}
    assert play.operations.calls == ["query open"]


def test_one_environment_that_cannot_be_examined_does_not_hinder_the_others(play):
    """It is raised at the end."""
    play.raises_bound()
    play.table.operations["missing"] = dict(play.table.operations[IDENTIFIER])
    play.alarm(CRITICAL, "OK", told=False)
    with pytest.raises(ExceptionGroup, match="not everything"):
        play.tick()
    assert not play.condition().open
