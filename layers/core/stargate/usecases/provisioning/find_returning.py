"""Look for the secrets that an earlier environment of a name has left, and that have no stack yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.shared import SECRETS
from stargate.domain.provisioning.returning import is_due, returning

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Template
    from stargate.domain.provisioning.moves import ObservedStack
    from stargate.domain.provisioning.returning import Returning
    from stargate.ports.provisioning import Belongings, Manifests, Stacks


@dataclass(frozen=True)
class Found:
    """`secrets` are none where there is nothing to be done; `observed` is the stack that is to have them."""

    template: Template
    secrets: Returning
    observed: ObservedStack | None


@dataclass(frozen=True)
class FindReturning:
    manifests: Manifests
    stacks: Stacks
    belongings: Belongings

    def __call__(self, environment: Environment) -> Found:
        region = environment.region
        template = self.manifests.read(environment.gateway_version).stacks[SECRETS]
        secrets = returning(
            environment, template, self.belongings.secrets(region, environment.secrets_prefix)
        )
        observed = self.stacks.describe(region, environment.stack_name(SECRETS))
        return Found(template, secrets if is_due(observed, secrets) else {}, observed)
