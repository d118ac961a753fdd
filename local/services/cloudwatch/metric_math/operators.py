"""The operators of metric math, over numbers, series and arrays of series."""

from __future__ import annotations

import ast
import operator
from typing import TYPE_CHECKING, TypeAlias

from local.services.cloudwatch.metric_math.values import ExpressionError, Series, Value, as_many, as_one

if TYPE_CHECKING:
    from collections.abc import Callable


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None  # the datapoint is dropped


def _power(left: float, right: float) -> float | None:
    try:
        raised = left**right
    except (ZeroDivisionError, OverflowError):
        return None
    return raised if isinstance(raised, float) else None


Operation: TypeAlias = "Callable[[float, float], float | None]"
ARITHMETIC: dict[type[ast.operator], Operation] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.Pow: _power,
}
COMPARISON: dict[type[ast.cmpop], Operation] = {
    ast.Eq: lambda a, b: float(a == b),
    ast.NotEq: lambda a, b: float(a != b),
    ast.Lt: lambda a, b: float(a < b),
    ast.LtE: lambda a, b: float(a <= b),
    ast.Gt: lambda a, b: float(a > b),
    ast.GtE: lambda a, b: float(a >= b),
}
LOGIC: dict[type[ast.boolop], Operation] = {
    ast.And: lambda a, b: float(bool(a) and bool(b)),
    ast.Or: lambda a, b: float(bool(a) or bool(b)),
}


def combine(left: Value, right: Value, operation: Operation) -> Value:
    """A number with a number, a series with either; an array of series meets whatever it meets one by one."""
    if isinstance(left, str) or isinstance(right, str):
        raise ExpressionError("text cannot be calculated with")
    if isinstance(left, list):
        return [as_one(combine(each, right, operation)) for each in left]
    if isinstance(right, list):
        return [as_one(combine(left, each, operation)) for each in right]
    if isinstance(left, float) and isinstance(right, float):
        result = operation(left, right)
        if result is None:
            raise ExpressionError("a number is divided by zero")
        return result
    return _aligned(left, right, operation)


def _aligned(left: float | Series, right: float | Series, operation: Operation) -> Series:
    """Where but one of two series has a datapoint, the other's counts as 0; where none has, there is none."""
    if isinstance(left, float):
        return tuple(b if b is None else operation(left, b) for b in _series(right))
    if isinstance(right, float):
        return tuple(a if a is None else operation(a, right) for a in left)
    pairs = zip(left, right, strict=True)
    return tuple(None if a is None and b is None else operation(a or 0.0, b or 0.0) for a, b in pairs)


def _series(value: float | Series) -> Series:
    assert isinstance(value, tuple)  # noqa: S101 - tells the type checker
    return value


def combine_all(values: list[Value], operation: Operation) -> Value:
    result = values[0]
    for value in values[1:]:
        result = combine(result, value, operation)
    return result


def change_each(value: Value, change: Callable[[float], float]) -> Value:
    if isinstance(value, float):
        return change(value)
    if isinstance(value, tuple):
        return tuple(None if point is None else change(point) for point in value)
    return [as_one(change_each(series, change)) for series in as_many(value)]
