"""Whether the names are free that the environment will give, some of them within a deletion window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.usecases.provisioning.beforehand.traces import is_untouched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Belongings, Stacks
    from stargate.ports.state import Nodes

NOT_OURS = "is not ours: remove it, or choose another name"


@dataclass(frozen=True)
class Names:
    nodes: Nodes
    stacks: Stacks
    belongings: Belongings

    def faults(self, environment: Environment) -> Iterator[str]:
        yield from self._stack_faults(environment)
        yield from self._secret_faults(environment)
        yield from self._database_faults(environment)
        yield from self._left_over(environment)

    def _stack_faults(self, environment: Environment) -> Iterator[str]:
        """Only what is there is asked about: a crowd that asked for each name would be throttled for it."""
        places = {node.name: environment.region_of(node.name) for node in environment.graph.stacks}
        taken = {region: self.stacks.names(region) for region in set(places.values())}
        for node, region in places.items():
            name = environment.stack_name(node)
            observed = self.stacks.describe(region, name) if name in taken[region] else None
            if observed is not None and not observed.belongs_to(environment.environment_id):
                yield f"the stack name {name} is held by {observed.stack_id}, which {NOT_OURS}"

    def _secret_faults(self, environment: Environment) -> Iterator[str]:
        """What an earlier environment of the name has left is restored; any other secret holds its name."""
        if self._secrets_stand(environment):
            return
        region, prefix = environment.region, environment.secrets_prefix
        found = self.belongings.secrets(region, prefix)
        for secret in sorted(found, key=lambda one: one.name):
            if environment.shared is None and secret.environment == environment.name:
                continue
            if secret.is_going:
                yield (
                    f"the secret {secret.name} in {region} is within its deletion window: delete it without "
                    "recovery, or choose another name"
                )
            else:
                yield f"the secret {secret.name} in {region} {NOT_OURS}"

    def _secrets_stand(self, environment: Environment) -> bool:
        """Its own, of an earlier attempt; or those that it shares, of whoever came before."""
        if environment.shared is None:
            return not is_untouched(self.nodes, environment, "secrets")
        return self.stacks.describe(environment.region, environment.shared.stack_name) is not None

    def _database_faults(self, environment: Environment) -> Iterator[str]:
        region, identifier = environment.region, f"stargate-{environment.name}"
        if is_untouched(self.nodes, environment, "data") and self.belongings.has_database(region, identifier):
            yield f"the database {identifier} in {region} {NOT_OURS}"

    def _left_over(self, environment: Environment) -> Iterator[str]:
        """Of a gateway that somebody removed by hand: an attempt of ours has made its network first."""
        if not is_untouched(self.nodes, environment, "network"):
            return
        for what in self.belongings.left_over(environment.region, environment.name):
            yield f"{what} in {environment.region} {NOT_OURS}"
        if "waf" in environment.graph.names and is_untouched(self.nodes, environment, "waf"):
            for what in self.belongings.web_acls(f"stargate-{environment.name}"):
                yield f"{what} in {GLOBAL_REGION} {NOT_OURS}"
