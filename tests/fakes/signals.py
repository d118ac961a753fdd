"""Hooks and their secrets, and whoever takes what they bring, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class FakeHookSecrets:
    """A hook's secret is made of its key, so that a test can show it."""

    made: dict = field(default_factory=dict)
    owners: set = field(default_factory=set)

    def make(self, hook, environment_id):
        self.made[hook.hook_id] = hook
        self.owners.add(environment_id)

    def value(self, hook):
        return self.secret_of(hook.hook_id) if hook.hook_id in self.made else None

    def of(self, environment):
        return [hook for hook in self.made.values() if hook.environment == environment.name]

    def remove(self, hook):
        return self.made.pop(hook.hook_id, None) is not None

    @staticmethod
    def secret_of(hook_id):
        return f"secret of {hook_id}"


@dataclass
class FakeSignalTaker:
    """Keeps what it was handed; or cannot just now."""

    taken: list = field(default_factory=list)
    failure: Exception | None = None

    def hand_over(self, event):
        if self.failure:
            raise self.failure
        self.taken.append(dict(event))
