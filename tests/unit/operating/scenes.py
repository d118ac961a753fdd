"""One scene for each kind of action: what makes it be decided, and what makes its effect come or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.environment import Status, Work
from stargate.domain.life.hours import DAYS, Hours
from stargate.domain.operating.facts import Keys, Task
from stargate.domain.operating.operations import Change
from stargate.domain.operating.playbook import ANY, LAST, Rule, Rung
from stargate.domain.people.approvals import Approval, ApprovalStatus
from stargate.domain.signals.signal import Severity, Signal, Turn
from tests.unit.operating.loop_play import CRITICAL, IDENTIFIER, NAME, REGION, WARNING, LoopPlay

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Scene:
    """`arises` leads to a decision to act, `comes` makes the effect come, `fails` lets it fail to."""

    arises: Callable[[LoopPlay], None]
    comes: Callable[[LoopPlay], None]
    fails: Callable[[LoopPlay], None]
    rung: Rung | None = None  # what the rules ask for in it, if the default playbook does not


def nothing(_play):
    """Time passes, and that is all."""


def cpu_is_critical(play):
    play.load(88)
    play.alarm(CRITICAL, "ALARM")


def tasks_run_and_cpu_falls(play):
    play.clock.pass_seconds(120)
    play.services.facts = replace(play.services.facts, desired=4, running=4)
    play.load(50, tasks=4, minutes=1)


def a_raised_bound_has_had_its_time(play):
    play.raises_bound()
    play.alarm(CRITICAL, "OK")
    play.tick(900)


def somebody_raises_it_again(play):
    play.scaling.facts = replace(play.scaling.facts, minimum=5)


def tasks_crash(play):
    for number in range(3):
        play.crash(f"t{number}")


def tasks_of_a_release_crash(play):
    play.services.deploy("d-2", "t:2")
    tasks_crash(play)


def it_stays_up(play):
    play.clock.pass_seconds(400)
    play.services.settle()


def it_goes_on_crashing(play):
    for number in range(10, 14):
        play.clock.pass_seconds(250)
        play.services.settle()
        play.crash(f"t{number}")


def nothing_else_helps(play):
    """The only rung missed its effect."""
    tasks_crash(play)
    play.performs()
    it_goes_on_crashing(play)
    play.awaits()
    play.settles("missed")
    play.tick()


def somebody_gets_the_page(play):
    play.pager.delivered.append(play.clock.now())


# What needs a rule that the default playbook does not have.


def told(play, kind, subject, turn=Turn.OPENS, severity=Severity.CRITICAL, **facts):
    """A signal of this kind, whoever sent it."""
    source, now = f"{kind} of a test", play.clock.now()
    event = f"event-{next(play.numbers)}"
    given = (event, now, NAME, kind, subject, severity, turn, source, REGION)
    return play.signals.take(Signal(*given, facts))


def opened(kind, subject, **facts):
    return lambda play: told(play, kind, subject, **facts)


def over(forward, kind, subject):
    """What was done is reached, what it was for is over, and so is its time."""

    def arises(play):
        SCENES[forward].arises(play)
        play.performs()
        SCENES[forward].comes(play)
        assert play.awaits() == "reached"
        play.settles("reached")
        told(play, kind, subject, Turn.CLOSES)
        play.tick(1000)

    return arises


def one_task_refuses_keys(play):
    play.keys.facts = Keys("1 of 2 tasks refuses a good key", ("10.0.2.2",))
    cpu_is_critical(play)


def another_task_starts(play):
    play.services.running.append(Task("t-3", "10.0.3.3", play.clock.now()))
    play.services.facts = replace(play.services.facts, running=2)


def the_window_is_open_and_a_person_agrees(kind, then):
    def arises(play):
        play.becomes(maintenance=Hours(DAYS, "00:00", "24:00", "UTC"))
        agreed(play, "change_database_class")
        agreed(play, "restore_database_class")
        then(play)

    return arises


def agreed(play, kind):
    now = play.clock.now()
    asked = Approval(f"approval-{kind}", "cpu-high#database", kind, "database", now, now, entry_id="asked")
    given = asked.answered(ApprovalStatus.GRANTED, "somebody", "", now)
    play.operations.record(IDENTIFIER, Change((replace(given, expires_at=now + 86400),)))


def alarms_sound(play):
    sound_again(play)
    told(play, "cpu-high", "litellm")


def sound_again(play):
    play.repose.sounding_alarms |= {CRITICAL, WARNING}


def are_muted_again(play):
    play.repose.sounding_alarms.clear()


def sets(tool, **facts):
    """The tool's facts become these, whatever was done."""

    def happens(play):
        holder = getattr(play, tool)
        holder.facts = replace(holder.facts, **facts)

    return happens


def routes(aliases):
    def happens(play):
        play.models.facts = aliases

    return happens


def keys_may_spend(most):
    """Somebody else has set it."""

    def happens(play):
        play.budgets.facts = {name: replace(key, most=most) for name, key in play.budgets.facts.items()}

    return happens


def it_has_fallen_asleep(play):
    play.becomes(status=Status.ASLEEP, work=Work.SLEEP)


DATABASE_ISSUE = opened("cpu-high", "database")
ZONE_ISSUE = opened("health-issue", "ec2", zones=["us-east-1a"])
QUOTA = opened("quota-warning", "bedrock", quota="Tokens per minute", percent=96.0)
SPENT = opened("budget-passed", "cost", percent=101.0)
SHIFT = Rung("shift_model", parameters={"from": "claude-opus-4-5", "to": "claude-sonnet-4-5"})

SCENES = {
    "raise_bound": Scene(cpu_is_critical, tasks_run_and_cpu_falls, nothing),
    "release_bound": Scene(a_raised_bound_has_had_its_time, nothing, somebody_raises_it_again),
    "restart_service": Scene(tasks_crash, it_stays_up, it_goes_on_crashing),
    "replace_task": Scene(one_task_refuses_keys, another_task_starts, nothing, Rung("replace_task")),
    "stop_deployment": Scene(tasks_of_a_release_crash, it_stays_up, it_goes_on_crashing),
    "redeploy_readers": Scene(
        opened("secret-rotated", "grafana-database"),
        lambda play: play.services.settle(),
        nothing,
        Rung("redeploy_readers"),
    ),
    "evacuate_zone": Scene(ZONE_ISSUE, lambda play: play.shifts.moves(), nothing, Rung("evacuate_zone")),
    "restore_zone": Scene(
        over("evacuate_zone", "health-issue", "ec2"),
        nothing,
        sets("shifts", away=("use1-az1",)),
        Rung("evacuate_zone"),
    ),
    "change_database_class": Scene(
        the_window_is_open_and_a_person_agrees("change_database_class", DATABASE_ISSUE),
        lambda play: play.servers.is_changed(),
        nothing,
        Rung("change_database_class"),
    ),
    "restore_database_class": Scene(
        over("change_database_class", "cpu-high", "database"),
        lambda play: play.servers.is_changed(),
        nothing,
        Rung("change_database_class"),
    ),
    "fail_over_database": Scene(
        ZONE_ISSUE,
        lambda play: play.servers.has_failed_over(),
        sets("servers", status="available"),
        Rung("fail_over_database"),
    ),
    "limit_connections": Scene(
        opened("connections-high", "database"),
        nothing,
        lambda play: play.services.deploy("d-9", "t:2"),
        Rung("limit_connections"),
    ),
    "restore_connections": Scene(
        over("limit_connections", "connections-high", "database"),
        nothing,
        sets("pools", connections=6),
        Rung("limit_connections"),
    ),
    "shift_model": Scene(QUOTA, nothing, routes({}), SHIFT),
    "restore_model": Scene(
        over("shift_model", "quota-warning", "bedrock"), nothing, routes({"claude-opus-4-5": "x"}), SHIFT
    ),
    "request_quota": Scene(QUOTA, nothing, sets("quotas", asked=None), Rung("request_quota")),
    "mute_alarms": Scene(alarms_sound, nothing, sound_again, Rung("mute_alarms")),
    "unmute_alarms": Scene(
        over("mute_alarms", "cpu-high", "litellm"), nothing, are_muted_again, Rung("mute_alarms")
    ),
    "lower_key_budgets": Scene(SPENT, nothing, keys_may_spend(Decimal(200)), Rung("lower_key_budgets")),
    "restore_key_budgets": Scene(
        over("lower_key_budgets", "budget-passed", "cost"),
        nothing,
        keys_may_spend(Decimal(5)),
        Rung("lower_key_budgets"),
    ),
    "put_to_sleep": Scene(SPENT, it_has_fallen_asleep, nothing, Rung("put_to_sleep")),
    "page": Scene(nothing_else_helps, somebody_gets_the_page, nothing),
}


def staged(kind):
    """A play whose rules say what the scene of this kind needs."""
    rung = SCENES[kind].rung
    rules = (Rule("scene", ANY, rungs=(rung,), reason="a scene", cool_down=60.0), *LAST) if rung else None
    play = LoopPlay(playbook=rules)
    play.operations.outputs["BalancerArn"] = "arn:balancer"
    return play
