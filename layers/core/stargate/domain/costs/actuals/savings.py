"""What sleep and Spot would change of a month, line by line, so that the arithmetic can be followed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.assumptions import USUAL
from stargate.domain.costs.estimate import difference
from stargate.domain.costs.materials import UnpricedError, estimated
from stargate.domain.costs.money import ZERO
from stargate.domain.life.hours import DAYS
from stargate.domain.life.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.costs.assumptions import Usage
    from stargate.domain.costs.ceiling import Made
    from stargate.domain.costs.estimate import Change, Estimate, Line
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.gateway.presets import Spec

OFFICE = Schedule(DAYS[:5], "08:00", "20:00", "UTC")
SHARE = Decimal("0.0001")


@dataclass(frozen=True)
class Saving:
    """US dollars a month of 730 hours; `arithmetic` has a row for each line that changes."""

    what: str
    now: Decimal
    then: Decimal
    arithmetic: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "now": self.now,
            "then": self.then,
            "saves": self.now - self.then,
            "arithmetic": list(self.arithmetic),
        }


@dataclass(frozen=True)
class Pricing:
    """Prices an environment in other ways of running it; `tasks` is LiteLLM's average, 0 for the declared."""

    made: Made
    book: PriceBook
    tasks: Decimal = ZERO

    def estimate(self, spec: Spec | None = None, asleep: Decimal = ZERO) -> Estimate:
        environment, manifest = self.made
        preset = environment.preset_defaults()
        wanted, usage = spec or environment.spec, self._usage(asleep)
        return estimated(manifest, preset, wanted, self.book, usage, environment.region)

    def _usage(self, asleep: Decimal) -> Usage:
        values = {**USUAL.values, "asleep_share": asleep, "litellm_tasks": self.tasks}
        return replace(USUAL, values=values)

    @property
    def asleep(self) -> Decimal:
        """The share of a week in which its schedule has it sleep."""
        schedule = self.made[0].schedule
        return _share(schedule) if schedule else ZERO


def savings(pricing: Pricing) -> Iterator[Saving]:
    """Of sleeping outside working hours, if it has no schedule, and of Spot, if it does not run on it.

    Nothing of what has no price. What it already does is told by its schedule, as that saves it.
    """
    environment, _ = pricing.made
    now = pricing.estimate(asleep=pricing.asleep)
    if environment.schedule:
        yield _saving("its schedule saves this already", pricing.estimate(), now)
    else:
        share = _share(OFFICE)
        words = f"asleep but for mon-fri 08:00-20:00: {share * 100:.1f} % of the time"
        yield _saving(words, now, pricing.estimate(asleep=share))
    if not environment.spec.compute.spot:
        try:
            then = pricing.estimate(_on_spot(environment.spec), pricing.asleep)
        except UnpricedError:
            return
        yield _saving("tasks on Spot, which AWS may take back with two minutes' notice", now, then)


def _share(schedule: Schedule) -> Decimal:
    return Decimal(schedule.asleep_share).quantize(SHARE)


def _on_spot(spec: Spec) -> Spec:
    return replace(spec, compute=replace(spec.compute, spot=True))


def _saving(what: str, now: Estimate, then: Estimate) -> Saving:
    rows = tuple(_row(change, now, then) for change in difference(now, then))
    return Saving(what, now.total, then.total, rows)


def _row(change: Change, now: Estimate, then: Estimate) -> str:
    """`litellm vCPU: 2,920 x 0.04048 -> 1,043 x 0.04048 vCPU-hour = -76.01`."""
    before, after = _line(now, change), _line(then, change)
    told = f"{_product(before)} -> {_product(after)} {before.price.unit}"
    return f"{change.stack} {change.item}: {told} = {change.difference:+,.2f}"


def _line(estimate: Estimate, change: Change) -> Line:
    return next(line for line in estimate.lines if (line.stack, line.item) == (change.stack, change.item))


def _product(line: Line) -> str:
    return f"{line.quantity:,.1f} x {line.price.usd.normalize():f}"
