"""Tell what an environment cost on a day, and in the week and the month that ended with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import Account
from stargate.domain.costs.actuals.month import Month, day_of
from stargate.domain.costs.reports.page import page_of
from stargate.domain.costs.reports.periods import periods_of
from stargate.domain.costs.reports.report import Report
from stargate.domain.costs.reports.table import table_of
from stargate.domain.costs.reports.told import Told, lines_of, subject_of
from stargate.domain.operating.notices import note
from stargate.errors import ActionRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.costs.reports.periods import Period
    from stargate.domain.environment import Environment
    from stargate.ports.costs import CostReports
    from stargate.ports.people import Pager
    from stargate.ports.state import Environments
    from stargate.ports.world import Clock
    from stargate.usecases.costs.state_costs import StateCosts
    from stargate.usecases.narrate import Narrator

Document = dict[str, Any]


@dataclass(frozen=True)
class ReportCosts:
    environments: Environments
    state: StateCosts
    reports: CostReports
    people: Pager
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, day_told: str, bill: Mapping[str, Any]) -> Document:
        """`bill` is what came of reading AWS's.

        What was told of is not told again; only who is cut off between the telling and its record repeats it.
        """
        environment, day = self.environments.get(environment_id), date.fromisoformat(day_told)
        known = self.reports.get(environment_id, day)
        if known is not None:
            return {"reports": list(known.names), "usd": str(known.usd)}
        begun = day_of(environment.created_at)
        due = [period for period in periods_of(day) if period.last >= begun]
        documents = [self._report(environment, period, bill) for period in due]
        for document in documents:
            self.reports.keep(environment_id, document["report"], files_of(document))
        self._record(environment, day, documents, self._deliver(environment, day, documents))
        told = _told(day, documents, self.clock.now())
        self.reports.put(environment_id, told)
        return {"reports": list(told.names), "usd": str(told.usd)}

    def failed(self, environment_id: str, day_told: str, reason: str) -> None:
        """To the ledger; the next hour tries again."""
        words = f"the costs of {day_told} could not be reported, which is tried again each hour: {reason}"
        self._note(self.environments.get(environment_id), day_told, words, {})

    def _report(self, environment: Environment, period: Period, bill: Mapping[str, Any]) -> Document:
        accounts = {month: self._account(environment, month) for month in _months(period)}
        statement = self.state.of(environment, period.month).document()
        return Report(environment.name, period, accounts, statement, bill).document()

    def _account(self, environment: Environment, month: Month) -> Account:
        days = tuple(self.state.days.of(environment.environment_id, month))
        return Account(month, days, self.clock.now())

    def _deliver(self, environment: Environment, day: date, documents: Sequence[Document]) -> str:
        """Why nobody was told, or nothing."""
        text = "\n".join(lines_of(documents))
        try:
            self.people.tell(note(environment.name, f"costs-{day}", subject_of(documents), text))
        except ActionRefusedError as refused:
            return str(refused)
        return ""

    def _record(
        self, environment: Environment, day: date, documents: Sequence[Document], undelivered: str
    ) -> None:
        words = "; ".join(f"{one['of']} cost ${one['usd']:,.2f}" for one in documents)
        if undelivered:
            words += f"; nobody was told: {undelivered}"
        detail = {"reports": [one["report"] for one in documents], "usd": float(documents[0]["usd"])}
        self._note(environment, str(day), words, detail)

    def _note(self, environment: Environment, day: str, words: str, detail: Document) -> None:
        entry = self.narrator.entry(environment, "cost", day, words, "the clock", detail)
        self.environments.note(environment, entry)


def files_of(document: Document) -> dict[str, Any]:
    """By their endings: for people, for spreadsheets, for programs."""
    return {"html": page_of(document), "csv": table_of(document), "json": document}


def _months(period: Period) -> dict[Month, None]:
    days = (*period.before.days, *period.days)
    return dict.fromkeys(Month(day.year, day.month) for day in days)


def _told(day: date, documents: Sequence[Document], now: float) -> Told:
    first = documents[0]
    number = first["statement"]["number"]
    names = tuple(one["report"] for one in documents)
    return Told(day, names, first["usd"], number["month_to_date"], number["forecast"], now)
