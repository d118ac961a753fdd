"""How an environment is drilled without anybody asking: when it may be, what is due, what it may cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.kinds import Kind
from stargate.domain.life.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Mapping

AVAILABILITY = 99.5  # percent over the budget's window: about three hours and twenty minutes
APART_MINUTES = 60
LEAST_APART_MINUTES = 10
DAY = 86400.0
TRIES_AGAIN_AFTER = 20 * 3600.0  # one that failed or was stopped is not tried again on the same day


@dataclass(frozen=True)
class Policy:
    """`window` None: at any time. `every_days` are kinds to the days after which each is due again.

    `after_change`: a failover is due once the database's engine version or class is another than the one it
    was last drilled with.
    """

    window: Schedule | None = None
    every_days: Mapping[Kind, int] = field(default_factory=dict)
    after_change: bool = False
    availability: float = AVAILABILITY
    apart_minutes: int = APART_MINUTES

    def document(self) -> dict[str, Any]:
        return {
            "window": None if self.window is None else self.window.document(),
            "every_days": {kind.value: days for kind, days in self.every_days.items()},
            "after_change": self.after_change,
            "availability": self.availability,
            "apart_minutes": self.apart_minutes,
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Policy:
        window = document.get("window")
        return Policy(
            None if window is None else Schedule.from_document(window),
            {Kind(kind): days for kind, days in document.get("every_days", {}).items()},
            document.get("after_change", False),
            document.get("availability", AVAILABILITY),
            document.get("apart_minutes", APART_MINUTES),
        )

    def is_open(self, now: float) -> bool:
        return self.window is None or self.window.awake_at(now)


@dataclass(frozen=True)
class Last:
    """The newest drill of a kind that was brought to a verdict: when, and with which database."""

    at: float
    engine: str


@dataclass(frozen=True)
class Due:
    kind: Kind
    reason: str


def due(
    policy: Policy, last: Mapping[Kind, Last], tried: Mapping[Kind, float], engine: str, now: float
) -> Due | None:
    """What is to be drilled next, the longest overdue first; `engine` is the database's version and class.

    `tried` is when each kind was asked for last, whatever became of it.
    """
    fresh = {kind for kind, at in tried.items() if now - at < TRIES_AGAIN_AFTER}
    changed = _changed(policy, last, engine)
    if changed is not None and changed.kind not in fresh:
        return changed
    late = {
        kind: now - (last[kind].at + days * DAY if kind in last else 0.0)
        for kind, days in policy.every_days.items()
    }
    overdue = [kind for kind, seconds in late.items() if seconds >= 0 and kind not in fresh]
    if not overdue:
        return None
    chosen = max(overdue, key=lambda kind: late[kind])
    proven = (
        "never drilled"
        if chosen not in last
        else f"last drilled {(now - last[chosen].at) / DAY:.0f} days ago"
    )
    return Due(chosen, f"due every {policy.every_days[chosen]} days, {proven}")


def _changed(policy: Policy, last: Mapping[Kind, Last], engine: str) -> Due | None:
    before = last.get(Kind.DATABASE_FAILOVER)
    if not policy.after_change or before is None or not engine or before.engine in {"", engine}:
        return None
    return Due(Kind.DATABASE_FAILOVER, f"the database is {engine} now, last drilled as {before.engine}")
