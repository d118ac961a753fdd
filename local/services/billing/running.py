"""Fargate tasks: paid from the pull of their image until their container has ended, a minute at least."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import ecs

from local.services.billing.tariff import Owner, Tariff
from local.services.ecs.task_records import arn_of
from local.twin.fleet import TaskChanged

if TYPE_CHECKING:
    from local.gateways.registry import Place, Running
    from local.twin.fleet import Happening, Task

LEAST = 60.0  # source: AWS Fargate pricing, "one minute minimum"
HOUR, UNITS, MEGABYTES = Decimal(3600), Decimal(1024), Decimal(1024)


@dataclass
class Meter:
    """One task of a service that is paid for, charged up to some moment."""

    place: Place
    service: str
    tags: dict[str, str]
    vcpus: Decimal
    gigabytes: Decimal
    architecture: str
    spot: bool
    since: float
    charged: float

    def charge(self, tariff: Tariff, until: float) -> None:
        if until <= self.charged:
            return
        hours = Decimal(repr(until - self.charged)) / HOUR
        self.tags = _tags_of(self.place, self.service) or self.tags  # the service may be gone by now
        owner = Owner(self.place.account, self.place.region, self.tags)
        spot = "spot_" if self.spot else ""
        for what, amount in (("vcpu", self.vcpus), ("gb", self.gigabytes)):
            item = f"fargate_{spot}{what}_{self.architecture}"
            tariff.use(self.charged, until, owner, item, hours * amount)
        self.charged = until


@dataclass
class Tasks:
    tariff: Tariff
    meters: dict[str, Meter] = field(default_factory=dict)

    def follow(self, entry: Running, happenings: list[Happening]) -> None:
        """As the fleet tells of its tasks, once ECS has their records."""
        for one in happenings:
            if isinstance(one, TaskChanged) and one.task.pull_started_at is not None:
                self._look(entry, one.task)

    def _look(self, entry: Running, task: Task) -> None:
        known = self.meters.get(task.task_id)
        record = ecs._tasks.get(arn_of(entry.place.cluster, task.task_id))
        if known is None and record and task.ended_at is None:
            known = self.meters[task.task_id] = _meter_of(entry.place, task, record)
        if known is not None and task.ended_at is not None:
            known.charge(self.tariff, max(task.ended_at, known.since + LEAST))
            del self.meters[task.task_id]

    def charge_running(self, until: float) -> None:
        for meter in list(self.meters.values()):
            meter.charge(self.tariff, until)


def _meter_of(place: Place, task: Task, record: dict[str, Any]) -> Meter:
    definition = ecs._task_defs.get(ecs._resolve_td_key(record["taskDefinitionArn"])) or {}
    architecture = (definition.get("runtimePlatform") or {}).get("cpuArchitecture", "X86_64").lower()
    begun = task.pull_started_at or 0.0
    return Meter(
        place,
        task.service,
        {},
        Decimal(str(record["cpu"])) / UNITS,
        Decimal(str(record["memory"])) / MEGABYTES,
        architecture,
        record.get("capacityProviderName") == "FARGATE_SPOT",
        begun,
        begun,
    )


def _tags_of(place: Place, service: str) -> dict[str, str]:
    """Of the service, if it hands them on: a task has no other, and is in nobody's bill without."""
    with request_scope(place.account, place.region):
        found: dict[str, Any] = ecs._services.get(f"{place.cluster}/{service}") or {}
    if found.get("propagateTags") != "SERVICE":
        return {}
    return {tag["key"]: tag["value"] for tag in found.get("tags") or []}
