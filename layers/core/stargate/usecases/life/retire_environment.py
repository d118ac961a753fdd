"""Ask for an environment to be removed, and say what is to outlive it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Environment, Status, Work
from stargate.domain.life.ends import Farewell, is_given_up
from stargate.errors import ConflictError, EnvironmentNotFoundError, EnvironmentProtectedError

if TYPE_CHECKING:
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class RetireEnvironment:
    environments: Environments
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator

    def __call__(self, name: str, farewell: Farewell | None = None) -> Environment:
        """Without a farewell everything that can be kept is kept.

        Asked for again it starts nothing, but of one that is gone it gives up what was kept, if told so.
        """
        wanted = farewell or Farewell()
        try:
            environment = self._ensure(name, wanted)
        except ConflictError:  # it was settled or asked for again in this very moment
            environment = self._ensure(name, wanted)
        if environment.status is Status.RETIRING:
            self.workflows.start(Work.RETIRE, environment.execution_name, environment.execution_payload)
        return environment

    def _ensure(self, name: str, wanted: Farewell) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.status is Status.RETIRING:
            return present
        if present.status is Status.RETIRED and not any(is_given_up(wanted, one) for one in present.kept):
            return present
        if present.deletion_protection:
            raise EnvironmentProtectedError(
                f"{name} is protected from deletion: lift it first, with PATCH "
                f'/environments/{name} {{"deletion_protection": false}}'
            )
        now = self.clock.now()
        cause, by = self.identifiers.entry_id(now), self.narrator.actor
        retiring = present.next_attempt(Work.RETIRE, now, cause, by)
        retiring = replace(retiring, farewell=wanted, deadline=None)
        entry = self.narrator.asked(
            retiring,
            f"removal of {name} asked for",
            {"was": present.status.value, "attempt": retiring.attempt, **wanted.document()},
        )
        self.environments.replace(present, retiring, entry)
        return retiring
