"""What is due by the clock is done: ends, with their warning; schedules; databases that AWS has restarted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from stargate.domain.environment import Status
from stargate.usecases.life.keep_time import KeepTime
from stargate.usecases.operating.turn_switch import TurnSwitch
from tests import fakes
from tests.unit.life.test_sleep import Night

HOUR, DAY = 3600, 86400
SCHEDULE = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "from": "08:00",
    "until": "19:00",
    "time_zone": "UTC",
    "holidays": [],
}
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CREATED = MONDAY_NOON - timedelta(hours=3.5)  # so that no examination is due at the hours below


class Clockwork(Night):
    def __post_init__(self):
        self.clock.at = CREATED.timestamp()
        super().__post_init__()
        self.clock.at = MONDAY_NOON.timestamp()
        self.switches = fakes.FakeSwitches(self.table)
        self.drift = fakes.FakeDriftWorkflow()
        self.tick = KeepTime(
            self.environments,
            self.switches,
            self.repose,
            self.drift,
            self.workflows,
            self.retire,
            self.begin,
            self.settle,
            self.clock,
            self.narrator("keep_time"),
        )

    def at(self, hours):
        self.clock.at = (MONDAY_NOON + timedelta(hours=hours)).timestamp()
        return self.tick()


@pytest.fixture
def clockwork():
    return Clockwork()


def living(clockwork, ttl):
    clockwork.change("sandbox", {"deletion_protection": False, "ttl": ttl})


def test_an_end_is_announced_once_and_then_comes(clockwork):
    """A day before, or when a quarter is left; the ledger has both, with who did it."""
    living(clockwork, 8 * HOUR)
    assert clockwork.at(5.9) == {}
    assert clockwork.at(6) == {"sandbox": "warned"}
    assert clockwork.at(7) == {}
    assert clockwork.at(8) == {"sandbox": "retired"}
    assert clockwork.now().status is Status.RETIRING
    assert [start[0] for start in clockwork.workflows.started] == ["provision", "retire"]
    (warning,) = clockwork.ledger.page(
        clockwork.environment.environment_id, None, "notification", 10, None
    ).items
    assert "retires by itself at 2026-11-23T20:00:00.000Z; PATCH its ttl" in warning.summary
    assert warning.actor == "keep_time"


def test_a_longer_life_is_announced_anew(clockwork):
    """A new end has a new warning."""
    living(clockwork, 8 * HOUR)
    clockwork.at(6)
    living(clockwork, 4 * HOUR)
    assert clockwork.at(8) == {}
    assert clockwork.at(9) == {"sandbox": "warned"}


def test_while_the_switch_is_off_nothing_ends(clockwork):
    """It stops every action at once, these too; afterwards what is due is done, not without its warning."""
    living(clockwork, 8 * HOUR)
    turn = TurnSwitch(clockwork.switches, clockwork.clock, "ann")
    turn({"actions": "off", "reason": "incident"})
    assert clockwork.at(9) == {}
    turn({"actions": "on"})
    assert clockwork.at(9.1) == {"sandbox": "warned"}
    assert clockwork.at(9.2) == {"sandbox": "retired"}


def test_a_workflow_that_never_began_is_started(clockwork):
    """AWS took no more starts when it was asked for; what has begun is not begun again."""
    living(clockwork, 8 * HOUR)
    clockwork.at(6)
    clockwork.workflows.throttled = True
    with pytest.raises(ExceptionGroup, match="not everything that was due"):
        clockwork.at(8)
    clockwork.workflows.throttled = False
    assert clockwork.now().status is Status.RETIRING
    assert clockwork.at(8.1) == {"sandbox": "retire begun"}
    assert clockwork.at(8.2) == {}
    assert [start[0] for start in clockwork.workflows.started] == ["provision", "retire"]


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_workflow_whose_end_was_not_heard_ends_its_attempt(clockwork, status):
    """EventBridge may lose the event: it says so, and the work can be resumed; what runs is let be."""
    environment = clockwork.begin("sleep", "sandbox")
    assert clockwork.at(1) == {}
    clockwork.workflows.ended[environment.execution_name] = status
    assert clockwork.at(1.1) == {"sandbox": "sleep settled"}
    assert clockwork.at(1.2) == {}
    seen = clockwork.now()
    assert (seen.status, seen.failure.reason) == (
        Status.FAILED,
        f"its workflow ended {status} without a word",
    )
    assert clockwork.begin("resume", "sandbox").status is Status.UPDATING


def test_a_schedule_has_it_asleep_at_night_and_awake_by_day(clockwork):
    """Each turn is taken once."""
    clockwork.change("sandbox", {"schedule": SCHEDULE})
    assert clockwork.at(0) == {}
    assert clockwork.at(7) == {"sandbox": "sleep"}
    clockwork.environment = clockwork.now()
    clockwork.settle(*clockwork.attempt(), Status.ASLEEP)
    clockwork.repose.database_status = "stopped"
    assert clockwork.at(12) == {}
    assert clockwork.at(20) == {"sandbox": "wake"}
    assert clockwork.now().status is Status.WAKING


def test_who_wakes_it_at_night_has_it_until_the_next_evening(clockwork):
    """The schedule acts on its own turns and does not fight a person."""
    clockwork.change("sandbox", {"schedule": SCHEDULE})
    clockwork.at(7)
    clockwork.environment = clockwork.now()
    clockwork.settle(*clockwork.attempt(), Status.ASLEEP)
    clockwork.settle(*clockwork.asked("wake"), Status.READY)
    assert clockwork.at(8) == {}
    assert clockwork.at(20) == {}
    assert clockwork.at(31) == {"sandbox": "sleep"}


def test_a_turn_that_cannot_be_taken_now_is_taken_later(clockwork):
    """While something else is at work on it."""
    clockwork.change("sandbox", {"schedule": SCHEDULE})
    clockwork.at(0)
    clockwork.settle(*clockwork.asked("sleep"), Status.ASLEEP)
    clockwork.asked("wake")  # it wakes at seven in the evening
    assert clockwork.at(7) == {"sandbox": "sleep"} or clockwork.now().status is Status.WAKING
    clockwork.settle(*clockwork.attempt(), Status.READY)
    assert clockwork.at(7.1) == {"sandbox": "sleep"}


def test_a_database_that_aws_started_is_stopped_again(clockwork):
    """After seven days, for its maintenance; of what is awake it is left alone."""
    assert clockwork.at(0) == {}
    clockwork.fall_asleep()
    assert clockwork.at(1) == {}
    clockwork.repose.database_status = "available"
    assert clockwork.at(7 * 24) == {"sandbox": "database stopped again"}
    assert clockwork.repose.calls[-1] == "stop database"
    words = "the database of sandbox was started while it sleeps, and is stopped again"
    assert clockwork.summaries().count(words) == 1


def test_it_is_examined_for_drift_every_six_hours_of_its_life(clockwork):
    """Once in each, whether a tick comes late or twice; asleep as well as awake."""
    identifier = clockwork.environment.environment_id
    assert clockwork.at(2.4) == {}
    for hours in (2.5, 2.6, 2.7):
        assert clockwork.at(hours) == {"sandbox": "examined for drift"}
    assert clockwork.at(2.8) == {}
    clockwork.fall_asleep()
    clockwork.at(8.6)
    expected = {f"{identifier}-drift-{number}": {"environment_id": identifier} for number in (1, 2)}
    assert clockwork.drift.started == {
        name: {**payload, "execution": name} for name, payload in expected.items()
    }


def test_what_is_at_work_is_not_examined(clockwork):
    """It will stand otherwise in a minute."""
    clockwork.asked("sleep")
    assert clockwork.at(2.5) == {}
    assert clockwork.drift.started == {}


def test_trouble_with_one_does_not_keep_the_others_waiting(clockwork):
    """All have their turn, then it is raised."""
    clockwork.fall_asleep()
    other = clockwork.create({"name": "other", "preset": "poc", "ttl": HOUR})

    def broken(*_):
        raise TimeoutError("RDS does not answer")

    clockwork.repose.database = broken
    for hours in (30, 30.1):
        with pytest.raises(ExceptionGroup):
            clockwork.at(hours)
    assert clockwork.environments.get(other.environment_id).status is Status.RETIRING
