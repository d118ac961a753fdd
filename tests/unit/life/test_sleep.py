"""A gateway is put to sleep and wakes as it was, whatever happens on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status, Work
from stargate.domain.life.rest import SUSPENSIONS, Target
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.errors import EnvironmentBusyError, NotAsleepYetError, NotAwakeYetError, SupersededError
from stargate.usecases.life.begin_work import BeginWork
from stargate.usecases.life.sleep_gateway import SleepGateway
from stargate.usecases.life.wake_gateway import WakeGateway
from tests import fakes
from tests.unit.play import Play

COUNTS = {"litellm": 3, "grafana": 2, "langfuse": 2, "victoria-metrics": 1}
TARGET = Target(2, 6, ("ScheduledScalingSuspended",))
ALARMS = {"stargate-sandbox-litellm-cpu-critical", "stargate-sandbox-database-cpu-warning"}


class Night(Play):
    """A READY gateway, and what is needed to let it sleep."""

    def __post_init__(self):
        super().__post_init__()
        self.ask()
        self.settle(self.environment.environment_id, 1, Status.READY)
        self.repose = fakes.FakeRepose(dict(COUNTS), {"litellm": TARGET}, set(ALARMS) | {"somebody-elses"})
        self.begin = BeginWork(
            self.environments,
            self.operations,
            self.workflows,
            self.clock,
            self.identifiers,
            self.narrator("someone"),
        )
        self.sleep = SleepGateway(
            self.environments, self.operations, self.repose, self.narrator("sleep_gateway")
        )
        self.wake = WakeGateway(self.environments, self.repose)

    def now(self):
        return self.environments.by_name("sandbox")

    def asked(self, what):
        self.environment = self.begin(what, "sandbox")
        return self.attempt()

    def attempt(self):
        return self.environment.environment_id, self.environment.attempt

    def fall_asleep(self):
        attempt = self.asked("sleep")
        with pytest.raises(NotAsleepYetError, match="service litellm: 3 running"):
            self.sleep(*attempt)
        with pytest.raises(NotAsleepYetError, match="database: available"):
            self.sleep(*attempt)
        self.repose.database_status = "stopped"
        self.sleep(*attempt)
        self.settle(*attempt, Status.ASLEEP)

    def wake_up(self):
        attempt = self.asked("wake")
        with pytest.raises(NotAwakeYetError, match="database: stopped"):
            self.wake(*attempt)
        self.rouse(attempt)
        self.settle(*attempt, Status.READY)

    def rouse(self, attempt):
        """From the moment that the database is there."""
        self.repose.database_status = "available"
        with pytest.raises(NotAwakeYetError, match="service litellm: 0 running"):
            self.wake(*attempt)
        self.wake(*attempt)


@pytest.fixture
def night():
    return Night()


def test_asleep_nothing_of_it_runs(night):
    """Services at zero, scaling suspended with no bound that asks for a task, alarms muted, database off."""
    night.fall_asleep()
    assert night.now().status is Status.ASLEEP
    assert set(night.repose.services.values()) == {0}
    assert night.repose.targets == {"litellm": Target(0, 6, SUSPENSIONS)}
    assert night.repose.sounding_alarms == {"somebody-elses"}
    assert night.repose.database_status == "stopped"


def test_awake_it_is_exactly_as_it_was(night):
    """Counts, bounds, a suspension that somebody had set, the alarms; what was written down is done with."""
    before = (dict(night.repose.services), dict(night.repose.targets), set(night.repose.sounding_alarms))
    night.fall_asleep()
    night.wake_up()
    after = (night.repose.services, night.repose.targets, night.repose.sounding_alarms)
    assert after == before
    assert (night.now().status, night.now().rest) == (Status.READY, None)


def test_alarms_on_models_of_another_region_rest_and_wake_too(night):
    """They stand where the models are served."""
    theirs = "stargate-sandbox-litellm-first-token-critical"
    night.table.environments[night.environment.environment_id] = replace(night.now(), region="us-west-1")
    night.repose.where[theirs] = "us-east-1"
    night.repose.sounding_alarms.add(theirs)
    night.fall_asleep()
    assert night.repose.sounding_alarms == {"somebody-elses"}
    night.wake_up()
    assert night.repose.sounding_alarms == ALARMS | {theirs, "somebody-elses"}


def test_an_alarm_that_was_muted_before_stays_muted(night):
    """Only what sleep muted is unmuted."""
    quiet = "stargate-sandbox-database-cpu-warning"
    night.repose.sounding_alarms.remove(quiet)
    night.fall_asleep()
    night.wake_up()
    assert quiet not in night.repose.sounding_alarms


def test_the_database_is_stopped_when_the_last_task_has_gone(night):
    """Until then tasks may still write, and each call says what runs."""
    night.repose.lingering = {"litellm": 1}
    attempt = night.asked("sleep")
    for _ in range(2):
        with pytest.raises(NotAsleepYetError, match="service litellm: 1 running"):
            night.sleep(*attempt)
    assert "stop database" not in night.repose.calls


def test_the_database_comes_first_and_the_bounds_after_the_counts(night):
    """No task starts without its database; alarms sound when all of it runs."""
    night.fall_asleep()
    night.repose.calls.clear()
    night.wake_up()
    assert night.repose.calls == [
        "start database",
        "litellm to 3",
        "target of litellm",
        "grafana to 2",
        "langfuse to 2",
        "victoria-metrics to 1",
        "unmute",
    ]


def test_alarms_stay_muted_until_every_task_runs(night):
    """A gateway that comes up rings for nobody."""
    night.fall_asleep()
    night.repose.database_status, night.repose.lingering = "available", {"grafana": 1}
    attempt = night.asked("wake")
    for _ in range(2):
        with pytest.raises(NotAwakeYetError, match="service grafana: 1 running"):
            night.wake(*attempt)
    assert night.repose.sounding_alarms == {"somebody-elses"}


def test_a_call_that_comes_twice_changes_nothing_twice(night):
    """Counts are written down once, before anything was touched: zero is never taken for how it was."""
    attempt = night.asked("sleep")
    for _ in range(2):
        with pytest.raises(NotAsleepYetError):
            night.sleep(*attempt)
    night.repose.database_status = "stopped"
    calls = list(night.repose.calls)
    night.sleep(*attempt)
    night.sleep(*attempt)
    assert night.repose.calls == calls
    assert {one.name: one.tasks for one in night.now().rest.services} == COUNTS


def test_what_autoscaling_did_since_is_left_alone(night):
    """A repeated call of the waking does not set a count back that has moved on."""
    night.fall_asleep()
    attempt = night.asked("wake")
    night.rouse(attempt)
    night.repose.services["litellm"] = 5
    night.wake(*attempt)
    assert night.repose.services["litellm"] == 5


def test_a_bound_that_was_raised_for_a_while_is_not_how_it_was(night):
    """It wakes with the bound as it was found before the raise."""
    set_, found = {"minimum": 4, "maximum": 6}, {"minimum": 2, "maximum": 6}
    until, condition = night.clock.now() + 900, "cpu-high#litellm"
    hold = Hold("capacity:litellm", "litellm", "raise_bound", condition, set_, found, until, "a1", 1)
    night.operations.record(night.environment.environment_id, Change((hold,)))
    night.repose.targets["litellm"] = replace(TARGET, minimum=4)
    night.fall_asleep()
    night.wake_up()
    assert night.repose.targets["litellm"] == TARGET


def test_waking_overtakes_a_falling_asleep(night):
    """The old attempt's calls are over, and what it had written down is restored."""
    old = night.asked("sleep")
    with pytest.raises(NotAsleepYetError):
        night.sleep(*old)
    new = night.asked("wake")
    with pytest.raises(SupersededError):
        night.sleep(*old)
    night.rouse(new)
    assert night.repose.services == COUNTS


def test_waking_what_was_not_touched_yet_touches_nothing(night):
    """Nothing was written down."""
    night.asked("sleep")
    night.wake(*night.asked("wake"))
    assert night.repose.calls == []


def test_a_failed_waking_is_resumed(night):
    """The same work again, from what is still written down."""
    night.fall_asleep()
    night.settle(*night.asked("wake"), Status.FAILED, "NotAwakeYetError", "the database is starting")
    assert night.now().rest is not None
    environment = night.begin("resume", "sandbox")
    assert (environment.status, environment.work) == (Status.WAKING, Work.WAKE)
    assert night.workflows.started[-1][0] == "wake"


def test_how_far_it_is_asleep_or_awake_is_shown(night):
    """Measured with each look: what still runs, what share is done, and the time to go by earlier nights."""
    night.histories.keep("sandbox", {"sleep": [300.0, 400.0, 500.0]})
    attempt = night.asked("sleep")
    document = night.show.one("sandbox")
    assert (document["progress"], document["running"], document["eta_seconds"]) == (0, ["sleep"], 400)
    night.repose.lingering = {"litellm": 1}
    night.clock.pass_seconds(100)
    for _ in range(2):
        with pytest.raises(NotAsleepYetError):
            night.sleep(*attempt)
    document = night.show.one("sandbox")
    assert (document["progress"], document["eta_seconds"]) == (0.6, 300)
    assert document["running"] == ["service litellm", "database"]
    night.settle(*attempt, Status.ASLEEP)
    assert night.histories.of("sandbox")["sleep"][-1] == 100.0


def test_the_same_again_starts_nothing_twice(night):
    """Asleep it is asleep; on the way the same execution is meant."""
    first, second = night.begin("sleep", "sandbox"), night.begin("sleep", "sandbox")
    assert first.attempt == second.attempt
    assert [start[0] for start in night.workflows.started] == ["provision", "sleep"]


@pytest.mark.parametrize(
    ("status", "asked", "words"),
    [
        (Status.PROVISIONING, "sleep", "only what is READY or DEGRADED can be put to sleep"),
        (Status.RETIRED, "wake", "only what is ASLEEP, or falls asleep, can be woken"),
        (Status.READY, "resume", "only what is FAILED or DEGRADED can be resumed"),
    ],
)
def test_each_verb_says_from_which_states_it_works(night, status, asked, words):
    """Refused with the state it is in; nothing is changed."""
    identifier = night.environment.environment_id
    night.table.environments[identifier] = replace(night.now(), status=status)
    with pytest.raises(EnvironmentBusyError, match=rf"sandbox is {status}( \(.*\))?: {words}"):
        night.begin(asked, "sandbox")
    assert night.now().attempt == 1


def test_who_is_at_it_is_told_with_the_refusal_and_shown_meanwhile(night):
    """The work, who asked for it, since when, and its execution; afterwards nobody holds it."""
    night.asked("sleep")
    holder = night.show.one("sandbox")["held_by"]
    assert holder == {
        "work": "sleep",
        "execution": f"{night.environment.environment_id}-2",
        "asked_by": "someone",
        "since": "2027-01-15T08:00:00.000Z",
    }
    with pytest.raises(EnvironmentBusyError) as refused:
        night.change("sandbox", {"overrides": {"grafana": {"tasks": 3}}})
    for word in (
        "UPDATING (sleep since 2027-01-15T08:00:00.000Z",
        "asked for by someone",
        holder["execution"],
    ):
        assert word in str(refused.value)
    night.settle(*night.attempt(), Status.ASLEEP)
    assert night.show.one("sandbox")["held_by"] is None


def test_what_a_drill_holds_is_left_to_it(night):
    """Neither change nor sleep while a database is failed over on purpose; its lease says since when."""
    lease = Lease("drill", "d-1", 1, night.clock.now(), night.clock.now() + 1800)
    night.operations.record(night.environment.environment_id, Change((lease,)))
    for ask in (
        lambda: night.begin("sleep", "sandbox"),
        lambda: night.change("sandbox", {"overrides": {"grafana": {"tasks": 3}}}),
    ):
        with pytest.raises(EnvironmentBusyError, match=r"held by drill d-1 since 2027-01-15T08:00:00\.000Z"):
            ask()
    night.clock.pass_seconds(1800)
    assert night.begin("sleep", "sandbox").status is Status.UPDATING
