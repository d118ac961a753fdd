"""Whether CloudFormation's role may make everything that the templates have, where they have it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.parameters import environment_parameters
from stargate.domain.provisioning.rights import refusals
from stargate.errors import ManifestNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Manifests, Rights


@dataclass(frozen=True)
class Leave:
    manifests: Manifests
    rights: Rights

    def faults(self, environment: Environment) -> Iterator[str]:
        for region, types in self._types(environment).items():
            yield from refusals(self.rights.refused(region, environment.name, types), region)

    def _types(self, environment: Environment) -> dict[str, list[str]]:
        """What is made in each region, in the order of the graph."""
        try:
            manifest = self.manifests.read(environment.gateway_version)
        except ManifestNotFoundError:
            return {}  # told already
        declared = environment_parameters(environment, "", "")
        found: dict[str, list[str]] = {}
        for node in environment.graph.stacks:
            if node.name in manifest.stacks:
                present = manifest.stacks[node.name].present(declared)
                found.setdefault(environment.region_of(node.name), []).extend(one.type for _, one in present)
        return {region: list(dict.fromkeys(types)) for region, types in found.items()}
