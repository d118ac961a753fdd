"""Make sure that nothing of a removed environment is left but what was to be kept, wherever it could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Check, Environment, Status
from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.domain.life.ends import is_given_up
from stargate.errors import LeftoversError
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.life.ends import Kept
    from stargate.ports.provisioning import Inventory, Remains, Stacks
    from stargate.ports.state import Environments


@dataclass(frozen=True)
class CheckRetired:
    environments: Environments
    stacks: Stacks
    inventory: Inventory
    remains: Remains

    def __call__(self, environment_id: str, attempt: int) -> None:
        environment = current(self.environments, environment_id, attempt, Status.RETIRING)
        kept = tuple(self._kept(environment))
        known = {one.arn for one in kept}
        left = sorted({*self._stacks_left(environment), *self._resources_left(environment)} - known)
        check = Check("nothing left", not left, f"{len(left)} left", "0 left but what was to be kept")
        self.environments.record_checks(environment, (check,), kept)
        if left:
            raise LeftoversError(", ".join(left))

    def _kept(self, environment: Environment) -> Iterator[Kept]:
        """A secret counts as kept once its window runs; before that it was merely not deleted."""
        found = self.remains.of(environment.region, environment.name, environment.environment_id)
        for one in found:
            scheduled = one.kind == "snapshot" or one.until is not None
            if scheduled and not is_given_up(environment.farewell, one):
                yield one

    def _stacks_left(self, environment: Environment) -> Iterator[str]:
        for node in environment.graph.stacks:
            region = environment.region_of(node.name)
            observed = self.stacks.describe(region, environment.stack_name(node.name))
            if observed is not None and observed.belongs_to(environment.environment_id):
                yield observed.stack_id

    def _resources_left(self, environment: Environment) -> Iterator[str]:
        for region in sorted({*environment.regions, GLOBAL_REGION}):
            yield from self.inventory.tagged(region, environment.environment_id)
