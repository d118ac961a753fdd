"""Ask for an environment to be removed, and say what is to outlive it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Environment, Status, Work
from stargate.domain.life.ends import Farewell, is_given_up
from stargate.domain.life.works import standing
from stargate.errors import (
    ConflictError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    EnvironmentProtectedError,
)

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
        EnvironmentBusyError for another farewell while it goes: it would be heard too late, or not at all.
        """
        try:
            environment = self._ensure(name, farewell)
        except ConflictError:  # it was settled or asked for again in this very moment
            environment = self._ensure(name, farewell)
        if environment.status is Status.RETIRING:
            self.workflows.start(Work.RETIRE, environment.execution_name, environment.execution_payload)
        return environment

    def _ensure(self, name: str, farewell: Farewell | None) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.status is Status.RETIRING:
            if farewell not in {None, present.farewell}:
                raise EnvironmentBusyError(
                    f"{standing(present)}, {present.farewell}: once it is RETIRED or FAILED, the same "
                    "request is heard"
                )
            return present
        wanted = farewell or Farewell()
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
        # An update that it comes out of is not gone back to, whatever becomes of the removal.
        retiring = replace(retiring, farewell=wanted, deadline=None, undo=None)
        entry = self.narrator.asked(
            retiring,
            f"removal of {name} asked for",
            {"was": present.status.value, "attempt": retiring.attempt, **wanted.document()},
        )
        self.environments.replace(present, retiring, entry)
        return retiring
