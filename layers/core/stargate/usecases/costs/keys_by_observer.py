"""Which virtual key used the models, as the gateway's own metrics tell it: asked of the observer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.actuals.keys import key_uses
from stargate.domain.gateway.observer import KEY_USE

if TYPE_CHECKING:
    from stargate.domain.costs.actuals.keys import KeyUse
    from stargate.domain.costs.actuals.month import Interval
    from stargate.domain.environment import Environment
    from stargate.ports.gateway import Observer


@dataclass(frozen=True)
class KeysByObserver:
    observer: Observer

    def used(self, environment: Environment, interval: Interval) -> list[KeyUse] | None:
        """None where nobody can tell: what was used is metered all the same, and only not by whom."""
        given = {"until": interval.until, "seconds": round(interval.until - interval.since)}
        seen = self.observer.ask(environment.region, environment.name, KEY_USE, given)
        return key_uses(seen.measured["rows"]) if seen.asked and seen.ok else None
