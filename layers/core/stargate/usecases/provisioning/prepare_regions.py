"""Make sure that events come home from every region of an environment, before anything happens there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.regions import (
    REGION_STACK,
    REGION_TEMPLATE,
    Renew,
    decide_region,
    regions_away,
)
from stargate.domain.provisioning.moves import Remove, Stands, Submit, first_failure
from stargate.errors import (
    RegionFailedError,
    RegionNotReadyError,
    StackExistsError,
    StackRefusedError,
    StackUnchangedError,
)
from stargate.usecases.provisioning.preflight import MAKING, current

if TYPE_CHECKING:
    from stargate.domain.gateway.regions import RegionMove
    from stargate.domain.provisioning.moves import ObservedStack
    from stargate.ports.provisioning import Manifests, Stacks
    from stargate.ports.state import Environments


@dataclass(frozen=True)
class PrepareRegions:
    environments: Environments
    manifests: Manifests
    stacks: Stacks
    home_bus: str
    forwarder_role: str
    gateway_version: str  # the control plane's own: one forwarder serves environments of every version

    def __call__(self, environment_id: str, attempt: int) -> None:
        """RegionNotReadyError until every region is; the same call again goes on from the truth."""
        environment = current(self.environments, environment_id, attempt, *MAKING)
        home = self.home_bus.split(":")[3]
        token = f"{environment_id}-{attempt}-region"
        behind = [
            f"{region}: {move.reason}"
            for region in regions_away(environment, home)
            if not isinstance(move := self._move(region, token), Stands)
        ]
        if behind:
            raise RegionNotReadyError("; ".join(behind))

    def _move(self, region: str, token: str) -> RegionMove:
        observed = self.stacks.describe(region, REGION_STACK)
        move = decide_region(observed, self.gateway_version)
        try:
            self._perform(region, observed, move, token)
        except (StackExistsError, StackUnchangedError):
            pass  # another environment asked for it first
        except StackRefusedError as refused:
            raise RegionFailedError(f"{REGION_STACK} in {region}: {refused}") from refused
        return move

    def _perform(self, region: str, observed: ObservedStack | None, move: RegionMove, token: str) -> None:
        if isinstance(move, Submit):
            tags = {"stargate:stack": REGION_TEMPLATE}
            self.stacks.create(region, REGION_STACK, self._template(), self._parameters(), tags, token)
        elif isinstance(move, Renew):
            self.stacks.update(region, REGION_STACK, self._template(), self._parameters(), token)
        elif isinstance(move, Remove) and observed is not None:
            self._give_up(region, observed, token)

    def _give_up(self, region: str, observed: ObservedStack, token: str) -> None:
        """Say why it failed, and clear the way for the next attempt."""
        failure = first_failure(REGION_TEMPLATE, self.stacks.events(region, observed.stack_id), "CREATE")
        self.stacks.delete(region, observed.stack_id, f"{token}-remains")
        reason = failure.reason if failure else observed.reason or observed.status
        raise RegionFailedError(f"{REGION_STACK} in {region}: {reason}")

    def _template(self) -> str:
        key = self.manifests.read(self.gateway_version).stacks[REGION_TEMPLATE].key
        return self.manifests.template_url(self.gateway_version, key)

    def _parameters(self) -> dict[str, str]:
        return {
            "HomeBusArn": self.home_bus,
            "ForwarderRoleArn": self.forwarder_role,
            "ForwarderVersion": self.gateway_version,
        }
