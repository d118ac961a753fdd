"""Drills without anybody asking: by calendar within the window, and after a relevant change."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.policy import Last, Policy, due
from stargate.domain.environment import Status
from stargate.domain.life.schedule import Schedule
from tests.unit.drills.drill_play import ENGINE, DrillPlay
from tests.unit.operating.loop_play import IDENTIFIER, NAME

DAY = 86400.0
WEEKLY = Policy(every_days={Kind.LITELLM_TASK: 7, Kind.DATABASE_FAILOVER: 30})
NOW = 1_795_480_000.0


def with_policy(play, policy, **facts):
    table = play.loop.table
    table.environments[IDENTIFIER] = replace(table.environments[IDENTIFIER], drills=policy, **facts)


def test_the_longest_overdue_is_next():
    """One that was never drilled is more overdue than any other."""
    last = {Kind.LITELLM_TASK: Last(NOW - 8 * DAY, ENGINE)}
    found = due(WEEKLY, last, {}, ENGINE, NOW)
    assert (found.kind, found.reason) == (Kind.DATABASE_FAILOVER, "due every 30 days, never drilled")
    last[Kind.DATABASE_FAILOVER] = Last(NOW - 3 * DAY, ENGINE)
    assert due(WEEKLY, last, {}, ENGINE, NOW).reason == "due every 7 days, last drilled 8 days ago"
    last[Kind.LITELLM_TASK] = Last(NOW - DAY, ENGINE)
    assert due(WEEKLY, last, {}, ENGINE, NOW) is None


def test_another_version_or_class_makes_a_failover_due():
    """What was proven was proven of another database."""
    policy, last = Policy(after_change=True), {Kind.DATABASE_FAILOVER: Last(NOW - DAY, ENGINE)}
    assert due(policy, last, {}, ENGINE, NOW) is None
    found = due(policy, last, {}, "postgres 17.2 on db.r6g.large", NOW)
    assert found.kind is Kind.DATABASE_FAILOVER
    assert found.reason == f"the database is postgres 17.2 on db.r6g.large now, last drilled as {ENGINE}"
    assert due(Policy(), last, {}, "postgres 17.2 on db.r6g.large", NOW) is None


def test_one_that_failed_is_not_tried_again_on_the_same_day():
    """It would be asked for every five minutes."""
    tried = {Kind.DATABASE_FAILOVER: NOW - 3600, Kind.LITELLM_TASK: NOW - 3600}
    assert due(WEEKLY, {}, tried, ENGINE, NOW) is None
    assert due(WEEKLY, {}, tried, ENGINE, NOW + DAY) is not None


def test_what_is_due_is_asked_for():
    """By the tick, with the reason as its trigger."""
    play = DrillPlay()
    with_policy(play, Policy(every_days={Kind.GRAFANA_TASK: 7}))
    assert play.keep() == {NAME: "grafana-task requested"}
    (drill,) = play.drills.all(IDENTIFIER)
    assert (drill.kind, drill.trigger) == (Kind.GRAFANA_TASK, "due every 7 days, never drilled")
    assert play.keep() == {}, "it was tried today"


def test_outside_its_window_nothing_is_asked_for():
    """Open tomorrow, in the environment's own time zone."""
    play = DrillPlay()
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[int(play.clock.now() // DAY + 4) % 7]
    with_policy(play, replace(WEEKLY, window=Schedule((day,), "00:00", "24:00", "UTC")))
    assert play.keep() == {}
    play.clock.pass_seconds(DAY)
    assert play.keep() == {NAME: "litellm-task requested"}


@pytest.mark.parametrize("status", [Status.ASLEEP, Status.UPDATING, Status.DEGRADED])
def test_only_a_ready_environment_is_drilled_by_calendar(status):
    """The others are not even asked."""
    play = DrillPlay()
    with_policy(play, WEEKLY, status=status)
    assert play.keep() == {}
    assert play.drills.rows == {}


def test_a_refusal_is_noted_once_a_day():
    """With what is due and why not now; the same tick comes every five minutes."""
    play = DrillPlay()
    with_policy(play, WEEKLY)
    play.loop.turn_switch({"actions": "off", "reason": "no"})
    for _ in range(3):
        assert play.keep() == {}
        play.clock.pass_seconds(300)
    (note,) = play.told("note")
    assert "never drilled, and refused: switch: off, asked on" in note


def test_a_policy_survives_its_document():
    """What lies in the table is what was asked for."""
    window = Schedule(("tue",), "09:00", "16:00", "Europe/Berlin", ("2026-12-25",))
    policy = Policy(window, {Kind.LITELLM_TASK: 7}, after_change=True, availability=99.9, apart_minutes=30)
    assert Policy.from_document(policy.document()) == policy
