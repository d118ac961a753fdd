"""What no part of a program can know by itself: the time, and what is unique."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    def now(self) -> float: ...


class Identifiers(Protocol):
    def environment_id(self) -> str: ...

    def entry_id(self, at: float) -> str:
        """Unique, and sorted by time."""
        ...


class Secrets(Protocol):
    def secret(self) -> str:
        """One that nobody guesses, of letters that an address may hold."""
        ...
