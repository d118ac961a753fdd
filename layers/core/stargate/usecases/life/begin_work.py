"""Begin sleep, wake or the resuming of what failed, if the environment's state allows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import AT_WORK
from stargate.domain.life.works import ASKED, Begin, Refused, held_by_drill
from stargate.errors import ConflictError, EnvironmentBusyError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.ports.state import Environments, OperationsRows
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.narrate import Narrator

    Skips = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class BeginWork:
    environments: Environments
    operations: OperationsRows
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator

    def __call__(
        self, asked: str, name: str, *, followed: bool | None = None, skips: Skips | None = None
    ) -> Environment:
        """`asked` is sleep, wake or resume; `followed` notes which wish of the schedule this fulfils.

        `skips` are resources, by their stack, that may be passed over where CloudFormation is stuck at them.
        The same again starts nothing, but heals a crash between the row and the first start.
        """
        try:
            environment = self._ensure(asked, name, followed, skips or {})
        except ConflictError:  # it was settled or asked for again in this very moment
            environment = self._ensure(asked, name, followed, skips or {})
        if environment.status in AT_WORK:
            self.workflows.start(environment.work, environment.execution_name, environment.execution_payload)
        return environment

    def _ensure(
        self,
        asked: str,
        name: str,
        followed: bool | None,  # noqa: FBT001  (passed on)
        skips: Skips,
    ) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        verdict = ASKED[asked](present)
        if isinstance(verdict, Refused):
            raise EnvironmentBusyError(verdict.reason)
        if not isinstance(verdict, Begin):
            if skips:
                raise EnvironmentBusyError(
                    f"{name} is {present.status}: what to pass over is said when what FAILED is resumed"
                )
            return present
        now = self.clock.now()
        leases = self.operations.by_id(present.environment_id).operations.leases
        held = held_by_drill(present, leases, now)
        if held is not None:
            raise EnvironmentBusyError(held.reason)
        cause, by = self.identifiers.entry_id(now), self.narrator.actor
        begun = present.next_attempt(verdict.work, now, cause, by)
        begun = replace(begun, skips=skips, followed=begun.followed if followed is None else followed)
        why = " by its schedule" if followed is not None else ""
        detail: dict[str, Any] = {
            "was": present.status.value,
            "work": verdict.work.value,
            "attempt": begun.attempt,
        }
        if skips:
            detail["skip"] = {stack: list(names) for stack, names in skips.items()}
        entry = self.narrator.asked(begun, f"{asked} of {name} asked for{why}", detail)
        self.environments.replace(present, begun, entry)
        return begun
