"""What a change of a running environment adds to its bill for each hour that it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.prices import MissingPriceError
from stargate.domain.costs.rules import CPU_UNITS, MEGABYTES
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.environment import Environment

HUNDREDTH_OF_A_CENT = Decimal("0.0001")
TASK_OF_LITELLM = "task:litellm"
DATABASE = "database:"


@dataclass(frozen=True)
class Hourly:
    """`usd` is negative for what costs less, and None where something has no price: `why` says what."""

    usd: Decimal | None
    why: str = ""

    @property
    def words(self) -> str:
        """As it follows the reason of a decision; nothing to say of what costs nothing."""
        if self.usd is None:
            return f"; what it costs is not known: {self.why}"
        if not self.usd:
            return ""
        return f"; ${abs(self.usd)} an hour {'more' if self.usd > 0 else 'less'}"


def hourly(adds: Mapping[str, float], environment: Environment, book: PriceBook = SNAPSHOT) -> Hourly:
    """Of what an action adds, as its kind names it: `task:<service>`, `database:<class>`, to how many."""
    try:
        each = [Decimal(str(count)) * _of(what, environment, book) for what, count in adds.items()]
    except MissingPriceError as missing:
        return Hourly(None, str(missing))
    return Hourly(sum(each, Decimal(0)).quantize(HUNDREDTH_OF_A_CENT))


def _of(what: str, environment: Environment, book: PriceBook) -> Decimal:
    """MissingPriceError for what is not priced by the hour here, too."""
    if what == TASK_OF_LITELLM:
        return _task(environment, book)
    if what.startswith(DATABASE):
        zones = "multi" if environment.spec.database.multi_az else "single"
        return book.of(f"{what.removeprefix(DATABASE)}_{zones}", environment.region_of("data")).usd
    raise MissingPriceError(what, environment.region)


def _task(environment: Environment, book: PriceBook) -> Decimal:
    spec, region = environment.spec, environment.region_of("litellm")
    spot, architecture = "spot_" if spec.compute.spot else "", spec.compute.architecture.lower()
    cpu = book.of(f"fargate_{spot}vcpu_{architecture}", region).usd * spec.litellm.cpu / CPU_UNITS
    return cpu + book.of(f"fargate_{spot}gb_{architecture}", region).usd * spec.litellm.memory / MEGABYTES
