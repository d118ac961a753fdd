"""What earlier drills proved, kind by kind: the latest, the worst, and how long ago it was proven last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.drill import DrillStatus
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.drills.drill import Drill

DAY = 86400.0
EARLIER_SHOWN = 10


@dataclass(frozen=True)
class Past:
    """One scored drill: seconds of each component, None for one that did not come back."""

    drill_id: str
    kind: str
    at: float
    verdict: str
    seconds: Mapping[str, float | None]

    def document(self) -> dict[str, Any]:
        return {
            "id": self.drill_id,
            "at": told(self.at),
            "verdict": self.verdict,
            "seconds": dict(self.seconds),
        }


def past_of(drills: Iterable[Drill]) -> list[Past]:
    """Those that were brought to a verdict."""
    return [_past(one) for one in drills if one.status is DrillStatus.SCORED]


def earlier_of(drill: Drill, drills: Iterable[Drill]) -> list[dict[str, Any]]:
    """What the last ones of its kind before it measured, the newest first."""
    same = (one for one in drills if one.kind is drill.kind and one.requested_at < drill.requested_at)
    past = sorted(past_of(same), key=lambda one: one.at, reverse=True)
    return [one.document() for one in past[:EARLIER_SHOWN]]


def _past(drill: Drill) -> Past:
    seconds = {one["component"]: one["seconds"] for one in drill.result.get("components", ())}
    seconds |= drill.result.get("measured", {})
    at = drill.injected_at or drill.requested_at
    return Past(drill.drill_id, drill.kind.value, at, drill.result["verdict"], seconds)


def history(past: Iterable[Past], now: float) -> dict[str, Any]:
    """Of one environment, newest first or not; empty numbers where nothing was proven yet."""
    drills = sorted(past, key=lambda one: one.at)
    return {
        **_proven(drills, now),
        "kinds": {kind: _of_kind(drills, kind, now) for kind in sorted({one.kind for one in drills})},
    }


def proven(past: Iterable[Past], now: float) -> dict[str, Any]:
    """The same in short, for an environment's status: of each kind its newest verdict and its last proof."""
    whole = history(past, now)
    short = ("last_verdict", "last_proven_days_ago")
    return {
        "last_proven_days_ago": whole["last_proven_days_ago"],
        "kinds": {kind: {name: one[name] for name in short} for kind, one in whole["kinds"].items()},
    }


def _proven(drills: Sequence[Past], now: float) -> dict[str, Any]:
    met = [one for one in drills if one.verdict == "met"]
    return {
        "drills": len(drills),
        "last_verdict": drills[-1].verdict if drills else None,
        "last_proven_days_ago": None if not met else int((now - met[-1].at) // DAY),
    }


def _of_kind(drills: Sequence[Past], kind: str, now: float) -> dict[str, Any]:
    """A task that is replaced and a database that fails over are no trend of one another."""
    of_kind = [one for one in drills if one.kind == kind]
    components = sorted({component for one in of_kind for component in one.seconds})
    return {
        **_proven(of_kind, now),
        "components": {component: _trend(of_kind, component) for component in components},
    }


def _trend(drills: Sequence[Past], component: str) -> dict[str, Any]:
    measured = [one.seconds[component] for one in drills if component in one.seconds]
    known = [seconds for seconds in measured if seconds is not None]
    before = known[-2] if len(known) > 1 and measured[-1] is not None else None
    return {
        "latest_seconds": measured[-1],
        "worst_seconds": None if len(known) < len(measured) else max(known),
        "change_seconds": None if before is None or measured[-1] is None else round(measured[-1] - before, 3),
    }
