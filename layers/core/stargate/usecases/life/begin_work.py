"""Begin sleep, wake or the resuming of what failed, if the environment's state allows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK
from stargate.domain.life.works import ASKED, Begin, Refused
from stargate.errors import ConflictError, EnvironmentBusyError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class BeginWork:
    environments: Environments
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator

    def __call__(self, asked: str, name: str, *, followed: bool | None = None) -> Environment:
        """`asked` is sleep, wake or resume; `followed` notes which wish of the schedule this fulfils.

        The same again starts nothing, but heals a crash between the row and the first start.
        """
        try:
            environment = self._ensure(asked, name, followed)
        except ConflictError:  # it was settled or asked for again in this very moment
            environment = self._ensure(asked, name, followed)
        if environment.status in AT_WORK:
            self.workflows.start(environment.work, environment.execution_name, environment.execution_payload)
        return environment

    def _ensure(self, asked: str, name: str, followed: bool | None) -> Environment:  # noqa: FBT001  (passed on)
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        verdict = ASKED[asked](present)
        if isinstance(verdict, Refused):
            raise EnvironmentBusyError(verdict.reason)
        if not isinstance(verdict, Begin):
            return present
        now = self.clock.now()
        begun = present.next_attempt(verdict.work, now, self.identifiers.entry_id(now))
        if followed is not None:
            begun = replace(begun, followed=followed)
        why = " by its schedule" if followed is not None else ""
        detail = {"was": present.status.value, "work": verdict.work.value, "attempt": begun.attempt}
        entry = self.narrator.asked(begun, f"{asked} of {name} asked for{why}", detail)
        self.environments.replace(present, begun, entry)
        return begun
