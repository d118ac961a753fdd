"""What breaks a gateway, decided before anything is done: each deed names exactly what it is done to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.drills.kinds import SERVICE_OF, Kind
from stargate.domain.drills.objectives import DATABASE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.facts import Zones


@dataclass(frozen=True)
class DatabaseFacts:
    """`restorable_until` is the newest moment that a backup can be restored to, None without backups."""

    status: str
    multi_az: bool
    zone: str
    standby_zone: str
    backup_days: int
    restorable_until: float | None = None
    engine: str = ""

    @property
    def has_standby(self) -> bool:
        return self.multi_az and bool(self.standby_zone)


@dataclass(frozen=True)
class TaskFacts:
    task_id: str
    zone: str
    started_at: float


@dataclass(frozen=True)
class ServiceStanding:
    """A service's running tasks, and how many are wanted."""

    desired: int
    tasks: tuple[TaskFacts, ...]

    @property
    def whole(self) -> bool:
        return len(self.tasks) >= self.desired > 0


@dataclass(frozen=True)
class Standing:
    """The gateway as it stands: services by name; `used` is asked for where a zone is to be lost only.

    `zone` is the one that was asked to be lost, by its name, or "".
    """

    database: DatabaseFacts | None
    services: Mapping[str, ServiceStanding]
    used: Zones | None = None
    zone: str = ""

    @property
    def zones(self) -> tuple[str, ...]:
        """The names of those that the services may run in."""
        return () if self.used is None else tuple(sorted(self.used.zones.values()))

    @property
    def zones_lost(self) -> tuple[str, ...]:
        """The names of those that the balancer is kept from already."""
        return () if self.used is None else tuple(self.used.zones.get(one, one) for one in self.used.away)

    @property
    def zone_to_lose(self) -> str:
        """The one that hurts most, unless another was asked for: the database's, else the fullest."""
        if self.zone:
            return self.zone
        if self.database is not None and self.database.zone in self.zones and self.database.has_standby:
            return self.database.zone
        tasks = [task.zone for one in self.services.values() for task in one.tasks]
        return max(self.zones, key=lambda zone: (tasks.count(zone), zone), default="")


@dataclass(frozen=True)
class FailOver:
    zone: str

    def told(self) -> str:
        return f"the database in {self.zone} is failed over"


@dataclass(frozen=True)
class StopTask:
    service: str
    task_id: str

    def told(self) -> str:
        return f"task {self.task_id} of {self.service} is stopped"


@dataclass(frozen=True)
class LeaveZone:
    """`zone` is its id, `subnets` of each service those that it had, `left` those that it is left with."""

    zone: str
    name: str
    balancer: str
    subnets: Mapping[str, tuple[str, ...]]
    left: Mapping[str, tuple[str, ...]]

    def told(self) -> str:
        return f"balancer and services leave {self.name}"


Deed = FailOver | StopTask | LeaveZone


def deeds_of(kind: Kind, standing: Standing) -> tuple[Deed, ...]:
    """In the order in which they are done; none where there is nothing to break."""
    if kind is Kind.DATABASE_FAILOVER:
        return () if standing.database is None else (FailOver(standing.database.zone),)
    if kind in SERVICE_OF:
        return _longest_running(SERVICE_OF[kind], standing)
    return _loss_of(standing.zone_to_lose, standing) if kind is Kind.ZONE_LOSS else ()


def broken_by(deeds: tuple[Deed, ...], standing: Standing) -> tuple[str, ...]:
    """The components whose own promise is put to the test: a service only if a task of it is stopped."""
    stopped = {deed.service for deed in deeds if isinstance(deed, StopTask)}
    failed_over = any(isinstance(deed, FailOver) for deed in deeds)
    return (*((DATABASE,) if failed_over else ()), *(one for one in standing.services if one in stopped))


def _longest_running(service: str, standing: Standing) -> tuple[Deed, ...]:
    found = standing.services.get(service)
    if found is None or not found.tasks:
        return ()
    oldest = min(found.tasks, key=lambda task: (task.started_at, task.task_id))
    return (StopTask(service, oldest.task_id),)


def _loss_of(zone: str, standing: Standing) -> tuple[Deed, ...]:
    """Nothing new is put there any more, and what is there goes at once."""
    gone: list[Deed] = [
        StopTask(name, task.task_id)
        for name, one in standing.services.items()
        for task in one.tasks
        if task.zone == zone
    ]
    database = standing.database
    if database is not None and database.zone == zone and database.has_standby:
        gone.append(FailOver(zone))
    leaving = None if standing.used is None else _leaving(standing.used, zone)
    return () if leaving is None else (leaving, *gone)


def _leaving(used: Zones, name: str) -> LeaveZone | None:
    """A service that has subnets in that zone only stays where it is: without any it could not run at all."""
    zone = next((identifier for identifier, known in used.zones.items() if known == name), None)
    if zone is None:
        return None
    before = {service: tuple(sorted(subnets)) for service, subnets in used.subnets.items()}
    left = {
        service: tuple(sorted(subnet for subnet, place in subnets.items() if place != zone))
        for service, subnets in used.subnets.items()
    }
    moved = [service for service in before if left[service] and left[service] != before[service]]
    return LeaveZone(
        zone, name, used.balancer, {one: before[one] for one in moved}, {one: left[one] for one in moved}
    )
