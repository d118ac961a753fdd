"""From which states each kind of work may begin; each refusal says from where it could."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK, Environment, Status, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Begin:
    work: Work


@dataclass(frozen=True)
class Already:
    """It is so, or on its way there."""


@dataclass(frozen=True)
class Refused:
    reason: str


Verdict = Begin | Already | Refused
STANDS = frozenset({Status.READY, Status.DEGRADED})
OF_REST = frozenset({Work.SLEEP, Work.WAKE})


def to_sleep(environment: Environment) -> Verdict:
    status, work = environment.status, environment.work
    if status is Status.ASLEEP or (status is Status.UPDATING and work is Work.SLEEP):
        return Already()
    if status in STANDS or (status is Status.FAILED and work in OF_REST):
        return Begin(Work.SLEEP)
    return Refused(f"{environment.name} is {status}: only what is READY or DEGRADED can be put to sleep")


def to_wake(environment: Environment) -> Verdict:
    status, work = environment.status, environment.work
    if status is Status.WAKING or status in STANDS:
        return Already()
    falling_asleep = status is Status.UPDATING and work is Work.SLEEP
    if status is Status.ASLEEP or falling_asleep or (status is Status.FAILED and work in OF_REST):
        return Begin(Work.WAKE)
    return Refused(f"{environment.name} is {status}: only what is ASLEEP can be woken")


def to_resume(environment: Environment) -> Verdict:
    """The same work again, whatever it was."""
    status = environment.status
    if status in {Status.FAILED, Status.DEGRADED}:
        return Begin(environment.work)
    if status in AT_WORK:
        return Already()
    return Refused(f"{environment.name} is {status}: only what is FAILED or DEGRADED can be resumed")


ASKED: Mapping[str, Callable[[Environment], Verdict]] = {
    "sleep": to_sleep,
    "wake": to_wake,
    "resume": to_resume,
}
