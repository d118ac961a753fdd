"""Restore what secrets an earlier environment of the name has left, and have the new stack take them over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.shared import SECRETS
from stargate.domain.gateway.tags import stack_tags
from stargate.domain.provisioning.moves import Remove, Stands, Submit
from stargate.domain.provisioning.returning import (
    Adopt,
    Complete,
    decide_return,
    narrowed,
    parameters_of,
)
from stargate.errors import CommonFailedError, StackExistsError, StackRefusedError, StackUnchangedError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Template
    from stargate.domain.provisioning.moves import ObservedStack
    from stargate.domain.provisioning.returning import ReturnMove
    from stargate.ports.provisioning import Adoptions, Manifests, Stacks
    from stargate.usecases.provisioning.find_returning import FindReturning, Found


@dataclass(frozen=True)
class RestoreSecrets:
    find_returning: FindReturning
    manifests: Manifests
    stacks: Stacks
    adoptions: Adoptions

    def __call__(self, environment: Environment) -> str | None:
        """Make the next move; what is still awaited, or None once they have their stack or there are none."""
        found = self.find_returning(environment)
        if not found.secrets:
            return None
        region, name = environment.region, environment.stack_name(SECRETS)
        move = decide_return(found.observed)
        try:
            self._perform(environment, found, move)
        except (StackExistsError, StackUnchangedError):
            pass  # the same call came twice
        except StackRefusedError as refused:
            if "_IN_PROGRESS" not in str(refused):  # that is what the other one has begun
                raise CommonFailedError(f"{name} in {region}: {refused}") from refused
        return None if isinstance(move, Stands) else f"{name}: {move.reason}"

    def _perform(self, environment: Environment, found: Found, move: ReturnMove) -> None:
        if isinstance(move, Submit):
            self._begin(environment, found.template)
        elif isinstance(move, Adopt):
            self._adopt(environment, found)
        elif isinstance(move, Complete):
            self._complete(environment, found.template)
        elif isinstance(move, Remove) and found.observed is not None:
            self._give_up(environment, found.observed)

    def _begin(self, environment: Environment, template: Template) -> None:
        self.stacks.create(
            environment.region,
            environment.stack_name(SECRETS),
            narrowed(template, ()),
            parameters_of(environment),
            stack_tags(environment, SECRETS),
            _token(environment, "begun"),
        )

    def _adopt(self, environment: Environment, found: Found) -> None:
        """Each bears the environment's tags as soon as it is back: whatever fails now, its end finds them."""
        region = environment.region
        for secret in found.secrets.values():
            self.adoptions.take_back(region, secret, stack_tags(environment, SECRETS))
        self.adoptions.adopt(
            region,
            environment.stack_name(SECRETS),
            narrowed(found.template, found.secrets),
            parameters_of(environment),
            {logical: secret.arn for logical, secret in found.secrets.items()},
            _token(environment, "adopts"),
        )

    def _complete(self, environment: Environment, template: Template) -> None:
        self.stacks.update(
            environment.region,
            environment.stack_name(SECRETS),
            self.manifests.template_url(environment.gateway_version, template.key),
            parameters_of(environment),
            _token(environment, "whole"),
        )

    def _give_up(self, environment: Environment, observed: ObservedStack) -> None:
        """Say why it failed, and clear the way for the next attempt; the secrets stay."""
        region, events = environment.region, self.stacks.events(environment.region, observed.stack_id)
        self.stacks.delete(region, observed.stack_id, _token(environment, "remains"))
        failed = [event.reason for event in events if event.status.endswith("_FAILED") and not event.is_stack]
        reason = (*failed, observed.reason or observed.status)[0]
        raise CommonFailedError(f"{environment.stack_name(SECRETS)} in {region}: {reason}")


def _token(environment: Environment, step: str) -> str:
    """Also the name of a change set, which begins with a letter."""
    return f"{SECRETS}-{step}-{environment.execution_name}"
