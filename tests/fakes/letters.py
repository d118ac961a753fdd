"""The dead letters' queue and the functions that they were for, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from stargate.errors import AwsDeniedError


@dataclass
class FakeDeadLetters:
    """Hands out ten at a time, none that somebody has in hand."""

    lying: list = field(default_factory=list)
    in_hand: list = field(default_factory=list)

    def take(self):
        some, self.lying = self.lying[:10], self.lying[10:]
        self.in_hand += some
        return some

    def give_back(self, messages):
        self.in_hand = [one for one in self.in_hand if one not in messages]
        self.lying += messages

    def remove(self, message):
        self.in_hand = [one for one in self.in_hand if one != message]


@dataclass
class FakeRecipients:
    """Every call in order; some functions may not be called, and one call may break off all that follow."""

    called: list = field(default_factory=list)
    denied: tuple = ()
    breaks_after: int | None = None

    def call(self, function, payload):
        if self.breaks_after is not None and len(self.called) >= self.breaks_after:
            raise ConnectionError("cut off")
        if function in self.denied:
            raise AwsDeniedError(f"Invoke: not authorized on {function}")
        self.called.append((function, payload))
