"""What is kept of a day's reports, and how people are told of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True)
class Told:
    """What was told once `day` was over; US dollars, `month_to_date` and `forecast` of its month."""

    day: date
    names: tuple[str, ...]
    usd: Decimal
    month_to_date: Decimal
    forecast: Decimal
    at: float


def subject_of(reports: Sequence[Mapping[str, Any]]) -> str:
    first = reports[0]
    return f"Costs of {first['environment']}: ${first['usd']:,.2f} on {first['of']}"


def lines_of(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each report in a line, then the month, its budget, what changed most, and what is not sure."""
    for report in reports:
        against = (
            "" if report["difference"] is None else f", {report['difference']:+,.2f} against the one before"
        )
        yield f"{report['of']}: ${report['usd']:,.2f}{against}"
    statement = reports[0]["statement"]
    number, forecast = statement["number"], statement["forecast"]
    yield (
        f"{statement['month']} to date: ${number['month_to_date']:,.2f} (infrastructure"
        f" ${number['infrastructure']:,.2f}, tokens ${number['tokens']:,.2f},"
        f" control plane ${number['control_plane']:,.2f})"
    )
    if forecast["by_day"]:
        band = f"${forecast['low']:,.2f} to ${forecast['high']:,.2f}"
        share = f"in {forecast['range_percent']} of 100 such months"
        yield f"expected at its end: ${forecast['expected']:,.2f}, {band} {share}"
    if number["budget"] is not None:
        passes = number["passes_budget_on"]
        when = f", which it is expected to pass on {passes}" if passes else ""
        yield f"{number['budget_percent']:.0f} % of its budget of ${number['budget']:,.2f}{when}"
    for change in reports[0]["changes"][:3]:
        yield f"{change['part']}: {change['difference']:+,.2f}, now ${change['now']:,.2f}"
    if reports[0]["bill"].get("failed"):
        yield f"AWS's bill could not be read: {reports[0]['bill']['failed']}"
    yield from statement["notes"]
    yield f"pages, tables and documents: stargate cost {reports[0]['environment']} --reports"
