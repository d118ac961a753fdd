"""Signals that no rule of EventBridge brings: hooks, and whoever takes what comes by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.signals.hooks import Hook


class HookSecrets(Protocol):
    """The secrets are all that there is of hooks; no value of theirs leaves but to be compared."""

    def make(self, hook: Hook, environment_id: str) -> None:
        """With a value that nobody is told: whoever may read the secret reads it there."""
        ...

    def value(self, hook: Hook) -> str | None:
        """None if there is no such hook, or not any more."""
        ...

    def of(self, environment: Environment) -> Sequence[Hook]: ...

    def remove(self, hook: Hook) -> bool:
        """At once and for good; whether it was there."""
        ...


class SignalTaker(Protocol):
    """Takes events, tries again if it cannot, and keeps what it never could."""

    def hand_over(self, event: Mapping[str, Any]) -> None:
        """And do not wait."""
        ...
