"""The account that pays: what runs in it is charged as time passes, and is told with a bill's delay."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.gateways import registry
from local.services.billing.book import DAY, HOUR, Book, day_of, midnight
from local.services.billing.running import Tasks
from local.services.billing.standing import charge_standing
from local.services.billing.tariff import Tariff
from local.services.billing.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from local.clock import Clock
    from local.services.billing.book import Amount, Charge

EVERY = HOUR / 4
LATE = 8 * HOUR  # AWS brings a bill up to date three times a day or so
GROUPS_A_PAGE = 1000


@dataclass
class Account:
    clock: Clock
    book: Book = field(default_factory=Book)
    late: float = LATE
    tags_are_active: bool = True
    groups_a_page: int = GROUPS_A_PAGE
    _charged: float = 0.0
    _lock: Any = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        tariff = Tariff(self.book)
        self._tariff = tariff
        self.tasks, self.traffic = Tasks(tariff), Traffic(tariff)
        self._charged = self.clock.now()

    def now(self) -> float:
        return self.clock.now()

    def each_minute(self, now: float) -> None:
        """What comes and goes within a quarter of an hour is charged for all or for nothing of it."""
        if now - self._charged >= EVERY:
            self.catch_up()

    def catch_up(self) -> None:
        """Charge what stands and runs, for the time since the last time."""
        with self._lock, registry.lock:
            until = self.now()
            while self._charged < until:
                ends = min(until, midnight(day_of(self._charged)) + DAY)  # each month has its own hours
                charge_standing(self._tariff, self._charged, ends)
                self._charged = ends
            self.tasks.charge_running(until)

    def known(self, first: date, until: date) -> Mapping[date, dict[Charge, Amount]]:
        """By day, what a bill tells by now."""
        self.catch_up()
        return self.book.days(first, until, self.now() - self.late)
