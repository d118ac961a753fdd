"""Make sure that nothing of a removed environment is left, wherever it could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Check, Environment, Status
from stargate.domain.graph import GLOBAL_REGION
from stargate.errors import LeftoversError
from stargate.usecases.preflight import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.ports import Environments, Inventory, Stacks


@dataclass(frozen=True)
class CheckRetired:
    environments: Environments
    stacks: Stacks
    inventory: Inventory

    def __call__(self, environment_id: str, attempt: int) -> None:
        environment = current(self.environments, environment_id, attempt, Status.RETIRING)
        left = sorted({*self._stacks_left(environment), *self._resources_left(environment)})
        check = Check("nothing left", not left, f"{len(left)} left", "0 left")
        self.environments.record_checks(environment, (check,))
        if left:
            raise LeftoversError(", ".join(left))

    def _stacks_left(self, environment: Environment) -> Iterator[str]:
        for node in environment.graph.stacks:
            region = environment.region_of(node.name)
            observed = self.stacks.describe(region, environment.stack_name(node.name))
            if observed is not None and observed.belongs_to(environment.environment_id):
                yield observed.stack_id

    def _resources_left(self, environment: Environment) -> Iterator[str]:
        for region in sorted({*environment.regions, GLOBAL_REGION}):
            yield from self.inventory.tagged(region, environment.environment_id)
