"""What the account is charged, hour by hour: the one record that bills are made from."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOUR, DAY = 3600, 86400
USAGE = "Usage"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Charge:
    """What a bill can tell one amount from another by. `tags` are those of the resource, sorted."""

    service: str
    usage_type: str
    region: str
    account: str
    unit: str = "N/A"
    record_type: str = USAGE
    tags: tuple[tuple[str, str], ...] = ()

    def dimension(self, name: str) -> str:
        """Of a dimension that nothing here has, nothing."""
        found = {
            "SERVICE": self.service,
            "USAGE_TYPE": self.usage_type,
            "REGION": self.region,
            "LINKED_ACCOUNT": self.account,
            "RECORD_TYPE": self.record_type,
        }
        return found.get(name, "")


@dataclass
class Amount:
    usd: Decimal = ZERO
    quantity: Decimal = ZERO

    def add(self, usd: Decimal, quantity: Decimal) -> None:
        self.usd += usd
        self.quantity += quantity


@dataclass
class Book:
    _hours: dict[int, dict[Charge, Amount]] = field(default_factory=lambda: defaultdict(dict))
    _lock: Any = field(default_factory=threading.Lock)

    def charge(self, since: float, until: float, charge: Charge, quantity: Decimal, usd: Decimal) -> None:
        """So much in all, spread evenly over the time; an instant counts for its hour."""
        for hour, share in _shares(since, until):
            with self._lock:
                amounts = self._hours[hour]
                if charge not in amounts:
                    amounts[charge] = Amount()
                amounts[charge].add(usd * share, quantity * share)

    def days(self, first: date, until: date, known_until: float) -> Mapping[date, dict[Charge, Amount]]:
        """What is charged on each day before `until`, of the hours that are over by `known_until`."""
        found: dict[date, dict[Charge, Amount]] = {}
        for hour, amounts in self._known(known_until):
            day = day_of(hour * HOUR)
            if first <= day < until:
                sums = found.setdefault(day, {})
                for charge, amount in amounts.items():
                    sums.setdefault(charge, Amount()).add(amount.usd, amount.quantity)
        return found

    def _known(self, known_until: float) -> Iterator[tuple[int, dict[Charge, Amount]]]:
        with self._lock:
            hours = sorted(self._hours.items())
        return ((hour, amounts) for hour, amounts in hours if (hour + 1) * HOUR <= known_until)

    def clear(self) -> None:
        with self._lock:
            self._hours.clear()


def day_of(at: float) -> date:
    """Bills count in UTC."""
    return datetime.fromtimestamp(at, UTC).date()


def midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _shares(since: float, until: float) -> Iterator[tuple[int, Decimal]]:
    """Each hour that the time touches, with its share of it."""
    whole = Decimal(repr(until)) - Decimal(repr(since))
    if whole <= 0:
        yield int(since // HOUR), Decimal(1)
        return
    begins = since
    while begins < until:
        hour = int(begins // HOUR)
        ends = min(until, float((hour + 1) * HOUR))
        yield hour, (Decimal(repr(ends)) - Decimal(repr(begins))) / whole
        begins = ends
