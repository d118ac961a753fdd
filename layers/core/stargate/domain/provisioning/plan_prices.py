"""What a plan costs a month: before and after, the lines that differ, and what a schedule saves of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.costs.bill import UnpricedError, estimated
from stargate.domain.costs.estimate import Estimate, difference
from stargate.domain.costs.money import cents, total
from stargate.domain.costs.snapshot import SNAPSHOT

if TYPE_CHECKING:
    from decimal import Decimal

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Manifest

ASLEEP = ("vCPU", "memory", "database db.")  # lines that are not paid while an environment sleeps


def price_of(
    before: tuple[Environment, Manifest] | None, after: tuple[Environment, Manifest]
) -> dict[str, Any]:
    """US dollars a month; where something has no price, `unpriced` says what, and no sum is given."""
    try:
        was = None if before is None else _estimated(*before)
        will = _estimated(*after)
    except UnpricedError as missing:
        return {"currency": "USD", "unpriced": str(missing)}
    lines = difference(was or Estimate(()), will)
    return {
        "currency": "USD",
        "before": float(was.total) if was else 0.0,
        "after": float(will.total),
        "difference": float(will.total - (was.total if was else 0)),
        "lines": [
            {
                "stack": line.stack,
                "item": line.item,
                "before": float(line.before),
                "after": float(line.after),
                "difference": float(line.difference),
            }
            for line in lines
        ],
        "saved_by_schedule": float(_saved(after[0], will)),
    }


def _estimated(environment: Environment, manifest: Manifest) -> Estimate:
    return estimated(manifest, environment.preset_defaults(), environment.spec, SNAPSHOT)


def _saved(environment: Environment, estimate: Estimate) -> Decimal:
    sleeping = total(line.monthly for line in estimate.lines if line.item.startswith(ASLEEP))
    share = environment.schedule.asleep_share if environment.schedule else 0.0
    return cents(sleeping * round(share * 10_000) / 10_000)
