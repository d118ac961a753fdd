"""Outages from single questions: the edges that a user could notice."""

import pytest

from stargate.domain.drills.outages import is_well, outages_of
from stargate.domain.drills.probes import Probe, Rhythm, probe_of

START = 1_795_480_000.0


def asked(pattern, component="litellm", latency=0.1):
    """One question a second: `.` is a good answer, `x` a failed one."""
    return [
        Probe(START + second, component, sign == ".", latency, "" if sign == "." else "503 instead of 200")
        for second, sign in enumerate(pattern)
    ]


def outages(pattern, good_in_a_row=3):
    return outages_of(asked(pattern), good_in_a_row).get("litellm", ())


def test_an_outage_is_from_the_first_failed_request_to_the_first_good_answer():
    """Five failed, the first one sent at second 3, a good answer at 8.1."""
    (outage,) = outages("...xxxxx....")
    assert (outage.began_at, outage.ended_at) == (START + 3, pytest.approx(START + 8.1))
    assert (outage.seconds, outage.failed) == (pytest.approx(5.1), 5)
    assert outage.reasons == {"503 instead of 200": 5}


def test_the_truth_lies_between_its_bounds():
    """Not shorter than from failure to failure, nor longer than from good answer to good answer."""
    (outage,) = outages("...xxxxx....")
    assert outage.at_least == pytest.approx(4.0)
    assert outage.at_most == pytest.approx(6.0)


def test_a_good_answer_in_between_does_not_end_it():
    """Only so many in a row do: a gateway that flaps is not well."""
    (outage,) = outages("..xx.xx..xx....")
    assert outage.ended_at == pytest.approx(START + 11.1)
    assert outage.failed == 6


def test_two_outages_with_wellness_between_them_are_two():
    """Enough good answers end the first."""
    first, second = outages(".xx...xxx...")
    assert (first.began_at, second.began_at) == (START + 1, START + 6)


def test_an_outage_without_enough_good_answers_lasts():
    """Its length is not known yet, and is at least what failed."""
    (outage,) = outages("..xxx..")
    assert outage.ended_at is None
    assert outage.seconds is None
    assert outage.document()["at_least"] == 2.0


def test_from_the_first_question_on():
    """Nothing is known of the time before: it begins with the first question."""
    (outage,) = outages("xx...")
    assert outage.began_at == START
    assert outage.at_most == pytest.approx(2.1)


def test_a_question_that_hung_through_the_outage_ends_it_with_its_answer():
    """Sent a second before the end and answered at the end: the end is when the answer came."""
    probes = [*asked("..x"), Probe(START + 3, "litellm", ok=True, latency=1.4), *asked("......")[4:]]
    (outage,) = outages_of(probes, 3)["litellm"]
    assert outage.ended_at == pytest.approx(START + 4.4)


def test_nothing_failed_nothing_was_out():
    """And each component has its own."""
    both = [*asked("....."), *asked("..xx...", "grafana")]
    found = outages_of(both, 3)
    assert found["litellm"] == ()
    assert [outage.component for outage in found["grafana"]] == ["grafana"]


def test_well_is_so_many_good_answers_in_a_row():
    """The newest ones count, and fewer than asked for prove nothing."""
    assert is_well(asked("xx..."), 3)
    assert not is_well(asked("...x.."), 3)
    assert not is_well(asked(".."), 3)


def test_a_probe_survives_its_document():
    """What lies in S3 is judged as what was measured, to the millisecond."""
    (probe,) = asked("x")
    assert probe_of(probe.document()) == probe


def test_beats_lie_on_a_grid():
    """A late beat delays none; those that were missed by a whole interval are left out."""
    rhythm = Rhythm(1.0, 5.0)
    assert rhythm.next_beat(-1, 0.0) == 0
    assert rhythm.next_beat(3, 4.3) == 4
    assert rhythm.next_beat(3, 6.9) == 6
