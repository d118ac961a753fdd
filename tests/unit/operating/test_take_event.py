"""An event that tells several things, or of several environments: each is taken by itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status, Work
from stargate.errors import ConflictError
from stargate.usecases.operating.take_signal import TRIES
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, LoopPlay, environment
from tests.unit.signals import senders

OTHER = "00000000e002"


@pytest.fixture
def play():
    """Beside `sandbox` in us-east-1 there is `lab`, a poc in us-west-1."""
    play = LoopPlay()
    play.clock.pass_seconds(senders.MOMENT - play.clock.now())
    begun = environment(play.clock.now() - 86400)
    play.table.environments[IDENTIFIER] = begun
    lab = replace(begun, environment_id=OTHER, name="lab", preset="poc", region="us-west-1")
    play.table.environments[OTHER] = lab
    play.table.names["lab"] = OTHER
    return play


def taken(play, event):
    return [(one.environment, one.kind, one.outcome) for one in play.hear(event)]


def open_of(play, identifier):
    known = play.operations.by_id(identifier).operations.conditions
    return sorted(key for key, condition in known.items() if condition.open)


def test_what_is_said_of_the_account_is_taken_for_each_environment(play):
    """Each has its own condition and its own ledger."""
    assert taken(play, senders.ANOMALY) == [
        (NAME, "cost-anomaly", "taken"),
        ("lab", "cost-anomaly", "taken"),
    ]
    assert open_of(play, IDENTIFIER) == open_of(play, OTHER) == ["cost-anomaly#cost"]


@pytest.mark.parametrize(
    ("service", "region", "names"),
    [
        ("ECS", "us-east-1", [NAME]),
        ("ECS", "us-west-1", ["lab"]),
        ("BEDROCK", "us-east-1", [NAME, "lab"]),
        ("BEDROCK", "us-west-1", []),
        ("CLOUDFRONT", "us-east-1", [NAME, "lab"]),
        ("ECS", "global", [NAME, "lab"]),
    ],
)
def test_what_is_said_of_a_region_is_taken_for_those_that_are_there(play, service, region, names):
    """Bedrock is asked, and CloudFront is steered, in other regions than the gateway's own."""
    told = senders.health(f"AWS_{service}_ISSUE", "issue", service, eventRegion=region)
    outcomes = taken(play, told)
    assert [name for name, _, outcome in outcomes if outcome == "taken"] == names
    assert names or outcomes[0][2] == "ignored"


def test_what_goes_has_nothing_there_any_more(play):
    """One that is being removed is left in peace."""
    play.becomes(status=Status.RETIRING)
    assert [name for name, _, _ in taken(play, senders.ANOMALY)] == ["lab"]


def test_a_batch_is_taken_one_by_one(play):
    """Of one environment's two alarms, and of a stranger's."""
    names = [CRITICAL, "theirs", "stargate-lab-database-cpu-warning"]
    batch = [{"messageId": "m", "body": _sent(senders.sns_alarm(name=name))} for name in names]
    outcomes = [outcome for _, _, outcome in taken(play, {"Records": batch})]
    assert outcomes == ["taken", "ignored", "taken"]


def _sent(document):
    return senders.notification(document)["Message"]


def test_a_copy_is_repeated_for_each(play):
    """Sent again because one failed, it does no harm to the others."""
    play.hear(senders.ANOMALY)
    assert [outcome for _, _, outcome in taken(play, senders.ANOMALY)] == ["repeated", "repeated"]


def test_one_that_cannot_be_taken_does_not_hinder_the_others(play):
    """It is raised when they are taken, so that the event comes again."""

    def spoil():
        raise ConflictError("broken")

    play.operations.meddle = [spoil] * TRIES
    with pytest.raises(ConflictError):
        play.hear(senders.ANOMALY)
    assert open_of(play, OTHER) == ["cost-anomaly#cost"]


def test_stacks_are_left_to_the_workflow_that_is_at_work_on_them(play):
    """And are a signal once nobody is."""
    play.becomes(status=Status.UPDATING)
    (told,) = play.hear(senders.stack("UPDATE_ROLLBACK_COMPLETE"))
    assert (told.outcome, play.entries()) == ("ignored", ())
    play.becomes(status=Status.READY)
    (told,) = play.hear(senders.stack("UPDATE_ROLLBACK_COMPLETE"))
    assert told.outcome == "taken"
    assert open_of(play, IDENTIFIER) == ["stack-failed#network"]


def test_what_a_failed_workflow_leaves_is_told_by_its_failure(play):
    """Its stacks go on failing and rolling back for minutes; nobody is to be woken for each of them."""
    play.becomes(status=Status.FAILED)
    (told,) = play.hear(senders.stack("ROLLBACK_COMPLETE"))
    assert (told.outcome, open_of(play, IDENTIFIER)) == ("ignored", [])


def test_a_stack_that_failed_before_the_newest_attempt_is_of_the_past(play):
    """However late EventBridge delivers the word of it."""
    play.becomes(attempt_started_at=play.clock.now() + 60.0)
    (told,) = play.hear(senders.stack("ROLLBACK_COMPLETE"))
    assert (told.outcome, open_of(play, IDENTIFIER)) == ("ignored", [])


def test_a_workflow_that_mends_a_stack_ends_its_condition(play):
    """The stack's word is heard while the workflow is at work, or the condition would be open for ever."""
    play.hear(senders.stack("UPDATE_ROLLBACK_FAILED"))
    assert open_of(play, IDENTIFIER) == ["stack-failed#network"]
    play.becomes(status=Status.UPDATING)
    play.clock.pass_seconds(60.0)
    (told,) = play.hear({**senders.stack("UPDATE_COMPLETE"), "id": "another", "time": "2026-11-24T03:01:00Z"})
    assert (told.outcome, open_of(play, IDENTIFIER)) == ("taken", [])


def test_the_control_planes_own_failures_are_no_environments(play):
    """Its alarms tell whoever is on call, for it may be what is broken."""
    (told,) = play.hear(senders.alarm("stargate-ReceiveSignalFailing-1ABCDEFGHIJKL"))
    assert told.outcome == "ignored"
    assert "its own alarms" in told.reason


def told(number):
    return {**senders.database(number, categories=("notification",)), "id": f"event-{number}"}


def test_a_database_that_somebody_stops_wakes_a_person_until_it_is_started(play):
    """No workflow of ours has stopped it, and every request that needs it fails."""
    (taken,) = play.hear(told("0087"))
    assert (taken.kind, taken.decided) == ("database-stopped", "act")
    assert [action.kind for action in play.actions()] == ["page"]
    started = {**told("0088"), "time": "2026-11-24T03:02:00Z"}
    started["detail"] = {**started["detail"], "Date": "2026-11-24T03:02:00Z"}
    play.hear(started)
    assert open_of(play, IDENTIFIER) == []


@pytest.mark.parametrize("number", ["0087", "0004", "0003"])
def test_what_our_own_workflows_do_to_a_database_wakes_nobody(play, number):
    """One that falls asleep stops it, one that is removed deletes it."""
    play.becomes(status=Status.UPDATING, work=Work.SLEEP)
    assert [taken.outcome for taken in play.hear(told(number))] == ["ignored"]
    play.becomes(status=Status.RETIRING, work=Work.RETIRE)
    assert [taken.outcome for taken in play.hear({**told(number), "id": "another"})] == ["ignored"]


def test_a_secret_that_somebody_deletes_wakes_a_person_until_it_is_restored(play):
    """The next task that starts would not find it."""
    play.hear(senders.secret("DeleteSecret"))
    assert open_of(play, IDENTIFIER) == ["secret-deleted#litellm-database"]
    assert [action.kind for action in play.actions()] == ["page"]
    play.hear({**senders.secret("RestoreSecret"), "eventID": "e-2", "eventTime": "2026-11-24T03:02:00Z"})
    assert open_of(play, IDENTIFIER) == []
