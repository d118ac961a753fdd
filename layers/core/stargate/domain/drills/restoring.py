"""A restore that is rehearsed: how far it has come, and what it proves."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.score import Verdict
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIX = "-rehearsal"  # of the instance beside: no event of it is taken for one of the gateway's own
LOST = frozenset({"failed", "incompatible-restore", "incompatible-network", "incompatible-parameters"})
AVAILABLE, DELETING = "available", "deleting"


@dataclass(frozen=True)
class Side:
    """The instance beside, in RDS's words; `address` is empty until it has one."""

    status: str
    address: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """Moments in seconds since 1970; `task` is the one that reads the database, `refused` why it failed."""

    marked_at: float | None = None
    restorable_until: float | None = None
    asked_at: float | None = None
    available_at: float | None = None
    task: str = ""
    checked_at: float | None = None
    refused: str = ""

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Rehearsal:
        return Rehearsal(**document)

    def document(self) -> dict[str, Any]:
        """For the table: what is not known yet is left out."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}

    @property
    def seconds(self) -> float | None:
        """From the order until RDS says that it is available."""
        if self.asked_at is None or self.available_at is None:
            return None
        return self.available_at - self.asked_at

    @property
    def behind_seconds(self) -> float | None:
        """How old the newest restorable moment was when it was restored: what a disaster would lose."""
        if self.asked_at is None or self.restorable_until is None:
            return None
        return max(0.0, self.asked_at - self.restorable_until)

    def told(self) -> dict[str, Any]:
        """For people."""
        moments = ("marked_at", "restorable_until", "asked_at", "available_at", "checked_at")
        found: dict[str, Any] = {
            name: told(at) for name in moments if (at := getattr(self, name)) is not None
        }
        if self.seconds is not None:
            found["restored_in_seconds"] = round(self.seconds, 1)
        if self.behind_seconds is not None:
            found["behind_seconds"] = round(self.behind_seconds, 1)
        return found


def result_of(rehearsal: Rehearsal) -> dict[str, Any]:
    """Met if it was restored and read; no time is promised for it, so the time is a measurement."""
    seconds, behind = rehearsal.seconds, rehearsal.behind_seconds
    if rehearsal.refused or seconds is None or behind is None or rehearsal.checked_at is None:
        reason = rehearsal.refused or "it was not restored and read to the end"
        verdict = Verdict.MISSED
    else:
        reason = (
            f"restored in {seconds:.0f} s to a moment {behind:.0f} s old, with the record that was marked"
        )
        verdict = Verdict.MET
    explanation = (
        "no time is promised for a restore: it is what a disaster would take before anybody can connect"
    )
    return {
        "verdict": verdict.value,
        "reason": reason,
        "explanation": explanation,
        "measured": {"restore": None if seconds is None else round(seconds, 1)},
        "findings": [],
    }
