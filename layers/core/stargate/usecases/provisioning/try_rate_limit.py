"""Try whether the web ACL blocks who asks too often, and write down what was found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.failure import Failure
from stargate.domain.gateway.rate_limit import ENOUGH, PATH, PATIENCE_SECONDS, check_rate_limit
from stargate.errors import ConflictError

if TYPE_CHECKING:
    from stargate.domain.environment import Check, Environment
    from stargate.ports.gateway import Flood
    from stargate.ports.state import Environments, Nodes
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

TRIES = 3
MAY_BE_TRIED = frozenset({Status.READY, Status.DEGRADED})


@dataclass(frozen=True)
class TryRateLimit:
    environments: Environments
    nodes: Nodes
    flood: Flood
    clock: Clock
    narrator: Narrator

    def __call__(self, environment_id: str, cause: str) -> str:
        """What was measured, or why nothing was."""
        environment = self.environments.get(environment_id)
        if environment.status not in MAY_BE_TRIED:
            return f"{environment.name} is {environment.status} by now"
        domain = self.nodes.all(environment_id)["edge"].outputs["DistributionDomain"]
        check = check_rate_limit(self.flood(domain, PATH, ENOUGH, PATIENCE_SECONDS))
        for _ in range(TRIES):
            try:
                return self._write(self.environments.get(environment_id), check, cause)
            except ConflictError:  # somebody wrote meanwhile: look again
                continue
        raise ConflictError(f"{environment_id} is changed by others all the time")

    def _write(self, environment: Environment, check: Check, cause: str) -> str:
        found = f"{check.name}: {check.measured}, asked {check.bound}"
        entry = self.narrator.entry(environment, "verification", check.name, found, cause, check.document())
        self.environments.replace(environment, self._with(environment, check, found), entry)
        return found

    def _with(self, environment: Environment, check: Check, found: str) -> Environment:
        """It is written beside the other checks; one that fails makes a READY gateway DEGRADED."""
        others = tuple(one for one in environment.checks if one.name != check.name)
        after = replace(environment, checks=(*others, check), updated_at=self.clock.now())
        if check.ok or environment.status is not Status.READY:
            return after
        return replace(after, status=Status.DEGRADED, failure=Failure("waf", "", "", found))
