"""What is known of an environment's costs on one day of UTC: by its use, by its keys, and by AWS's bill."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.metering import CALLS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from stargate.domain.costs.actuals.bill import Billed
    from stargate.domain.costs.actuals.keys import KeyUse
    from stargate.domain.costs.actuals.metering import Metered


@dataclass(frozen=True)
class Day:
    """`since` and `until` are the moments between which its use was metered.

    `seen` are counts that cost nothing by themselves, such as answered calls. `measures` is the last value of
    each measure that there ever was: which of them are to be expected. `keys` is what the gateway's
    own metrics told of who used it. `billed` is None as long as no bill was read, `billed_at` when it was.
    `version` 0 was never written.
    """

    day: date
    since: float
    until: float
    metered: tuple[Metered, ...] = ()
    seen: Mapping[str, Decimal] = field(default_factory=dict)
    keys: tuple[KeyUse, ...] = ()
    billed: tuple[Billed, ...] | None = None
    billed_at: float | None = None
    measures: Mapping[str, Decimal] = field(default_factory=dict)
    version: int = 0

    def with_metered(
        self,
        lines: Iterable[Metered],
        until: float,
        seen: Mapping[str, Decimal],
        measures: Mapping[str, Decimal],
    ) -> Day:
        sums = {line.key: line for line in self.metered}
        for line in lines:
            known = sums.get(line.key)
            sums[line.key] = line if known is None else known.plus(line)
        counts = {name: self.seen.get(name, Decimal(0)) + value for name, value in seen.items()}
        return replace(
            self, metered=tuple(sums.values()), until=until, seen={**self.seen, **counts}, measures=measures
        )

    def with_keys(self, used: Iterable[KeyUse]) -> Day:
        sums = {one.who: one for one in self.keys}
        for one in used:
            known = sums.get(one.who)
            sums[one.who] = one if known is None else known.plus(one)
        return replace(self, keys=tuple(sums.values()))

    def with_bill(self, billed: Iterable[Billed], at: float) -> Day:
        return replace(self, billed=tuple(billed), billed_at=at)

    @property
    def metered_hours(self) -> Decimal:
        return Decimal(self.until - self.since) / 3600

    @property
    def calls(self) -> Decimal:
        return self.seen.get(CALLS, Decimal(0))
