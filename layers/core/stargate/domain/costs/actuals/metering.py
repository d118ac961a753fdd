"""From what was measured in a stretch of time to what it costs: the rules of the estimate, with use that was.

Fixed prices count for as long as things stand. What has no measure is assumed as an estimate assumes it, in
proportion to the time, and marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.month import Month
from stargate.domain.costs.assumptions import DEFAULTS, USUAL, Usage
from stargate.domain.costs.materials import estimated
from stargate.domain.costs.rules import MODELS, TOKENS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stargate.domain.costs.actuals.month import Interval
    from stargate.domain.costs.ceiling import Made
    from stargate.domain.costs.estimate import Kind, Line
    from stargate.domain.costs.prices import PriceBook

    Measured = Mapping[str, Decimal]

GB = Decimal(2**30)  # what AWS's price list and bills mean by it
MILLISECONDS = Decimal(1000)
SERVICES = ("litellm", "grafana", "langfuse", "victoria-metrics")
CALLS = "calls"  # model calls that were answered
TASK_HOURS = "litellm_task_hours"
KEYS_HOURS = "keys_hours"  # of which is known who used the models
COUNTED = (CALLS, TASK_HOURS)  # what is kept of the measures beside what it costs


@dataclass(frozen=True)
class Metered:
    """One line's part in a day: unrounded, since cents are cut once for a month.

    `item` is the price's, `quantity` in its unit. `assumed` says that no measure stands behind it.
    """

    stack: str
    name: str
    item: str
    kind: Kind
    unit: str
    quantity: Decimal
    usd: Decimal
    assumed: bool
    confirmed: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.stack, self.name, self.item

    def plus(self, other: Metered) -> Metered:
        return Metered(
            self.stack,
            self.name,
            self.item,
            self.kind,
            self.unit,
            self.quantity + other.quantity,
            self.usd + other.usd,
            self.assumed or other.assumed,
            self.confirmed and other.confirmed,
        )


def metered(
    made: Made, stacks: Collection[str], interval: Interval, measured: Measured, book: PriceBook
) -> list[Metered]:
    """What these stacks of the environment cost in the interval, of what is not nothing.

    UnpricedError where a price is missing.
    """
    environment, manifest = made
    usage = usage_in(interval, measured, at_rest=environment.is_at_rest)
    spec, preset = environment.spec, environment.preset_defaults()
    lines = estimated(manifest, preset, spec, book, usage, environment.region, stacks).lines
    return [metered_line(line) for line in lines if line.quantity]


def metered_line(line: Line) -> Metered:
    return Metered(
        line.stack,
        line.item,
        line.price.item,
        line.kind,
        line.price.unit,
        line.quantity,
        line.quantity * line.price.usd,
        bool(line.rests_on),
        line.price.confirmed,
    )


def completed(measured: Measured, known: Measured) -> dict[str, Decimal]:
    """With what AWS does not tell because there is nothing new, of measures that it has told before.

    Metrics of traffic have no datapoint where there was none; what is stored is told now and then.
    """
    found = dict(measured)
    for name, last in known.items():
        if name in LEVELS:
            found.setdefault(name, last)
        elif name in FLOWS or name.startswith(LOG_BYTES):
            found.setdefault(name, Decimal(0))
    return found


def usage_in(interval: Interval, measured: Measured, *, at_rest: bool) -> Usage:
    """What was used in the interval: measured where it was, else its part of the usual month."""
    month = Month.at(interval.since)
    share = interval.hours / month.hours
    values = {one.name: one.value * share if one.flows else one.value for one in DEFAULTS}
    values |= {
        "hours": interval.hours,
        "asleep_share": Decimal(1 if at_rest else 0),
        "litellm_tasks": USUAL["litellm_tasks"],
    }
    found = _used(interval, measured)
    counted = {**_counts(measured), **_absences(measured, at_rest=at_rest)}
    return Usage({**values, **_between_zones(found), **found}, month.hours, counted, frozenset(found))


def _between_zones(found: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """No metric tells of it: assumed to go with the traffic, where that is measured, and so still assumed."""
    traffic = ("cdn_gb", "cdn_upload_gb")
    if not all(name in found for name in traffic):
        return {}
    usual, seen = (sum((of[name] for name in traffic), Decimal(0)) for of in (USUAL, found))
    return {"zone_gb": USUAL["zone_gb"] * seen / usual}


def _used(interval: Interval, measured: Measured) -> dict[str, Decimal]:
    """Assumptions that need not be made, by their names."""
    found = {name: measured[source] / unit for name, (source, unit) in USED.items() if source in measured}
    if "balancer_lcu_hours" in measured:
        found["balancer_lcu"] = measured["balancer_lcu_hours"] / interval.hours
    if any(name.startswith(LOG_BYTES) for name in measured):
        found["log_gb"] = Decimal(0)  # of a group that tells nothing while others do: nobody wrote to it
    calls = measured.get("observer_calls")
    if calls and "observer_milliseconds" in measured:
        found["observer_seconds"] = measured["observer_milliseconds"] / MILLISECONDS / calls
    return found


USED = {
    "nat_gb": ("nat_bytes", GB),
    "cdn_gb": ("cdn_bytes", GB),
    "cdn_upload_gb": ("cdn_upload_bytes", GB),
    "cdn_requests": ("cdn_requests", Decimal(1)),
    "file_gb": ("file_bytes", GB),
    "file_read_gb": ("file_read_bytes", GB),
    "file_write_gb": ("file_write_bytes", GB),
    "observer_calls": ("observer_calls", Decimal(1)),
}
LEVELS = frozenset({"file_bytes"})
FLOWS = frozenset(source for source, _ in USED.values()) - LEVELS
LOG_BYTES = "log_bytes:"


def _counts(measured: Measured) -> dict[str, Decimal]:
    logs = {
        f"log_gb:{name.removeprefix(LOG_BYTES)}": value / GB
        for name, value in measured.items()
        if name.startswith(LOG_BYTES)
    }
    return {**measured, **logs}


def _absences(measured: Measured, *, at_rest: bool) -> dict[str, Decimal]:
    """What no measure means: no token where no model was called, no task and no database in a sleeping one.

    Of a gateway that is awake a missing measure of tasks or database is no zero: it is assumed to run.
    """
    names = [f"{model}_{part}" for model in MODELS for part in TOKENS]
    if at_rest:
        names += [*(f"{service}_task_hours" for service in SERVICES), "database_hours"]
    return {name: Decimal(0) for name in names if name not in measured}
