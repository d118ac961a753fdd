"""Hooks are made, listed and removed: where Alertmanager and Grafana post alerts of an environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.hooks import Hook, faults_of_hook, hook_of, may_have_hooks
from stargate.errors import (
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    HookNotFoundError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.signals import HookSecrets
    from stargate.ports.state import Environments
    from stargate.ports.world import Identifiers
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class KeepHooks:
    environments: Environments
    secrets: HookSecrets
    identifiers: Identifiers
    narrator: Narrator

    def make(self, request: Any) -> dict[str, Any]:
        faults = faults_of_hook(request)
        if faults:
            raise InvalidRequestError(faults)
        environment = self._named(request["environment"])
        if not may_have_hooks(environment):
            raise EnvironmentBusyError(
                f"{environment.name} is {environment.status}: a hook is made once the environment stands"
            )
        key = self.identifiers.environment_id()
        hook = Hook(environment.name, environment.region, key, request.get("note", "").strip())
        self.secrets.make(hook, environment.environment_id)
        self._note(environment, f"a hook was made: {hook.note or hook.hook_id}", hook)
        return hook.document()

    def all(self, name: str | None, limit: int, after: str | None) -> dict[str, Any]:
        """Of one environment, or of a page of them: `limit` and `next` count environments."""
        if name is not None:
            return {"hooks": self._documents(self._named(name)), "next": None}
        page = self.environments.page(limit, after)
        found = [document for one in page.items if may_have_hooks(one) for document in self._documents(one)]
        return {"hooks": found, "next": page.after}

    def remove(self, hook_id: str) -> dict[str, Any]:
        """From this moment on it lets nobody in."""
        hook = hook_of(hook_id)
        if hook is None or not self.secrets.remove(hook):
            raise HookNotFoundError(f"there is no hook {hook_id}")
        environment = self.environments.by_name(hook.environment)
        if environment is not None:
            self._note(environment, f"a hook was removed: {hook_id}", hook)
        return {"id": hook_id, "removed": True}

    def _named(self, name: str) -> Environment:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment

    def _documents(self, environment: Environment) -> list[dict[str, Any]]:
        return [hook.document() for hook in self.secrets.of(environment)]

    def _note(self, environment: Environment, words: str, hook: Hook) -> None:
        cause = f"request by {self.narrator.actor}"
        detail = {"hook": hook.hook_id}
        entry = self.narrator.entry(environment, "note", environment.name, words, cause, detail)
        self.environments.note(environment, entry)
