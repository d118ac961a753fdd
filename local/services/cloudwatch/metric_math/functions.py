"""The functions of metric math by AWS's names of them. FILLERS are names that only FILL knows."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, TypeAlias

from local.services.cloudwatch.metric_math.operators import change_each
from local.services.cloudwatch.metric_math.values import (
    ExpressionError,
    Scope,
    Series,
    Value,
    as_many,
    as_number,
    as_one,
)

if TYPE_CHECKING:
    from collections.abc import Callable

FILLERS = ("REPEAT", "LINEAR")


def _metrics(arguments: list[Value], scope: Scope) -> list[Series]:
    """Every metric of the request, or those whose id contains the text."""
    wanted = arguments[0] if arguments else ""
    if not isinstance(wanted, str):
        raise ExpressionError("METRICS takes text")
    return [scope.series[name] for name in scope.metrics if wanted in name]


def _if(arguments: list[Value], scope: Scope) -> Series:
    """By each period: the second where the first is not 0, else the third; see the guide's three tables."""
    condition, then, *otherwise = arguments
    if isinstance(condition, float):
        condition = (condition,) * scope.length
        missing = None  # a chosen series keeps its own gaps
    else:
        missing = 0.0
    chosen, other = _points(then, scope), _points(otherwise[0] if otherwise else None, scope)
    return tuple(
        None if truth is None else (_or(yes, missing) if truth else no)
        for truth, yes, no in zip(as_one(condition), chosen, other, strict=True)
    )


def _or(value: float | None, otherwise: float | None) -> float | None:
    return otherwise if value is None else value


def _points(value: Value | None, scope: Scope) -> Series:
    if value is None or isinstance(value, float):
        return (value,) * scope.length
    return as_one(value)


def _fill(arguments: list[Value], scope: Scope) -> Value:
    value, filler = arguments
    if isinstance(value, list):
        return [_filled(series, filler, scope) for series in value]
    return _filled(as_one(value), filler, scope)


def _filled(series: Series, filler: Value, scope: Scope) -> Series:
    if filler == "REPEAT":
        return _repeated(series)
    if filler == "LINEAR":
        return _interpolated(series)
    fillers = _points(filler, scope)
    return tuple(f if point is None else point for point, f in zip(series, fillers, strict=True))


def _repeated(series: Series) -> Series:
    last: float | None = None
    return tuple(last := point if point is not None else last for point in series)


def _interpolated(series: Series) -> Series:
    known = [place for place, point in enumerate(series) if point is not None]
    filled = list(series)
    for before, after in itertools.pairwise(known):
        start, end = series[before] or 0.0, series[after] or 0.0
        for place in range(before + 1, after):
            filled[place] = start + (end - start) * (place - before) / (after - before)
    return tuple(filled)


def _aggregate(combine: Callable[[list[float]], float], *, missing_is_zero: bool) -> Function:
    """Over the time of one series a number; over an array of series, by period, one series."""

    def over(points: Series) -> float | None:
        known = [point for point in points if point is not None]
        zeros = [0.0] * (len(points) - len(known)) if missing_is_zero and known else []
        return combine(known + zeros) if known else None

    def function(arguments: list[Value], _scope: Scope) -> Value:
        [value] = arguments
        if isinstance(value, list):
            return tuple(over(points) for points in zip(*value, strict=True))
        return over(as_one(value)) or 0.0

    return function


def _pointwise(change: Callable[[float], float]) -> Function:
    def function(arguments: list[Value], _scope: Scope) -> Value:
        [value] = arguments
        return change_each(value, change)

    return function


def _time_series(arguments: list[Value], scope: Scope) -> Series:
    [value] = arguments
    return (as_number(value),) * scope.length


Function: TypeAlias = "Callable[[list[Value], Scope], Value]"

FUNCTIONS: dict[str, Function] = {
    "ABS": _pointwise(abs),
    "AVG": _aggregate(lambda points: sum(points) / len(points), missing_is_zero=True),
    "CEIL": _pointwise(lambda point: float(math.ceil(point))),
    "FILL": _fill,
    "FLOOR": _pointwise(lambda point: float(math.floor(point))),
    "IF": _if,
    "MAX": _aggregate(max, missing_is_zero=False),
    "METRICS": _metrics,
    "METRIC_COUNT": lambda arguments, _: float(len(as_many(arguments[0]))),
    "MIN": _aggregate(min, missing_is_zero=False),
    "PERIOD": lambda _, scope: float(scope.period),
    "SUM": _aggregate(sum, missing_is_zero=True),
    "TIME_SERIES": _time_series,
}
