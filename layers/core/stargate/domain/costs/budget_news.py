"""What a month's spending says of its budget: which thresholds are passed, and whether it will hold.

Each threshold of each month is a report of its own: told once, and over with the month, or when the budget is
raised.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.costs.budget import Budget
    from stargate.domain.operating.conditions import Condition

KIND, SUBJECT = "budget-passed", "cost"
SPENT, EXPECTED = "spent", "expected"  # how sources of ours begin; AWS Budgets' are called otherwise
WHOLE = 100
HOLDS_AGAIN = Decimal(95)  # percent expected: until then it goes on to be told that the budget will not hold


@dataclass(frozen=True)
class News:
    """What one source says now; `severity` None is that it does not say so any more."""

    source: str
    severity: Severity | None
    facts: Mapping[str, Any]


def budget_news(
    number: Mapping[str, Any], month: str, budget: Budget | None, known: Condition | None
) -> Iterator[News]:
    """What changes by the number of a statement, against what the condition was told before."""
    now = dict(_said(number, month, budget, known))
    reports = known.reports if known else {}
    told = {source for source, report in reports.items() if report.opens and _is_ours(source)}
    for source, severity in now.items():
        if source not in told:
            yield News(source, severity, _facts(number, month))
    for source in sorted(told - set(now)):
        yield News(source, None, _facts(number, month))


def _said(
    number: Mapping[str, Any], month: str, budget: Budget | None, known: Condition | None
) -> Iterator[tuple[str, Severity]]:
    if budget is None or budget.monthly is None:
        return
    for threshold in budget.thresholds:
        if number["budget_percent"] >= threshold:
            severity = Severity.CRITICAL if threshold >= WHOLE else Severity.WARNING
            yield f"{SPENT} {month} {threshold} %", severity
    source = f"{EXPECTED} {month}"
    report = known.reports.get(source) if known else None
    bound = HOLDS_AGAIN if report is not None and report.opens else Decimal(WHOLE)
    if number["forecast_percent"] > bound and number["budget_percent"] < WHOLE:
        yield source, Severity.WARNING


def _is_ours(source: str) -> bool:
    return source.startswith((f"{SPENT} ", f"{EXPECTED} "))


def _facts(number: Mapping[str, Any], month: str) -> dict[str, Any]:
    facts = {
        "month": month,
        "spent_usd": number["month_to_date"],
        "budget_usd": number["budget"],
        "percent": number["budget_percent"],
        "expected_usd": number["forecast"],
        "expected_percent": number["forecast_percent"],
        "passes_on": number["passes_budget_on"],
    }
    return {
        name: float(value) if isinstance(value, Decimal) else value
        for name, value in facts.items()
        if value is not None
    }
