"""An alarm's state as a function of its datapoints, with the reason in AWS's words. Pure.

The rules for missing datapoints are those of the user guide's "Configuring how CloudWatch alarms treat
missing data": more datapoints are looked at than there are evaluation periods; where enough of them exist,
the newest count and the treatment does not matter; otherwise what exists is filled up as the alarm says.
"""

from __future__ import annotations

import json
import operator
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from local.services.cloudwatch.parameters import EXTRA_PERIODS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

State: TypeAlias = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Treatment: TypeAlias = Literal["missing", "ignore", "breaching", "notBreaching"]

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}
FILLED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}


@dataclass(frozen=True)
class Rule:
    """When the alarm rings: `to_alarm` of `periods` datapoints are beyond the threshold."""

    comparison: str
    threshold: float
    period: int
    periods: int
    to_alarm: int
    missing: Treatment = "missing"

    def reach(self) -> int:
        """How many periods are looked at."""
        return self.periods + EXTRA_PERIODS

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison][0](value, self.threshold)


@dataclass(frozen=True)
class Datapoint:
    at: int
    value: float
    count: float | None = None


@dataclass(frozen=True)
class Judgement:
    """A state, or None: it stays as it is. `datapoints` are those that were judged, oldest first."""

    state: State | None
    reason: str
    datapoints: tuple[Datapoint, ...]


def judge(rule: Rule, looked_at: Sequence[Datapoint | None]) -> Judgement:
    """Judge `rule.reach()` periods, oldest first, None where there is no datapoint."""
    existing = [point for point in looked_at if point is not None]
    judged = tuple(existing[-rule.periods :])
    missing = rule.periods - len(judged)
    if not missing:
        return _on_datapoints(rule, judged)
    if rule.missing in FILLED:
        return _filled(rule, judged, missing)
    return _with_gaps(rule, looked_at, judged, missing)


def _on_datapoints(rule: Rule, judged: tuple[Datapoint, ...]) -> Judgement:
    breaching = [point for point in judged if rule.breaches(point.value)]
    if len(breaching) >= rule.to_alarm:
        return Judgement("ALARM", _crossed(rule, breaching, rings=True), judged)
    fine = [point for point in judged if not rule.breaches(point.value)]
    return Judgement("OK", _crossed(rule, fine, rings=False), judged)


def _filled(rule: Rule, judged: tuple[Datapoint, ...], missing: int) -> Judgement:
    breaching = sum(rule.breaches(point.value) for point in judged)
    breaching += missing if rule.missing == "breaching" else 0
    received = f"{_some(len(judged), 'datapoint')} received for {_number(rule.periods, 'period')}"
    reason = f"Threshold Crossed: {received} and {_some(missing, 'missing datapoint')}"
    state: State = "ALARM" if breaching >= rule.to_alarm else "OK"
    return Judgement(state, f"{reason} treated as [{FILLED[rule.missing]}].", judged)


def _with_gaps(
    rule: Rule, looked_at: Sequence[Datapoint | None], judged: tuple[Datapoint, ...], missing: int
) -> Judgement:
    breaching = [point for point in judged if rule.breaches(point.value)]
    if len(breaching) >= rule.to_alarm or (rule.missing == "missing" and _has_lasted(rule, looked_at)):
        return Judgement("ALARM", _crossed(rule, breaching, rings=True), judged)
    if len(breaching) < len(judged):
        fine = [point for point in judged if not rule.breaches(point.value)]
        return Judgement("OK", _crossed(rule, fine, rings=False), judged)
    state: State | None = "INSUFFICIENT_DATA" if rule.missing == "missing" else None
    unknown = rule.periods if not judged else missing
    return Judgement(state, f"Insufficient Data: {_some(unknown, 'datapoint')} unknown.", judged)


def _has_lasted(rule: Rule, looked_at: Sequence[Datapoint | None]) -> bool:
    """Whether none was fine and the oldest breaching one is at least as old as the datapoints to alarm."""
    known = [(age, point) for age, point in enumerate(reversed(looked_at), 1) if point is not None]
    all_breach = all(rule.breaches(point.value) for _, point in known)
    return bool(known) and all_breach and known[-1][0] >= rule.to_alarm


def _crossed(rule: Rule, counted: Sequence[Datapoint], *, rings: bool) -> str:
    values = ", ".join(f"{point.value} ({_day(point.at)})" for point in reversed(counted))
    be = "was" if len(counted) == 1 else "were"
    least = rule.to_alarm if rings else rule.periods - rule.to_alarm + 1
    return (
        f"Threshold Crossed: {len(counted)} out of the last {rule.periods} datapoints [{values}] "
        f"{be} {'' if rings else 'not '}{COMPARISONS[rule.comparison][1]} the threshold ({rule.threshold}) "
        f"(minimum {_number(least, 'datapoint')} for {'OK -> ALARM' if rings else 'ALARM -> OK'} transition)."
    )


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"


def _some(count: int, noun: str) -> str:
    return f"{_number(count, noun)} {'was' if count == 1 else 'were'}"


def _day(at: float) -> str:
    return time.strftime("%d/%m/%y %H:%M:%S", time.gmtime(at))


def reason_data(rule: Rule, judgement: Judgement, now: float, start: int, statistic: str, unit: str) -> str:
    """What the machine-readable reason holds; `statistic` and `unit` are empty for metric math."""
    data = {
        "version": "1.0",
        "queryDate": moment(now),
        "startDate": moment(judgement.datapoints[0].at if judgement.datapoints else start),
        "unit": unit,
        "statistic": statistic,
        "period": rule.period,
        "recentDatapoints": [point.value for point in judgement.datapoints],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [_evaluated(point) for point in reversed(judgement.datapoints)],
    }
    return json.dumps({key: value for key, value in data.items() if value != ""}, separators=(",", ":"))


def _evaluated(point: Datapoint) -> dict[str, object]:
    count = {} if point.count is None else {"sampleCount": point.count}
    return {"timestamp": moment(point.at), **count, "value": point.value}


def moment(at: float) -> str:
    """As CloudWatch writes moments: 2022-11-08T11:26:05.399+0000."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(at))}.{int(at % 1 * 1000):03d}+0000"
