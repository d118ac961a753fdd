"""How long each operation on a resource takes here: the typical time, spread as a real cloud spreads it."""

from __future__ import annotations

import asyncio
import functools
import math
import os
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.provisioning.durations import seconds_to_create, seconds_to_delete

if TYPE_CHECKING:
    from local.clock import Clock

# Only what Stargate provisions takes its time. The control plane's own stack `stargate` is what a developer
# waits for after each change of code, and how long SAM takes on AWS tells nothing about the gateway.
TIMED = "stargate-"

SPREAD = 0.18  # sigma of the logarithm: two of three operations within a fifth of the typical time
OUTLIERS = 0.01  # now and then one takes two to three times as long
SLOW = (2.0, 3.0)


@functools.cache
def seed_of_run() -> str:
    """Printed, so that a run can be had again."""
    seed = os.environ.get("STARGATE_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"durations are drawn with STARGATE_SEED={seed}", flush=True)
    return seed


@functools.cache
def seeded() -> random.Random:
    """One source of chance per run."""
    return chance_of(seed_of_run())


def chance_of(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - spreads durations, guards nothing


@dataclass(frozen=True)
class Pace:
    clock: Clock
    chance: random.Random = field(default_factory=seeded)
    drawn_before: Counter[str] = field(default_factory=Counter)

    def drawn(self, typical: float, chance: random.Random | None = None) -> float:
        drawing = chance or self.chance
        slow = drawing.uniform(*SLOW) if drawing.random() < OUTLIERS else 1.0
        return typical * slow * math.exp(drawing.gauss(0, SPREAD))

    def real_seconds(self, typical: float) -> float:
        return self.clock.real_seconds(self.drawn(typical))

    async def creating(self, stack_name: str, logical_id: str, resource_type: str) -> None:
        await self._pass(stack_name, f"create {stack_name} {logical_id}", seconds_to_create(resource_type))

    async def deleting(self, stack_name: str, logical_id: str, resource_type: str) -> None:
        await self._pass(stack_name, f"delete {stack_name} {logical_id}", seconds_to_delete(resource_type))

    async def _pass(self, stack_name: str, operation: str, typical: float) -> None:
        """By the operation's own chance: the same seed gives the same, whatever else goes on beside it."""
        self.drawn_before[operation] += 1
        chance = chance_of(f"{seed_of_run()} {operation} {self.drawn_before[operation]}")
        seconds = self.clock.real_seconds(self.drawn(typical, chance))
        await asyncio.sleep(seconds if stack_name.startswith(TIMED) else 0)
