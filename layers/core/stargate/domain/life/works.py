"""From which states each kind of work may begin; each refusal says from where it could, and who is at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import AT_WORK, Environment, Status, Work
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stargate.domain.operating.leases import Lease


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
EXAMINABLE = STANDS | {Status.ASLEEP}  # where what stands can be held against what was declared
OF_REST = frozenset({Work.SLEEP, Work.WAKE})
DRILL = "drill"  # the scope of the lease that a drill holds


@dataclass(frozen=True)
class Holder:
    """Who has the environment's stacks for itself: one workflow, for somebody, since then."""

    work: Work
    execution: str
    asked_by: str
    since: float

    def document(self) -> dict[str, Any]:
        return {
            "work": self.work.value,
            "execution": self.execution,
            "asked_by": self.asked_by,
            "since": told(self.since),
        }

    def __str__(self) -> str:
        by = f", asked for by {self.asked_by}" if self.asked_by else ""
        return f"{self.work} since {told(self.since)}{by}, execution {self.execution}"


def holder_of(environment: Environment) -> Holder | None:
    """None while nothing is at work on it."""
    if environment.status not in AT_WORK:
        return None
    since = environment.attempt_started_at
    return Holder(environment.work, environment.execution_name, environment.asked_by, since)


def standing(environment: Environment) -> str:
    """`sandbox is UPDATING (update since …, asked for by …)`, the beginning of every refusal."""
    holder = holder_of(environment)
    return f"{environment.name} is {environment.status}" + (f" ({holder})" if holder else "")


def held_by_drill(environment: Environment, leases: Mapping[str, Lease], now: float) -> Refused | None:
    """What a drill breaks and watches must not be changed under its hands."""
    lease = leases.get(DRILL)
    if lease is None or not lease.held_at(now):
        return None
    return Refused(
        f"{environment.name} is held by drill {lease.holder} since {told(lease.taken_at)}: ask again when it "
        f"is over, at {told(lease.expires_at)} at the latest"
    )


def to_update(environment: Environment) -> Verdict:
    status = environment.status
    again = status is Status.FAILED and environment.work is Work.UPDATE
    if status in STANDS or again:
        return Begin(Work.UPDATE)
    works = "only what is READY or DEGRADED, or whose update FAILED, can be updated"
    return Refused(f"{standing(environment)}: {works}")


def to_sleep(environment: Environment) -> Verdict:
    status, work = environment.status, environment.work
    if status is Status.ASLEEP or (status is Status.UPDATING and work is Work.SLEEP):
        return Already()
    if status in STANDS or (status is Status.FAILED and work in OF_REST):
        return Begin(Work.SLEEP)
    return Refused(f"{standing(environment)}: only what is READY or DEGRADED can be put to sleep")


def to_wake(environment: Environment) -> Verdict:
    status, work = environment.status, environment.work
    if status is Status.WAKING or status in STANDS:
        return Already()
    falling_asleep = status is Status.UPDATING and work is Work.SLEEP
    if status is Status.ASLEEP or falling_asleep or (status is Status.FAILED and work in OF_REST):
        return Begin(Work.WAKE)
    return Refused(f"{standing(environment)}: only what is ASLEEP, or falls asleep, can be woken")


def to_resume(environment: Environment) -> Verdict:
    """The same work again, whatever it was."""
    status = environment.status
    if status in {Status.FAILED, Status.DEGRADED}:
        return Begin(environment.work)
    if status in AT_WORK:
        return Already()
    return Refused(f"{standing(environment)}: only what is FAILED or DEGRADED can be resumed")


ASKED: Mapping[str, Callable[[Environment], Verdict]] = {
    "sleep": to_sleep,
    "wake": to_wake,
    "resume": to_resume,
}
