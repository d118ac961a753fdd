"""One examination of an environment for drift: how far it is, and what it found."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stargate.domain.life.drift.finding import Finding

EXAMINED_EVERY = 6 * 3600.0
STALE_SECONDS = 30 * 60.0  # an examination that was not heard of for so long has died
MOST_REPAIRS, WITHIN = 2, 24 * 3600.0  # of the same drift: then somebody or something keeps setting it
MOST_KEPT = 50
NOT_FINISHED = "not finished"


@dataclass(frozen=True)
class Repaired:
    """A drift that was put back, by its fingerprint."""

    fingerprint: str
    address: str
    what: str
    at: float
    reached: bool

    def document(self) -> dict[str, Any]:
        return {
            "fingerprint": self.fingerprint,
            "address": self.address,
            "what": self.what,
            "at": self.at,
            "reached": self.reached,
        }


@dataclass(frozen=True)
class Report:
    """`detections` are CloudFormation's, by stack, None once read; `differs` are the findings as documents.

    `unchecked` says by stack why it could not be compared, `unfinished` why it did not come to its end;
    `repairing` is from the end of the comparison until what can be put back is.
    """

    execution: str
    began_at: float
    asked_by: str
    repair: bool = False  # asked for by a person, whatever the mode
    only: tuple[str, ...] = ()
    detections: Mapping[str, str | None] = field(default_factory=dict)
    ended_at: float | None = None
    unfinished: str = ""
    repairing: bool = False
    differs: tuple[Mapping[str, Any], ...] = ()
    on_purpose: tuple[Mapping[str, Any], ...] = ()
    unchecked: Mapping[str, str] = field(default_factory=dict)
    repaired: tuple[Repaired, ...] = ()

    def is_running(self, now: float) -> bool:
        return (self.ended_at is None or self.repairing) and now - self.began_at < STALE_SECONDS

    @property
    def pending(self) -> tuple[str, ...]:
        return tuple(stack for stack, detection in self.detections.items() if detection is not None)

    def read(self, stack: str, unchecked: str) -> Report:
        """With the stack's detection over; `unchecked` says what it could not look at, if anything."""
        missed = {stack: unchecked} if unchecked else {}
        return replace(
            self, detections={**self.detections, stack: None}, unchecked={**self.unchecked, **missed}
        )

    def ended(self, found: Iterable[Finding], now: float, *, repairing: bool) -> Report:
        listed = list(found)
        return replace(
            self,
            ended_at=now,
            repairing=repairing,
            differs=tuple(one.document() for one in listed if not one.purpose),
            on_purpose=tuple(one.document() for one in listed if one.purpose),
        )

    def left_unfinished(self, why: str, now: float) -> Report:
        return replace(self, ended_at=self.ended_at or now, repairing=False, unfinished=why)

    @property
    def drifted_stacks(self) -> frozenset[str]:
        return frozenset(str(one["stack"]) for one in self.differs)

    def document(self) -> dict[str, Any]:
        """As its row has it."""
        return {
            "execution": self.execution,
            "began_at": self.began_at,
            "asked_by": self.asked_by,
            "repair": self.repair,
            "only": list(self.only),
            "detections": dict(self.detections),
            "ended_at": self.ended_at,
            "unfinished": self.unfinished,
            "repairing": self.repairing,
            "differs": [dict(one) for one in self.differs],
            "on_purpose": [dict(one) for one in self.on_purpose],
            "unchecked": dict(self.unchecked),
            "repaired": [one.document() for one in self.repaired],
        }

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Report:
        return Report(
            execution=document["execution"],
            began_at=document["began_at"],
            asked_by=document["asked_by"],
            repair=document["repair"],
            only=tuple(document["only"]),
            detections=document["detections"],
            ended_at=document.get("ended_at"),
            unfinished=document["unfinished"],
            repairing=document["repairing"],
            differs=tuple(document["differs"]),
            on_purpose=tuple(document["on_purpose"]),
            unchecked=document["unchecked"],
            repaired=tuple(Repaired(**one) for one in document["repaired"]),
        )

    def told(self, now: float) -> dict[str, Any]:
        """As the API answers it: what was found last, and whether an examination is under way."""
        return {
            "status": self._status(now),
            "began_at": told(self.began_at),
            "ended_at": None if self.ended_at is None else told(self.ended_at),
            "asked_by": self.asked_by,
            "waits_for": list(self.pending) if self.ended_at is None else [],
            "unfinished": self.unfinished,
            "differs": [dict(one) for one in self.differs],
            "on_purpose": [dict(one) for one in self.on_purpose],
            "unchecked": dict(self.unchecked),
            "repaired": [{**one.document(), "at": told(one.at)} for one in self.repaired],
        }

    def _status(self, now: float) -> str:
        if self.is_running(now):
            return "examining" if self.ended_at is None else "repairing"
        if self.ended_at is None or self.repairing or self.unfinished:
            return NOT_FINISHED
        return "drifted" if self.differs else "in sync"


def begun(before: Report | None, execution: str, now: float, asked_by: str) -> Report:
    """A fresh examination; what was repaired lately is remembered."""
    kept = tuple(one for one in before.repaired if now - one.at < WITHIN) if before else ()
    return Report(execution, now, asked_by, repaired=kept[-MOST_KEPT:])


def with_repairs(report: Report, done: Iterable[Repaired]) -> Report:
    return replace(report, repaired=(*report.repaired, *done)[-MOST_KEPT:])


def judged(found: Iterable[Finding], report: Report) -> list[Finding]:
    """Without a repair where the same drift has come back after each: who sets it should be asked."""
    times = Counter(one.fingerprint for one in report.repaired)
    again = f"came back after {MOST_REPAIRS} repairs within a day: somebody or something keeps setting it"
    return [
        one.left(again) if one.repair is not None and times[one.fingerprint] >= MOST_REPAIRS else one
        for one in found
    ]


def chosen(found: Iterable[Finding], only: tuple[str, ...]) -> list[Finding]:
    """Those that can be put back, and that are meant: by name, or all of them."""
    repairable = [one for one in found if one.repair is not None and not one.purpose]
    return [one for one in repairable if not only or one.address in only]
