"""Cost Explorer: GetCostAndUsage with filters, groups and pages, and what it takes to ask it well.

Amounts come late, and are an estimate until their month is closed, as at AWS.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from local.services.billing.book import Amount, Charge, midnight
from local.services.billing.expressions import dimension, fits, refused, tag
from local.services.billing.paging import place_of, token_of
from local.services.billing.wire import installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from local.services.billing.account import Account

SERVICE, TARGET = "ce", "AWSInsightsIndexService."
COSTS = ("UnblendedCost", "BlendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost")
QUANTITY = "UsageQuantity"
METRICS = (*COSTS, QUANTITY, "NormalizedUsageAmount")
DAY = timedelta(days=1)
CLOSED_AFTER = 5 * 86400.0  # of a month's end; AWS says "within 10 days"
MOST_GROUPS = 2
Document = dict[str, Any]
Keys = tuple[str, ...]
Period = tuple[date, date]


@dataclass(frozen=True)
class CostExplorer:
    account: Account

    def get_cost_and_usage(self, asked: Document) -> Document:
        names, metrics = asked.get("GroupBy", []), asked.get("Metrics", [])
        _check(names, metrics)
        periods = list(_periods(asked))
        rows = list(self._rows(asked, periods, names, metrics))
        page, token = _page(rows, asked, self.account.groups_a_page)
        results = [self._result(period, page, grouped=bool(names)) for period in _told(periods, rows, page)]
        found: Document = {"ResultsByTime": results, "DimensionValueAttributes": [], **token}
        if names:
            found["GroupDefinitions"] = [{"Type": one["Type"], "Key": one["Key"]} for one in names]
        return found

    def get_tags(self, asked: Document) -> Document:
        """Keys, or the values of one of them."""
        key, found = asked.get("TagKey"), set()
        for charge in self._charges(asked):
            tags = dict(charge.tags) if self.account.tags_are_active else {}
            found |= set(tags) if key is None else {tags.get(key, "")}
        return {"Tags": sorted(found), "ReturnSize": len(found), "TotalSize": len(found)}

    def get_dimension_values(self, asked: Document) -> Document:
        found = sorted({dimension(asked["Dimension"], charge) for charge in self._charges(asked)} - {""})
        values = [{"Value": value, "Attributes": {}} for value in found]
        return {"DimensionValues": values, "ReturnSize": len(values), "TotalSize": len(values)}

    def list_cost_allocation_tags(self, asked: Document) -> Document:
        used = sorted({name for charge in self._charges({}) for name, _ in charge.tags})
        keys = asked.get("TagKeys") or used
        status = "Active" if self.account.tags_are_active else "Inactive"
        now = datetime.fromtimestamp(self.account.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        tags = [
            {
                "TagKey": key,
                "Type": "UserDefined",
                "Status": status,
                "LastUpdatedDate": now,
                "LastUsedDate": now,
            }
            for key in keys
            if asked.get("Status", status) == status and asked.get("Type", "UserDefined") == "UserDefined"
        ]
        return {"CostAllocationTags": tags}

    def _charges(self, asked: Document) -> set[Charge]:
        first, until = date.min, date.max
        if "TimePeriod" in asked:
            first, until = _days(asked)
        known = self.account.known(first, until)
        tagged = self.account.tags_are_active
        charges = {charge for amounts in known.values() for charge in amounts}
        return {charge for charge in charges if fits(asked.get("Filter"), charge, tagged=tagged)}

    def _rows(
        self, asked: Document, periods: list[tuple[date, date]], names: list[Document], metrics: list[str]
    ) -> Iterator[tuple[date, Document]]:
        """One for each group of each period; one for the whole where nothing is grouped."""
        known = self.account.known(periods[0][0], periods[-1][1])
        for first, until in periods:
            groups: dict[Keys, tuple[Amount, set[str]]] = {} if names else {(): (Amount(), set())}
            for day, amounts in known.items():
                if first <= day < until:
                    self._add(groups, amounts, asked.get("Filter"), names)
            for keys, (amount, units) in sorted(groups.items(), key=lambda one: one[0]):
                yield first, {"Keys": list(keys), "Metrics": _metrics(amount, units, metrics)}

    def _add(
        self,
        groups: dict[Keys, tuple[Amount, set[str]]],
        amounts: Mapping[Charge, Amount],
        wanted: Document | None,
        names: list[Document],
    ) -> None:
        tagged = self.account.tags_are_active
        for charge, amount in amounts.items():
            if fits(wanted, charge, tagged=tagged):
                keys = tuple(_key(name, charge, tagged=tagged) for name in names)
                total, units = groups.setdefault(keys, (Amount(), set()))
                total.add(amount.usd, amount.quantity)
                units.add(charge.unit)

    def _result(
        self, period: tuple[date, date], page: list[tuple[date, Document]], *, grouped: bool
    ) -> Document:
        first, until = period
        rows = [row for day, row in page if day == first]
        closed = self.account.now() > midnight(_next_month(first)) + CLOSED_AFTER
        told = {
            "TimePeriod": {"Start": first.isoformat(), "End": until.isoformat()},
            "Estimated": not closed,
        }
        if grouped:
            return {**told, "Total": {}, "Groups": rows}
        return {**told, "Total": rows[0]["Metrics"], "Groups": []}


def _check(names: list[Document], metrics: list[str]) -> None:
    if not metrics:
        raise refused("At least one metric must be specified")
    unknown = [one for one in metrics if one not in METRICS]
    if unknown:
        raise refused(f"Invalid metrics: {', '.join(unknown)}; there are {', '.join(METRICS)}")
    if len(names) > MOST_GROUPS:
        raise refused("GroupBy may have at most two items")


def _days(asked: Document) -> tuple[date, date]:
    period = asked["TimePeriod"]
    first, until = date.fromisoformat(period["Start"][:10]), date.fromisoformat(period["End"][:10])
    if first >= until:
        raise refused("Start date (and hour) should be before end date (and hour)")
    return first, until


def _periods(asked: Document) -> Iterator[tuple[date, date]]:
    first, until = _days(asked)
    step = STEPS.get(asked.get("Granularity", ""))
    if step is None:
        raise refused(f"Granularity must be one of {', '.join(STEPS)}: hours are not switched on here")
    while first < until:
        ends = min(step(first), until)
        yield first, ends
        first = ends


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


STEPS: dict[str, Callable[[date], date]] = {"DAILY": lambda day: day + DAY, "MONTHLY": _next_month}


def _key(name: Document, charge: Charge, *, tagged: bool) -> str:
    if name["Type"] == "TAG":
        return f"{name['Key']}${tag(name['Key'], charge, tagged=tagged)}"
    if name["Type"] == "DIMENSION":
        found = dimension(name["Key"], charge)
        return found or f"No{name['Key'].title().replace('_', '')}"
    raise refused(f"GroupBy {name['Type']} is not known here; there are DIMENSION and TAG")


def _metrics(amount: Amount, units: set[str], metrics: list[str]) -> Document:
    """Nothing here is bought beforehand or shared by accounts: every cost is the same."""
    unit = units.pop() if len(units) == 1 else "N/A"
    quantity = {"Amount": _text(amount.quantity), "Unit": unit}
    return {
        name: {"Amount": _text(amount.usd), "Unit": "USD"} if name in COSTS else quantity for name in metrics
    }


def _text(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('1e-10')).normalize():f}"


def _page(rows: list[Any], asked: Document, size: int) -> tuple[list[Any], Document]:
    start = place_of(asked.get("NextPageToken"))
    more = len(rows) > start + size
    token = {"NextPageToken": token_of(start + size)} if more else {}
    return rows[start : start + size], token


def _told(
    periods: list[tuple[date, date]], rows: list[tuple[date, Document]], page: list[tuple[date, Document]]
) -> list[tuple[date, date]]:
    """Of a page, the periods that its groups belong to; those without any are told where all is."""
    if len(page) == len(rows):
        return periods
    days = {day for day, _ in page}
    return [period for period in periods if period[0] in days]


def install(account: Account) -> None:
    explorer = CostExplorer(account)
    operations = {
        "GetCostAndUsage": explorer.get_cost_and_usage,
        "GetTags": explorer.get_tags,
        "GetDimensionValues": explorer.get_dimension_values,
        "ListCostAllocationTags": explorer.list_cost_allocation_tags,
    }
    installed(SERVICE, TARGET, operations)
