"""Change what can be changed of an environment while it lives: for now, how far the control plane may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Environment, Mode
from stargate.domain.faults import Fault
from stargate.errors import (
    ConflictError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from stargate.ports import Clock, Environments
    from stargate.usecases.narrate import Narrator

TRIES = 5
MODES = tuple(mode.value for mode in Mode)


@dataclass(frozen=True)
class ChangeEnvironment:
    environments: Environments
    clock: Clock
    narrator: Narrator

    def __call__(self, name: str, request: Any) -> Environment:
        faults = _faults(request)
        if faults:
            raise InvalidRequestError(faults)
        for _ in range(TRIES):
            try:
                return self._change(name, Mode(request["mode"]))
            except ConflictError:  # it was settled in this very moment
                continue
        raise ConflictError(f"{name} is changed by others all the time")

    def _change(self, name: str, mode: Mode) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.is_going:
            raise EnvironmentBusyError(f"{name} is {present.status}")
        if present.mode is mode:
            return present
        changed = replace(present, mode=mode, updated_at=self.clock.now())
        entry = self.narrator.entry(
            present,
            "decision",
            name,
            f"mode of {name} changed from {present.mode} to {mode}",
            f"request by {self.narrator.actor}",
            {"was": present.mode.value, "mode": mode.value},
        )
        self.environments.replace(present, changed, entry)
        return changed


def _faults(request: Any) -> list[Fault]:
    if not isinstance(request, Mapping):
        return [Fault("", "is no JSON object", "a JSON object")]
    found = [Fault(f"/{name}", "cannot be changed", "mode") for name in request if name != "mode"]
    if "mode" not in request:
        found.append(Fault("/mode", "is missing", f"one of {', '.join(MODES)}"))
    elif request["mode"] not in MODES:
        found.append(Fault("/mode", f"{request['mode']!r} is not allowed", f"one of {', '.join(MODES)}"))
    return found
