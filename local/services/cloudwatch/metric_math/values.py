"""What an expression of metric math is made of and makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Series: TypeAlias = tuple[float | None, ...]  # one place for each period, None where there is no datapoint
Value: TypeAlias = "float | str | Series | list[Series]"


class ExpressionError(ValueError):
    """The expression is not metric math, or uses what is not known here; the message says what."""


@dataclass(frozen=True)
class Scope:
    """What an expression may name: series by id; which of them are metrics, not expressions; the period."""

    series: Mapping[str, Series]
    metrics: tuple[str, ...]
    period: int
    length: int


def as_many(value: Value) -> list[Series]:
    if isinstance(value, tuple):
        return [value]
    if isinstance(value, list):
        return value
    raise ExpressionError(f"{value!r} is not a time series")


def as_one(value: Value) -> Series:
    many = as_many(value)
    if len(many) != 1:
        raise ExpressionError("one time series is wanted, not several")
    return many[0]


def as_number(value: Value) -> float:
    if not isinstance(value, float):
        raise ExpressionError(f"{value!r} is not a number")
    return value
