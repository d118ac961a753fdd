"""One scene for each kind of action: what makes it be decided, and what makes its effect come or not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tests.unit.operating.loop_play import CRITICAL, LoopPlay

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Scene:
    """`arises` leads to a decision to act, `comes` makes the effect come, `fails` lets it fail to."""

    arises: Callable[[LoopPlay], None]
    comes: Callable[[LoopPlay], None]
    fails: Callable[[LoopPlay], None]


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


SCENES = {
    "raise_bound": Scene(cpu_is_critical, tasks_run_and_cpu_falls, nothing),
    "release_bound": Scene(a_raised_bound_has_had_its_time, nothing, somebody_raises_it_again),
    "restart_service": Scene(tasks_crash, it_stays_up, it_goes_on_crashing),
    "stop_deployment": Scene(tasks_of_a_release_crash, it_stays_up, it_goes_on_crashing),
    "page": Scene(nothing_else_helps, somebody_gets_the_page, nothing),
}
