"""A busy machine does not start a scheduled function again while it still runs."""

from local.ticks import SCHEDULES, Runs

RULE = "arn:aws:events:us-east-1:000000000000:rule/every-minute"


def tick(event_id):
    return {"id": event_id, "source": SCHEDULES}


def test_a_schedule_skips_its_turn_until_its_run_has_ended():
    """The second minute is left out, the third begins as the first is over."""
    runs = Runs()
    assert runs.begin(RULE, tick("first"))
    assert not runs.begin(RULE, tick("second"))
    runs.end("first")
    assert runs.begin(RULE, tick("third"))


def test_another_rule_and_other_events_are_never_left_out():
    """Only a schedule repeats itself; what happened once is told each time."""
    runs = Runs()
    runs.begin(RULE, tick("first"))
    assert runs.begin(RULE + "-two", tick("other"))
    alarm = {"id": "alarm", "source": "aws.cloudwatch"}
    assert runs.begin(RULE, alarm)
    assert runs.begin(RULE, alarm)


def test_the_end_of_a_run_that_was_left_out_ends_nothing():
    """Only the run that began is waited for."""
    runs = Runs()
    runs.begin(RULE, tick("first"))
    runs.end("second")
    assert not runs.begin(RULE, tick("third"))
