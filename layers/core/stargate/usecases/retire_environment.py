"""Ask for an environment to be removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Environment, Status
from stargate.errors import ConflictError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.ports import Clock, Environments, Identifiers, Workflows
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class RetireEnvironment:
    environments: Environments
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator

    def __call__(self, name: str) -> Environment:
        try:
            environment = self._ensure(name)
        except ConflictError:  # it was settled or asked for again in this very moment
            environment = self._ensure(name)
        if environment.status is Status.RETIRING:
            payload = {"environment_id": environment.environment_id, "attempt": environment.attempt}
            self.workflows.retire(environment.execution_name, payload)
        return environment

    def _ensure(self, name: str) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.status in {Status.RETIRING, Status.RETIRED}:
            return present
        now = self.clock.now()
        retiring = present.next_attempt(Status.RETIRING, now, self.identifiers.entry_id(now))
        entry = self.narrator.asked(
            retiring,
            f"removal of {name} asked for",
            {"was": present.status.value, "attempt": retiring.attempt},
        )
        self.environments.replace(present, retiring, entry)
        return retiring
