"""One service as its scheduler sees it, and what the scheduler would do next.

Source of the rules: ECS API Reference, DeploymentConfiguration (minimumHealthyPercent is rounded up,
maximumPercent down) and ECS Developer Guide, "Deployment circuit breaker" and "Task placement".
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.fleet.values import Rollout, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from local.twin.fleet.values import Deployment, DeploymentRules, Task, TaskSize

_FEWEST_FAILURES, _MOST_FAILURES = 3, 200
_HOLDS_ITS_PLACE = frozenset(set(Status) - {Status.DEPROVISIONING, Status.STOPPED})


@dataclass(frozen=True)
class Moves:
    start: int = 0
    stop: tuple[str, ...] = ()


@dataclass
class Service:
    name: str
    size: TaskSize
    desired: int
    rules: DeploymentRules
    zones: Sequence[str]
    tasks: dict[str, Task] = field(default_factory=dict)
    deployments: dict[str, Deployment] = field(default_factory=dict)
    crash_every: float | None = None
    failed_starts: int = 0  # in a row, of tasks that never ran
    not_before: float = 0.0  # no task is started earlier: ECS throttles
    steady: bool = False
    settling: bool = False
    removed: bool = False

    @property
    def primary(self) -> Deployment:
        return next(deployment for deployment in self.deployments.values() if deployment.primary)

    @property
    def living(self) -> list[Task]:
        """Those that nobody has told to stop."""
        return [task for task in self.tasks.values() if task.stopping_at is None]

    @property
    def failures_allowed(self) -> int:
        return max(_FEWEST_FAILURES, min(_MOST_FAILURES, math.ceil(self.desired / 2)))

    def roll_back_to(self) -> Deployment | None:
        """The last deployment that was completed before the present one."""
        completed = [d for d in self.deployments.values() if not d.primary and d.state is Rollout.COMPLETED]
        return max(completed, key=lambda deployment: deployment.created_at, default=None)

    def zone_for_next(self) -> str:
        taken = Counter(task.zone for task in self.living)
        return min(self.zones, key=lambda zone: taken[zone])

    def stands(self) -> bool:
        """All that is desired takes requests, and nothing else does."""
        in_place = [task for task in self.tasks.values() if task.status in _HOLDS_ITS_PLACE]
        busy = [task for task in in_place if task.status is not Status.STOPPING]
        ready = [t for t in self.living if t.healthy_at is not None and self._is_new(t)]
        return len(ready) == len(busy) == self.desired

    def moves(self) -> Moves:
        new = [task for task in self.living if self._is_new(task)]
        old = [task for task in self.living if not self._is_new(task)]
        missing = self.desired - len(new)
        if missing < 0:
            return Moves(0, (*_superfluous(new, -missing), *self._replaced(old, new, 0)))
        if self.primary.state is Rollout.FAILED:
            return Moves()  # with nothing to go back to, it just starts no more
        room = self._room() if old or self._leaving() else missing
        return Moves(min(missing, room), self._replaced(old, new, missing - room))

    def _is_new(self, task: Task) -> bool:
        return task.deployment_id == self.primary.deployment_id

    def _leaving(self) -> bool:
        """Tasks of an older deployment hold their place until their containers have ended."""
        return any(t.status in _HOLDS_ITS_PLACE and not self._is_new(t) for t in self.tasks.values())

    def _room(self) -> int:
        most = max(self.desired * self.rules.max_percent // 100, min(self.desired, 1))
        placed = sum(task.status in _HOLDS_ITS_PLACE for task in self.tasks.values())
        draining = sum(task.status is Status.DEACTIVATING for task in self.tasks.values())
        crowded = self.rules.max_percent <= 100  # then one must end before the next may start
        return max(0, most - (placed if crowded else placed - draining))

    def _replaced(self, old: list[Task], new: list[Task], short: int) -> tuple[str, ...]:
        """Old tasks that may go: new ones stand in their place, or must get it; never below the minimum."""
        least = math.ceil(self.desired * self.rules.min_percent / 100)
        healthy = sum(task.healthy_at is not None for task in (*old, *new))
        surplus = len(old) + sum(task.healthy_at is not None for task in new) - self.desired
        doomed: list[str] = []
        for task in sorted(old, key=lambda t: (t.healthy_at is not None, t.created_at)):
            if len(doomed) >= max(surplus, short):
                break
            if task.healthy_at is not None:
                if healthy <= least:
                    break
                healthy -= 1
            doomed.append(task.task_id)
        return tuple(doomed)


def _superfluous(tasks: list[Task], count: int) -> list[str]:
    """What goes when fewer are desired: what does not serve yet, then of the fullest zone the newest."""
    left = list(tasks)
    chosen: list[str] = []
    for _ in range(count):
        crowd = Counter(task.zone for task in left)
        task = max(left, key=lambda t: (t.healthy_at is None, crowd[t.zone], t.created_at, t.task_id))
        left.remove(task)
        chosen.append(task.task_id)
    return chosen
