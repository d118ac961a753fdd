"""How long each operation on a resource takes here: the typical time, spread as a real cloud spreads it."""

from __future__ import annotations

import asyncio
import functools
import math
import os
import random
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
def seeded() -> random.Random:
    """One source of chance per run. Its seed is printed, so that a run can be had again."""
    seed = os.environ.get("STARGATE_SEED") or str(random.SystemRandom().randrange(10**6))
    print(f"durations are drawn with STARGATE_SEED={seed}", flush=True)
    return random.Random(seed)  # noqa: S311 - spreads durations, guards nothing


@dataclass(frozen=True)
class Pace:
    clock: Clock
    chance: random.Random = field(default_factory=seeded)

    def drawn(self, typical: float) -> float:
        slow = self.chance.uniform(*SLOW) if self.chance.random() < OUTLIERS else 1.0
        return typical * slow * math.exp(self.chance.gauss(0, SPREAD))

    def real_seconds(self, typical: float) -> float:
        return self.clock.real_seconds(self.drawn(typical))

    async def creating(self, stack_name: str, resource_type: str) -> None:
        await self._pass(stack_name, seconds_to_create(resource_type))

    async def deleting(self, stack_name: str, resource_type: str) -> None:
        await self._pass(stack_name, seconds_to_delete(resource_type))

    async def _pass(self, stack_name: str, typical: float) -> None:
        timed = stack_name.startswith(TIMED)
        await asyncio.sleep(self.real_seconds(typical) if timed else 0)
