"""The verdict of a drill: what was measured against what was promised, met or missed, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.objectives import (
    COMPONENTS,
    DATABASE,
    LITELLM,
    LIVELINESS,
    METRICS,
    OBJECTIVES,
    asked_of,
)
from stargate.domain.drills.outages import GOOD_IN_A_ROW, Outage, outages_of
from stargate.domain.drills.platform import Reported, difference
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.drills.kinds import Kind
    from stargate.domain.drills.markers import Loss, Series
    from stargate.domain.drills.probes import Probe


class Verdict(StrEnum):
    MET = "met"
    MISSED = "missed"
    NOT_PROVEN = "not proven"  # nothing was broken, or it was not measured


@dataclass(frozen=True)
class Judged:
    """One component: `seconds` is None while it never came back; `by` is how far from the objective."""

    component: str
    objective: float
    began_at: float | None
    ended_at: float | None
    seconds: float | None
    at_least: float
    requests_asked: int
    requests_failed: int
    outages: tuple[Outage, ...]

    @property
    def met(self) -> bool:
        return self.seconds is not None and self.seconds < self.objective

    @property
    def by(self) -> float:
        """Seconds to spare if met, seconds too many if missed."""
        return abs(self.objective - (self.at_least if self.seconds is None else self.seconds))

    def document(self) -> dict[str, Any]:
        return {
            "component": self.component,
            "verdict": (Verdict.MET if self.met else Verdict.MISSED).value,
            "objective_seconds": self.objective,
            "own_objective_seconds": OBJECTIVES[self.component].recovery_seconds,
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "by_seconds": round(self.by, 3),
            "began_at": None if self.began_at is None else told(self.began_at),
            "ended_at": None if self.ended_at is None else told(self.ended_at),
            "requests_asked": self.requests_asked,
            "requests_failed": self.requests_failed,
            "outages": [outage.document() for outage in self.outages],
        }


@dataclass(frozen=True)
class Wedge:
    """LiteLLM lived and refused every key after the database was back."""

    seconds: float
    until_after_failure: float  # seconds from the failure to the end of the wedge
    rescued_at: float | None

    def document(self) -> dict[str, Any]:
        return {
            "seconds": round(self.seconds, 3),
            "rescued_at": None if self.rescued_at is None else told(self.rescued_at),
        }


@dataclass(frozen=True)
class Score:
    verdict: Verdict
    reason: str
    components: tuple[Judged, ...]
    recovery_seconds: float | None
    loss: Loss
    series: Series
    reported: Reported
    explanation: str
    wedge: Wedge | None

    def document(self) -> dict[str, Any]:
        return {
            "verdict": self.verdict.value,
            "reason": self.reason,
            "recovery_seconds": None if self.recovery_seconds is None else round(self.recovery_seconds, 3),
            "components": [one.document() for one in self.components],
            "data_loss": self.loss.document(),
            "series": self.series.document(),
            "reported": self.reported.document(),
            "explanation": self.explanation,
            "wedge": None if self.wedge is None else self.wedge.document(),
        }


@dataclass(frozen=True)
class Evidence:
    """All that a verdict rests on.

    `injected_at` is when the platform took the order, `broken` what it was given to, `whole_at` when as many
    tasks ran again as are wanted, none of the stopped ones among them.
    """

    kind: Kind
    injected_at: float
    probes: tuple[Probe, ...]
    loss: Loss
    series: Series
    reported: Reported
    broken: tuple[str, ...]
    whole_at: float | None = None
    rescued_at: float | None = None
    good_in_a_row: int = GOOD_IN_A_ROW

    @property
    def happened(self) -> bool:
        """Whether the platform did what it was told to."""
        failed_over = DATABASE not in self.broken or self.reported.ended_at is not None
        replaced = set(self.broken) <= {DATABASE} or self.whole_at is not None
        return bool(self.broken) and failed_over and replaced


# A component that stays well for good, but for one lost answer, is not out for longer than this.
WEDGED_SECONDS = 10.0


def score(evidence: Evidence) -> Score:
    since = [probe for probe in evidence.probes if probe.ended_at >= evidence.injected_at]
    outages = outages_of(since, evidence.good_in_a_row)
    judged = tuple(
        _judged(evidence, component, since, outages.get(component, ())) for component in COMPONENTS
    )
    felt = [one for one in judged if one.outages]
    verdict, reason = _verdict(evidence, judged, felt)
    wedge = _wedge(evidence, since, {one.component: one for one in judged})
    return Score(
        verdict,
        reason,
        judged,
        _recovery(felt),
        evidence.loss,
        evidence.series,
        evidence.reported,
        _explained(evidence, felt, wedge),
        wedge,
    )


def _judged(
    evidence: Evidence, component: str, probes: Iterable[Probe], outages: tuple[Outage, ...]
) -> Judged:
    """From its first failed request to the end of its last outage: it was not well again before."""
    asked = [probe for probe in probes if probe.component == component]
    began = outages[0].began_at if outages else None
    ended = outages[-1].ended_at if outages else None
    newest = max((probe.ended_at for probe in asked), default=0.0)
    if began is None:
        seconds: float | None = 0.0 if asked else None
    else:
        seconds = None if ended is None else ended - began
    return Judged(
        component,
        asked_of(component, evidence.broken),
        began,
        ended,
        seconds,
        0.0 if began is None else newest - began,
        len(asked),
        sum(not probe.ok for probe in asked),
        outages,
    )


def _recovery(felt: Sequence[Judged]) -> float | None:
    """Of the gateway as a whole: from the first failed request of any to the last one's being well."""
    if not felt:
        return 0.0
    ends = [one.ended_at for one in felt]
    known = [end for end in ends if end is not None]
    began = min(one.began_at for one in felt if one.began_at is not None)
    return max(known) - began if len(known) == len(ends) else None


def _verdict(evidence: Evidence, judged: Sequence[Judged], felt: Sequence[Judged]) -> tuple[Verdict, str]:
    unproven = _unproven(evidence, judged, felt)
    if unproven:
        return Verdict.NOT_PROVEN, unproven
    missed = [_words(one) for one in judged if not one.met]
    missed += _lost(evidence)
    if missed:
        return Verdict.MISSED, "; ".join(missed)
    return Verdict.MET, "; ".join(_words(one) for one in judged)


def _unproven(evidence: Evidence, judged: Sequence[Judged], felt: Sequence[Judged]) -> str:
    unasked = [one.component for one in judged if not one.requests_asked]
    if unasked:
        return f"nothing was measured of {', '.join(unasked)}"
    if not felt and not evidence.happened:
        return "no request failed, and AWS does not tell that anything was broken"
    if METRICS in evidence.broken and not evidence.series.loss.written:
        return "no sample was seen before the failure: what was lost cannot be told"
    return ""


def _lost(evidence: Evidence) -> list[str]:
    """The promise of the database is no loss at all, that of the metrics less than one scrape."""
    found = []
    if evidence.loss.seconds > (OBJECTIVES[DATABASE].loss_seconds or 0.0):
        found.append(f"{evidence.loss.lost} acknowledged records lost, {evidence.loss.seconds:.0f} s of data")
    lost = evidence.series.loss
    if lost.seconds >= (OBJECTIVES[METRICS].loss_seconds or 0.0) and lost.lost:
        found.append(f"{lost.lost} samples of a metric lost, {lost.seconds:.0f} s of data")
    return found


def _words(one: Judged) -> str:
    if one.seconds is None:
        return f"{one.component} was not well again after {one.at_least:.1f} s of {one.objective:.0f} s"
    spare = f"{one.by:.1f} s {'to spare' if one.met else 'too many'}"
    return f"{one.component} {one.seconds:.1f} s of {one.objective:.0f} s, {spare}"


def _explained(evidence: Evidence, felt: Sequence[Judged], wedge: Wedge | None) -> str:
    parts = [_felt(evidence, felt)]
    if wedge is not None:
        ended = "until its new deployment served" if wedge.rescued_at else "until it came round"
        parts.append(f"for {wedge.seconds:.0f} s of it litellm lived and refused every key, {ended}")
    if not set(evidence.broken) <= {DATABASE}:
        parts.append(_whole(evidence))
    return "; ".join(parts)


def _felt(evidence: Evidence, felt: Sequence[Judged]) -> str:
    """What users felt beside what RDS reports, and why the two differ."""
    recovery = _recovery(felt)
    if recovery is None:
        return "the gateway did not recover while it was watched"
    if not felt:
        return "no request failed"
    began = min(one.began_at for one in felt if one.began_at is not None)
    if DATABASE in evidence.broken:
        return difference(evidence.reported, began, began + recovery)
    return f"users felt {recovery:.1f} s, in {', '.join(one.component for one in felt)}"


def _whole(evidence: Evidence) -> str:
    if evidence.whole_at is None:
        return "ECS did not have as many tasks again as are wanted while it was watched"
    seconds = evidence.whole_at - evidence.injected_at
    return f"ECS had as many tasks again as are wanted after {seconds:.0f} s, to ten seconds"


def _wedge(evidence: Evidence, probes: Iterable[Probe], judged: Mapping[str, Judged]) -> Wedge | None:
    """LiteLLM says that it lives, and refuses, though the database answers others again."""
    back = judged[DATABASE].ended_at
    litellm = judged[LITELLM]
    if back is None or not litellm.outages:
        return None
    end = litellm.ended_at or max(probe.ended_at for probe in probes)
    alive = [probe.ok for probe in probes if probe.component == LIVELINESS and back <= probe.at < end]
    if end - back < WEDGED_SECONDS or not all(alive):
        return None
    return Wedge(end - back, end - evidence.injected_at, evidence.rescued_at)
