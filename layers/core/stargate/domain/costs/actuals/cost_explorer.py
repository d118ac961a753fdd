"""Cost Explorer's answers, read: whatever they are grouped by, in whichever granularity.

A group is told by its keys, a tag's as `key$value`, where an empty value means that the tag is missing.
Amounts are text with more digits than cents have, and may be negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CURRENCY = "USD"
COSTS = frozenset({"UnblendedCost", "BlendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost"})


class UnreadableBillError(ValueError):
    """An answer that is none of Cost Explorer's, or bills in another currency than dollars."""


@dataclass(frozen=True)
class Row:
    """One group of one period: `keys` by dimension or tag, none without groups; `amounts` by metric.

    `estimated` says that AWS may still change it.
    """

    day: date
    estimated: bool
    keys: Mapping[str, str]
    amounts: Mapping[str, Decimal]


def rows_of(answers: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Of every page, in order; UnreadableBillError says what cannot be read."""
    pages = list(answers)
    if not pages:
        return []
    names = _names(pages)
    try:
        return [row for page in pages for period in page["ResultsByTime"] for row in _rows(period, names)]
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        if isinstance(error, UnreadableBillError):
            raise
        raise UnreadableBillError(f"no answer of Cost Explorer: {error}") from error


def _names(pages: list[Mapping[str, Any]]) -> list[str]:
    """What the keys of a group are, in order. Pages after the first need not repeat it."""
    told: list[Any] = next((page["GroupDefinitions"] for page in pages if page.get("GroupDefinitions")), [])
    return [str(one["Key"]) for one in told]


def _rows(period: Mapping[str, Any], names: list[str]) -> Iterator[Row]:
    day = date.fromisoformat(str(period["TimePeriod"]["Start"])[:10])  # an hour's begins with its day
    estimated = bool(period.get("Estimated", False))
    groups = period.get("Groups") or []
    if not groups and period.get("Total"):
        yield Row(day, estimated, {}, _amounts(period["Total"]))
    for group in groups:
        told = group["Keys"]
        if names and len(names) != len(told):
            raise UnreadableBillError(f"a group of {len(told)} keys, {len(names)} were asked for")
        keys = {name: _key(name, value) for name, value in zip(names or _numbered(told), told, strict=True)}
        yield Row(day, estimated, keys, _amounts(group["Metrics"]))


def _numbered(keys: list[str]) -> list[str]:
    return [str(number) for number in range(len(keys))]


def _key(name: str, value: str) -> str:
    """A tag's value without the tag's name; a dimension's as it is."""
    return value.removeprefix(f"{name}$") if value.startswith(f"{name}$") else value


def _amounts(metrics: Mapping[str, Any]) -> dict[str, Decimal]:
    found = {}
    for metric, told in metrics.items():
        amount = Decimal(str(told["Amount"]))
        if metric in COSTS and told.get("Unit", CURRENCY) != CURRENCY and amount:
            raise UnreadableBillError(f"billed in {told['Unit']}: only {CURRENCY} is reckoned with")
        if not amount.is_finite():
            raise UnreadableBillError(f"{metric} is {told['Amount']}")
        found[metric] = amount
    return found
