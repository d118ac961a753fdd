"""The time and chance, under control."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field


@dataclass
class FakeClock:
    at: float = 1_800_000_000.0

    def now(self):
        return self.at

    def pass_seconds(self, seconds):
        self.at += seconds


@dataclass
class FakeIdentifiers:
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def environment_id(self):
        return f"{next(self.numbers):012x}"

    def entry_id(self, at):
        return f"{round(at * 1000):013d}-{next(self.numbers):012x}"


@dataclass
class FakeSecrets:
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def secret(self):
        return f"a-secret-that-nobody-guesses-{next(self.numbers)}"
