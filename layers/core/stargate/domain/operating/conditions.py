"""An open problem of one subject: opened, worsened, eased and closed by signals, whatever their order.

Several sources may report one condition (an alarm for each level, a service's scheduler). Each source is
believed by its own newest word, and the condition is as bad as the worst that is reported. So a duplicate
changes nothing, and neither does a word that is older than what its source said since.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.signal import Severity, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.signal import Signal


@dataclass(frozen=True)
class Report:
    """The newest word of one source."""

    opens: bool
    severity: Severity
    at: float


@dataclass(frozen=True)
class Stop:
    """A task that stopped without having been asked to."""

    task: str
    at: float


@dataclass(frozen=True)
class Decided:
    """The newest decision on a condition, as its row keeps it: one that does not change is not told again."""

    verdict: str  # act, hold or none
    action: str | None
    guard: str | None
    reason: str
    at: float
    entry_id: str
    lifts_at: float | None = None
    rule: str = ""


@dataclass(frozen=True)
class Condition:
    """`cause` is the ledger entry of the signal that last changed it; `version` 0 was never written."""

    kind: str
    subject: str
    severity: Severity
    open: bool
    opened_at: float
    last_at: float
    cause: str
    reports: Mapping[str, Report] = field(default_factory=dict)
    stops: tuple[Stop, ...] = ()
    times_opened: int = 1
    closed_at: float | None = None
    decided: Decided | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)  # of what keeps it open, each by its newest word
    openings: tuple[float, ...] = ()  # the newest few, for flapping to be seen
    version: int = 0

    @property
    def key(self) -> str:
        return f"{self.kind}#{self.subject}"


class Turned(StrEnum):
    """What a signal did to its condition."""

    OPENED = "opened"
    RECURRED = "recurred"
    WORSENED = "worsened"
    EASED = "eased"
    CLOSED = "closed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class Transition:
    """`condition` as it is after the signal; None if the signal is about none."""

    what: Turned
    reason: str
    condition: Condition | None


ASKED = (
    "asked:"  # begins the kind of a condition that is a person's wish, before the action that is asked for
)
LOOP_STOPS, LOOP_SECONDS = 3, 600.0  # so many unasked stops in ten minutes are a crash loop
HOUR = 3600.0
FLAPS = 4  # so many openings in an hour are one trouble that comes and goes
QUIET_SECONDS = 300.0  # so long no stop, and the service steady: it is over
MOST_STOPS_KEPT = 20
MOST_NAMED = 10  # of the sources that report one condition: a rule may have a thousand series
MOST_CLOSED_KEPT = 20  # reports: a retired task or an anomaly reports once, and there is no end of them


def is_asked(condition: Condition) -> bool:
    return condition.kind.startswith(ASKED)


def is_flapping(condition: Condition, now: float) -> bool:
    recent = [opening for opening in condition.openings if opening > now - HOUR]
    return len(recent) >= FLAPS


def key_of(signal: Signal) -> str | None:
    kind = condition_of(signal.kind)
    return None if kind is None else f"{kind}#{signal.subject}"


def condition_of(kind: str) -> str | None:
    """The condition that signals of this kind are about; our own examination names it by itself."""
    return KINDS[kind].condition if kind in KINDS else kind


def after(known: Condition | None, signal: Signal) -> Transition:
    """What the signal makes of the condition that it is about."""
    if key_of(signal) is None:
        return Transition(Turned.UNCHANGED, f"noted: {KINDS[signal.kind].why}", None)
    if signal.kind == "task-stopped":
        return _after_stop(known, signal)
    if known is not None and known.open and is_asked(known) and signal.turn is Turn.OPENS:
        words = (
            f"known already: {known.facts['asked_by']} asked for it"  # and answers for it: nobody after them
        )
        return Transition(Turned.UNCHANGED, words, known)
    return _after_report(known, signal)


def _after_report(known: Condition | None, signal: Signal) -> Transition:
    opens, before = signal.turn is Turn.OPENS, _report_of(known, signal.source)
    if before is not None and signal.at < before.at:
        return Transition(Turned.UNCHANGED, f"older than what {signal.source} said since", known)
    if before is not None and signal.at == before.at and opens == before.opens:
        return Transition(Turned.UNCHANGED, f"{signal.source} said so already", known)
    reports = dict(known.reports) if known else {}
    reports[signal.source] = Report(opens, signal.severity, signal.at)
    reports = _remembered(reports)
    stops = known.stops if known else ()
    if not opens and stops and signal.at - stops[-1].at >= QUIET_SECONDS:
        stops = ()
    return _judged(known, signal, reports, stops)


def _after_stop(known: Condition | None, signal: Signal) -> Transition:
    stop, stops = Stop(signal.source, signal.at), known.stops if known else ()
    if any(one.task == stop.task for one in stops):
        return Transition(Turned.UNCHANGED, f"the stop of {stop.task} is known", known)
    if known is not None and known.closed_at is not None and stop.at <= known.closed_at:
        return Transition(Turned.UNCHANGED, "older than the recovery since", known)
    newest = max([stop.at, *(one.at for one in stops)])
    if stop.at < newest - LOOP_SECONDS:
        return Transition(Turned.UNCHANGED, "too long before the newest stop to count with it", known)
    kept = sorted((one for one in (*stops, stop) if one.at >= newest - LOOP_SECONDS), key=lambda one: one.at)
    reports = known.reports if known else {}
    return _judged(known, signal, reports, tuple(kept[-MOST_STOPS_KEPT:]))


def _remembered(reports: Mapping[str, Report]) -> dict[str, Report]:
    """All that still say that it holds, and the newest of the others."""
    closed = sorted((one.at, source) for source, one in reports.items() if not one.opens)
    forgotten = {source for _, source in closed[:-MOST_CLOSED_KEPT]}
    return {source: report for source, report in reports.items() if source not in forgotten}


def _report_of(known: Condition | None, source: str) -> Report | None:
    return known.reports.get(source) if known else None


def _judged(
    known: Condition | None, signal: Signal, reports: Mapping[str, Report], stops: tuple[Stop, ...]
) -> Transition:
    """The condition is as bad as the worst that is reported of it now."""
    levels = [report.severity for report in reports.values() if report.opens] + _levels_of(known, stops)
    severity = max(levels, key=lambda level: level.rank, default=signal.severity)
    what = _turned(known, severity, still_open=bool(levels))
    was = known or _never_opened(signal)
    condition = replace(
        was, severity=severity, reports=reports, stops=stops, last_at=max(was.last_at, signal.at)
    )
    if signal.turn is Turn.OPENS or signal.kind == "task-stopped":
        condition = replace(condition, facts={**(was.facts if was.open else {}), **signal.facts})
    if what is not Turned.UNCHANGED:
        condition = replace(condition, cause=signal.entry_id)
    if what in {Turned.OPENED, Turned.RECURRED}:
        condition = replace(
            condition,
            open=True,
            opened_at=signal.at,
            closed_at=None,
            times_opened=was.times_opened + 1,
            openings=(*was.openings, signal.at)[-FLAPS:],
            decided=None,
        )
    if what is Turned.CLOSED:
        condition = replace(condition, open=False, closed_at=signal.at, severity=was.severity, decided=None)
    return Transition(what, _reason(what, condition, signal), condition)


def _never_opened(signal: Signal) -> Condition:
    """Kept although nothing is wrong: an older word of the same source may still be under way."""
    return Condition(
        kind=condition_of(signal.kind) or signal.kind,
        subject=signal.subject,
        severity=signal.severity,
        open=False,
        opened_at=signal.at,
        last_at=signal.at,
        cause="",
        times_opened=0,
    )


def _levels_of(known: Condition | None, stops: tuple[Stop, ...]) -> list[Severity]:
    """A crash loop stays one until it is over: fewer stops may only mean that ECS waits longer between."""
    if not stops:
        return []
    looping = len(stops) >= LOOP_STOPS
    was_looping = known is not None and known.open and known.severity is Severity.CRITICAL
    return [Severity.CRITICAL if looping or was_looping else Severity.WARNING]


def _turned(known: Condition | None, severity: Severity, *, still_open: bool) -> Turned:
    if known is None or not known.open:
        if not still_open:
            return Turned.UNCHANGED
        return Turned.RECURRED if known is not None and known.times_opened else Turned.OPENED
    if not still_open:
        return Turned.CLOSED
    if severity.rank == known.severity.rank:
        return Turned.UNCHANGED
    return Turned.WORSENED if severity.rank > known.severity.rank else Turned.EASED


def _reason(what: Turned, condition: Condition, signal: Signal) -> str:
    if what is not Turned.UNCHANGED:
        return f"{what}: {_state(condition)}"
    if not condition.open:
        return "no such condition is open"
    if signal.turn is Turn.CLOSES:
        return f"not over yet: {_state(condition)}"
    return f"known already: {_state(condition)}"


def _state(condition: Condition) -> str:
    if not condition.open:
        return "nothing reports it any more"
    return f"{condition.severity}, by {', '.join([*reporters(condition), *_stops(condition)])}"


def reporters(condition: Condition) -> list[str]:
    """Who says that it holds; of a great many some, and how many more they are."""
    sources = sorted(source for source, report in condition.reports.items() if report.opens)
    more = len(sources) - MOST_NAMED
    return [*sources[:MOST_NAMED], f"and {more} more"] if more > 0 else sources


def _stops(condition: Condition) -> list[str]:
    count = len(condition.stops)
    counted = "one stop" if count == 1 else f"{count} stops in ten minutes"
    return [f"{counted} that nobody asked for"] if count else []


OF_MONEY = frozenset({"cost-anomaly", "budget-passed"})
# At the quota fewer tasks do no harm, and no task makes cheaper what is spent.
NEEDS_NO_TASKS = OF_MONEY | {"quota-high", "quota-warning", "model-throttled"}


def needs_its_tasks(condition: Condition) -> bool:
    """Whether a trouble is such that no task is to be let go meanwhile."""
    is_critical = condition.open and condition.severity is Severity.CRITICAL
    return is_critical and condition.kind not in NEEDS_NO_TASKS
