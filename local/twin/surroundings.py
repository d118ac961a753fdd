"""What stands around LiteLLM and hardly matters until it does: other services and the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twin.fleet import Fleet, Status, Task
from local.twin.parameters import DatabaseParameters, Parameters, ServiceParameters
from local.twin.readings import Reading, of_gauge

if TYPE_CHECKING:
    from random import Random

UNKNOWN = ServiceParameters(2.0, 20.0)
NOISE = 0.04  # relative: nothing measured is ever quite the same twice
STARTING = frozenset({Status.PROVISIONING, Status.PENDING, Status.ACTIVATING})


def load_of_other(
    service: str, parameters: Parameters, requests: float, chance: Random
) -> tuple[float, float]:
    """CPU and memory in percent of one task of a service that only hears of `requests` a second."""
    usual = parameters.services.get(service, UNKNOWN)
    cpu = usual.cpu_percent + usual.cpu_percent_per_request * requests
    return _noisy(cpu, chance), _noisy(usual.memory_percent, chance)


def count_tasks(fleet: Fleet, service: str, at: float) -> list[Reading]:
    """How many tasks run and how many are about to."""
    tasks = fleet.tasks(service)
    running = running_of(fleet, service)
    pending = sum(task.status in STARTING for task in tasks)
    subject = f"service:{service}"
    return [
        Reading(subject, "running_tasks", at, 60, of_gauge(float(running))),
        Reading(subject, "pending_tasks", at, 60, of_gauge(float(pending))),
    ]


def running_of(fleet: Fleet, service: str) -> int:
    return sum(task.status is Status.RUNNING for task in fleet.tasks(service))


class Database:
    """PostgreSQL behind the gateway. It holds connections for every worker, whether they are used or not."""

    def __init__(self, parameters: Parameters, chance: Random) -> None:
        self._parameters: DatabaseParameters = parameters.database
        self._task = parameters.task
        self._balanced = parameters.balanced_service
        self._chance = chance
        self.stored = 0.0

    def take_readings(self, at: float, fleet: Fleet, requests: float, *, cut: bool = False) -> list[Reading]:
        """The minute that began at `at`, with so many requests a second; `cut`: nobody is connected."""
        database = self._parameters
        self.stored += 60.0 * requests * database.stored_bytes_per_request
        connections = 0 if cut else self.connections(fleet)
        used = database.memory_used_share * database.memory_bytes
        used += connections * database.memory_per_connection_bytes
        cpu = database.cpu_percent_idle + database.cpu_percent_per_request * requests
        reads = database.idle_operations + database.read_operations_per_request * requests
        writes = database.idle_operations + database.write_operations_per_request * requests
        levels = {
            "cpu": min(100.0, _noisy(cpu, self._chance)),
            "connections": float(connections),
            "free_storage_bytes": max(0.0, database.storage_bytes - self.stored),
            "freeable_memory_bytes": max(0.0, database.memory_bytes - used),
            "read_iops": _noisy(reads, self._chance),
            "write_iops": _noisy(writes, self._chance),
        }
        return [Reading("database", name, at, 60, of_gauge(level)) for name, level in levels.items()]

    def connections(self, fleet: Fleet) -> int:
        return sum(self._pool(fleet, service) for service in fleet.services())

    def _pool(self, fleet: Fleet, service: str) -> int:
        running = sum(_runs(task) for task in fleet.tasks(service))
        if service != self._balanced:
            return running * self._parameters.connections_per_other_task
        cores = fleet.size(service).cpu_units / 1024
        workers = max(1, round(cores * self._task.workers_per_vcpu))
        return running * workers * self._parameters.pool_per_worker


def _runs(task: Task) -> bool:
    return task.status in {Status.RUNNING, Status.DEACTIVATING}


def _noisy(level: float, chance: Random) -> float:
    return max(0.0, level * (1.0 + NOISE * chance.gauss(0.0, 1.0)))
