"""One report: what the period cost by day and part, against the one before, and the month that it is in."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.month import Month
from stargate.domain.costs.actuals.parts import GROUPS, group_of
from stargate.domain.costs.money import ZERO, total

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from stargate.domain.costs.actuals.account import Account
    from stargate.domain.costs.reports.periods import Period

MOST_CHANGES = 8
Document = dict[str, Any]
Cells = dict[tuple["date", str], Decimal]


@dataclass(frozen=True)
class Report:
    """`accounts` are of every month that the period and the one before touch, `statement` of its last.

    `bill` says what came of reading AWS's bill: `failed` with why, or "", and `restated` days.
    """

    environment: str
    period: Period
    accounts: Mapping[Month, Account]
    statement: Mapping[str, Any]
    bill: Mapping[str, Any]

    @cached_property
    def cells(self) -> Cells:
        return self._cells(self.period)

    @cached_property
    def cells_before(self) -> Cells:
        return self._cells(self.period.before)

    @property
    def usd(self) -> Decimal:
        return total(self.cells.values())

    @property
    def usd_before(self) -> Decimal | None:
        """None if nothing is known of the days before: then there is nothing to compare with."""
        return total(self.cells_before.values()) if self.cells_before else None

    @property
    def difference(self) -> Decimal | None:
        return None if self.usd_before is None else self.usd - self.usd_before

    def document(self) -> Document:
        before = self.period.before
        return {
            "environment": self.environment,
            "report": self.period.name,
            "kind": self.period.kind.value,
            "of": self.period.words,
            "since": self.period.first.isoformat(),
            "until": self.period.last.isoformat(),
            "usd": self.usd,
            "groups": self._groups(),
            "before": {
                "since": before.first.isoformat(),
                "until": before.last.isoformat(),
                "usd": self.usd_before,
            },
            "difference": self.difference,
            "changes": [] if self.usd_before is None else self._changes(),
            "cells": self._told(),
            "bill": dict(self.bill),
            "statement": dict(self.statement),
        }

    def _cells(self, period: Period) -> Cells:
        days = frozenset(period.days)
        months = dict.fromkeys(Month(day.year, day.month) for day in period.days)
        found = [self.accounts[month].cells for month in months if month in self.accounts]
        return {key: usd for cells in found for key, usd in cells.items() if key[0] in days}

    def _groups(self) -> dict[str, Decimal]:
        sums = {
            group: total(usd for (_, part), usd in self.cells.items() if group_of(part) == group)
            for group in GROUPS
        }
        return {group: usd for group, usd in sums.items() if usd}

    def _changes(self) -> list[Document]:
        """The parts that differ most from the period before, whichever way."""
        now, then = _by_part(self.cells), _by_part(self.cells_before)
        changes = {part: now.get(part, ZERO) - then.get(part, ZERO) for part in {**then, **now}}
        largest = sorted(changes, key=lambda part: (-abs(changes[part]), part))
        return [
            {
                "part": part,
                "group": group_of(part),
                "before": then.get(part, ZERO),
                "now": now.get(part, ZERO),
                "difference": changes[part],
            }
            for part in largest[:MOST_CHANGES]
            if changes[part]
        ]

    def _told(self) -> list[Document]:
        """Each part of each day with what it is known by; days that nothing is known of are not there."""
        return [
            {
                "day": day.isoformat(),
                "state": self.accounts[Month(day.year, day.month)].states[day].value,
                "group": group_of(part),
                "part": part,
                "usd": usd,
            }
            for (day, part), usd in sorted(self.cells.items())
            if usd
        ]


def _by_part(cells: Cells) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for (_, part), usd in cells.items():
        sums[part] = sums.get(part, ZERO) + usd
    return sums
