"""Make sure of what an environment finds there before anything of it is made.

That events come home from each of its regions, that the secrets stand which its preset shares, and that those
have their stack again which an earlier environment of its name has left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.common_stacks import Renew, decide_shared, shared_stack
from stargate.domain.gateway.regions import decide_region, forwarder, regions_away
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.provisioning.moves import Remove, Stands, Submit, first_failure
from stargate.errors import (
    CommonFailedError,
    CommonNotReadyError,
    StackExistsError,
    StackRefusedError,
    StackUnchangedError,
)
from stargate.usecases.provisioning.preflight import MAKING, current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.common_stacks import CommonMove, CommonStack
    from stargate.domain.gateway.shared import SharedSecrets
    from stargate.domain.provisioning.moves import ObservedStack
    from stargate.ports.provisioning import Manifests, Stacks
    from stargate.ports.state import Environments, Sharers
    from stargate.usecases.provisioning.restore_secrets import RestoreSecrets

    Decide = Callable[[ObservedStack | None], CommonMove]


def outputs_of(stacks: Stacks, shared: SharedSecrets) -> Mapping[str, str]:
    """What the shared stack gives out; nothing while it is not there."""
    observed = stacks.describe(shared.region, shared.stack_name)
    return {} if observed is None else observed.outputs


@dataclass(frozen=True)
class PrepareCommon:
    environments: Environments
    manifests: Manifests
    stacks: Stacks
    sharers: Sharers
    home_bus: str
    forwarder_role: str
    gateway_version: str  # the control plane's own: one forwarder serves environments of every version
    restore_secrets: RestoreSecrets

    def __call__(self, environment_id: str, attempt: int) -> None:
        """CommonNotReadyError until all of it stands; the same call again goes on from the truth."""
        environment = current(self.environments, environment_id, attempt, *MAKING)
        behind = [*self._regions_behind(environment), *self._secrets_behind(environment)]
        behind += filter(None, [self.restore_secrets(environment)])
        if behind:
            raise CommonNotReadyError("; ".join(behind))

    def _regions_behind(self, environment: Environment) -> Iterator[str]:
        version = self.gateway_version
        for region in regions_away(environment, self.home_bus.split(":")[3]):
            wanted = forwarder(region, self.home_bus, self.forwarder_role, version)
            move = self._move(environment, wanted, version, lambda seen: decide_region(seen, version))
            if not isinstance(move, Stands):
                yield f"{region}: {move.reason}"

    def _secrets_behind(self, environment: Environment) -> Iterator[str]:
        """Whoever joins first keeps the last who leaves from taking the secrets away meanwhile."""
        shared = environment.shared
        if shared is None:
            return
        self.sharers.join(shared, environment.environment_id)
        version = environment.gateway_version
        outputs = self.manifests.read(version).stacks[SECRETS].outputs
        move = self._move(
            environment, shared_stack(shared), version, lambda seen: decide_shared(seen, outputs)
        )
        if not isinstance(move, Stands):
            yield f"{shared.stack_name}: {move.reason}"

    def _move(
        self, environment: Environment, wanted: CommonStack, version: str, decide: Decide
    ) -> CommonMove:
        observed = self.stacks.describe(wanted.region, wanted.name)
        move, token = decide(observed), f"{environment.execution_name}-{wanted.template}"
        try:
            self._perform(wanted, version, observed, move, token)
        except (StackExistsError, StackUnchangedError):
            pass  # another environment asked for it first
        except StackRefusedError as refused:
            raise CommonFailedError(f"{wanted.name} in {wanted.region}: {refused}") from refused
        return move

    def _perform(
        self, wanted: CommonStack, version: str, observed: ObservedStack | None, move: CommonMove, token: str
    ) -> None:
        region, name = wanted.region, wanted.name
        if isinstance(move, Remove) and observed is not None:
            self._give_up(wanted, observed, token)
        elif isinstance(move, Submit | Renew):
            url = self.manifests.template_url(
                version, self.manifests.read(version).stacks[wanted.template].key
            )
            if isinstance(move, Submit):
                self.stacks.create(region, name, url, wanted.parameters, wanted.tags, token)
            else:
                self.stacks.update(region, name, url, wanted.parameters, token)

    def _give_up(self, wanted: CommonStack, observed: ObservedStack, token: str) -> None:
        """Say why it failed, and clear the way for the next attempt."""
        events = self.stacks.events(wanted.region, observed.stack_id)
        failure = first_failure(wanted.template, events, "CREATE")
        self.stacks.delete(wanted.region, observed.stack_id, f"{token}-remains")
        reason = failure.reason if failure else observed.reason or observed.status
        raise CommonFailedError(f"{wanted.name} in {wanted.region}: {reason}")
