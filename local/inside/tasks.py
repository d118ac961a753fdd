"""Which tasks a name of the namespace stands for, with their addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.core.responses import request_scope
from ministack.services import ecs

from local.gateways import registry
from local.services.ecs import task_records
from local.twin.fleet import Status

if TYPE_CHECKING:
    from local.gateways.registry import Running
    from local.twin.fleet import Task

SUFFIX = ".internal"


def place_of(name: str) -> tuple[str, Running | None]:
    """`litellm.stargate-one.internal`: the service, and its cluster if one runs."""
    service, _, namespace = name.partition(".")
    cluster = namespace.removesuffix(SUFFIX)
    return service, next((entry for entry in registry.every() if entry.place.cluster == cluster), None)


def addressed(entry: Running, service: str) -> dict[str, Task]:
    """Those that run now, by address: ECS takes one from Cloud Map when it begins to stop."""
    if service not in entry.fleet.services():
        return {}
    place = entry.place
    with request_scope(place.account, place.region):
        found = {}
        for task in entry.fleet.tasks(service):
            record = ecs._tasks.get(task_records.arn_of(place.cluster, task.task_id))
            address = ecs._task_ip(record) if record and task.status is Status.RUNNING else None
            if address:
                found[str(address)] = task
        return found
