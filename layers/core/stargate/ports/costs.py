"""What things cost: as AWS lists it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from stargate.domain.costs.price_list import Query
    from stargate.domain.costs.prices import Price, PriceBook


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
