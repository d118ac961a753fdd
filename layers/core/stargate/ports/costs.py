"""What things cost: as AWS lists it, as their use makes it, as AWS bills it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from stargate.domain.costs.actuals.day import Day
    from stargate.domain.costs.actuals.keys import KeyUse
    from stargate.domain.costs.actuals.month import Interval, Month
    from stargate.domain.costs.price_list import Query
    from stargate.domain.costs.prices import Price, PriceBook
    from stargate.domain.costs.reports.told import Told
    from stargate.domain.environment import Environment
    from stargate.domain.paging import Page


class Prices(Protocol):
    def book(self) -> PriceBook:
        """The newest prices that are known: those of AWS's price list, over the committed snapshot."""
        ...


class KeptPrices(Protocol):
    """The prices that AWS was asked for."""

    def listed(self) -> Sequence[Price]: ...

    def keep(self, prices: Iterable[Price]) -> None: ...


class PriceList(Protocol):
    def products(self, query: Query) -> Iterator[str]:
        """The documents of all products that the query finds; AwsThrottledError, AwsDeniedError."""
        ...


class Usage(Protocol):
    def measure(
        self, environment: Environment, outputs: Mapping[str, str], interval: Interval
    ) -> Mapping[str, Decimal]:
        """What was used in the interval, by name; what no datapoint tells of is left out."""
        ...


class KeyUses(Protocol):
    def used(self, environment: Environment, interval: Interval) -> list[KeyUse] | None:
        """What each virtual key used of each model in the interval; None where nobody can tell."""
        ...


class CostDays(Protocol):
    """What is known of an environment's costs, day by day."""

    def of(self, environment_id: str, month: Month) -> Sequence[Day]:
        """Those of the month that anything is known of, in order."""
        ...

    def get(self, environment_id: str, day: date) -> Day | None: ...

    def newest(self, environment_id: str) -> Day | None: ...

    def put(self, environment_id: str, day: Day) -> None:
        """ConflictError if somebody has written it since it was read."""
        ...


class Bills(Protocol):
    """AWS's bill by the environment's tag, from `since` to before `until`, as Cost Explorer answers.

    Nothing where AWS has no data yet; AwsThrottledError, AwsDeniedError.
    """

    def use(self, environment: str, since: date, until: date) -> Sequence[Mapping[str, Any]]: ...

    def beside(self, environment: str, since: date, until: date) -> Sequence[Mapping[str, Any]]: ...

    def tag_is_active(self) -> bool | None: ...


class CostReports(Protocol):
    """What was reported of an environment's costs, day by day, and the files of it."""

    def get(self, environment_id: str, day: date) -> Told | None: ...

    def page(self, environment_id: str, limit: int, before: date | None) -> Page[Told]:
        """The newest first, of days before that one; `after` is where the next page begins."""
        ...

    def put(self, environment_id: str, told: Told) -> None: ...

    def keep(self, environment_id: str, name: str, files: Mapping[str, Any]) -> None:
        """A report's files by their endings, each a text or a document; in the place of older ones."""
        ...

    def links(self, environment_id: str, name: str, seconds: int) -> dict[str, str]:
        """By their endings addresses that are good for so many seconds, for whoever has them."""
        ...
