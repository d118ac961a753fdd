"""Refuse what would cost more a month than an environment may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.costs.ceiling import ceiling_faults
from stargate.errors import InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.costs.ceiling import Made
    from stargate.domain.environment import Environment
    from stargate.ports.costs import Prices
    from stargate.ports.provisioning import Manifests


@dataclass(frozen=True)
class HoldCeiling:
    manifests: Manifests
    prices: Prices

    def __call__(self, before: Environment | None, after: Environment) -> None:
        """InvalidRequestError if `after` is above its ceiling and dearer than what stands."""
        if after.budget is None or after.budget.ceiling is None:
            return
        faults = list(
            ceiling_faults(
                None if before is None else self._made(before), self._made(after), self.prices.book()
            )
        )
        if faults:
            raise InvalidRequestError(faults)

    def _made(self, environment: Environment) -> Made:
        return environment, self.manifests.read(environment.gateway_version)
