"""Change what can be changed of an environment while it lives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.changes import changed, conflicts, faults_of_change
from stargate.errors import (
    ConflictError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.ports import Clock, Environments
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class ChangeEnvironment:
    environments: Environments
    clock: Clock
    narrator: Narrator

    def __call__(self, name: str, request: Any) -> Environment:
        faults = faults_of_change(request)
        if faults:
            raise InvalidRequestError(faults)
        for _ in range(TRIES):
            try:
                return self._change(name, request)
            except ConflictError:  # it was settled in this very moment
                continue
        raise ConflictError(f"{name} is changed by others all the time")

    def _change(self, name: str, request: Mapping[str, Any]) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.is_going:
            raise EnvironmentBusyError(f"{name} is {present.status}")
        now = self.clock.now()
        faults = list(conflicts(present, request))
        if faults:
            raise InvalidRequestError(faults)
        change = changed(present, request, now)
        if not change.words:
            return present
        after = replace(change.environment, updated_at=now)
        entry = self.narrator.entry(
            present,
            "decision",
            name,
            "; ".join(change.words),
            f"request by {self.narrator.actor}",
            dict(change.detail or {}),
        )
        self.environments.replace(present, after, entry)
        return after
