"""What happens in a fleet, shown as AWS shows it: in the records that ECS describes, and in events.

First all records are brought to where the fleet is, then the events go out in the order of what happened: who
asks because of an event finds at least what the event told.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from ministack.services import ecs

from local.gateways import registry
from local.services.ecs import events, service_records, targets, task_records
from local.services.ecs.task_records import moment
from local.twin.fleet import DeploymentChanged, ServiceActed, Status, TaskChanged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.gateways.registry import Running
    from local.services.ecs.events import Event
    from local.twin.fleet import Happening, Task

Record = dict[str, Any]

KEPT_STOPPED = 3600.0  # simulated seconds; AWS shows a stopped task "for at least one hour"
_stopped: deque[tuple[float, str]] = deque()  # (moment, ARN), the oldest first


def show(running: Running, happenings: list[Happening]) -> None:
    cluster = running.place.cluster
    told: list[Event] = []
    touched: dict[str, Record] = {}
    for happening in happenings:
        name = happening.task.service if isinstance(happening, TaskChanged) else happening.service
        service = ecs._services.get(f"{cluster}/{name}")
        if service is not None:
            touched[name] = service
            told += _show(cluster, service, happening)
    for service in touched.values():
        _settle(running, service)
    if touched:
        ecs._recount_cluster(cluster)
        _forget_long_stopped()
    for event in told:
        events.tell(event)


def _show(cluster: str, service: Record, happening: Happening) -> Iterator[Event]:
    at = moment(happening.at)
    if isinstance(happening, TaskChanged):
        yield from _show_task(cluster, service, happening.task, happening.at)
    elif isinstance(happening, DeploymentChanged):
        name = happening.deployment.deployment_id
        service_records.follow_rollout(service, happening)
        if happening.state in _STATES:
            words = f"(deployment {name}) deployment {_STATES[happening.state]}."
            service_records.say(service, f"(service {service['serviceName']}) {words}", happening.at)
        yield events.deployment_state_change(service, name, happening.state, happening.reason, at)
    elif isinstance(happening, ServiceActed):
        message = _MESSAGES[happening.name].format(service["serviceName"])
        service_records.say(service, message, happening.at)
        yield events.service_action(service, happening.name, at)


_STATES = {"COMPLETED": "completed", "FAILED": "failed"}
_MESSAGES = {
    "SERVICE_STEADY_STATE": "(service {}) has reached a steady state.",
    "SERVICE_TASK_START_IMPAIRED": "(service {}) is unable to consistently start tasks successfully.",
}


def _show_task(cluster: str, service: Record, task: Task, at: float) -> Iterator[Event]:
    record = ecs._tasks.get(task_records.arn_of(cluster, task.task_id))
    if record is None:
        definition = service_records.history(service)[task.deployment_id].deployment["taskDefinition"]
        record = task_records.begin(cluster, service, task, definition)
        _say_of_task(service, "has started 1 tasks: (task {}).", task, at)
    elif record["version"] == task.version:
        record["healthStatus"] = "HEALTHY"
        return  # it became healthy: its target changes, its state does not
    task_records.follow(record, task)
    if task.status is Status.DEACTIVATING:
        _say_of_task(service, "has begun draining connections on 1 tasks.", task, at)
    elif task.status is Status.DEPROVISIONING and task.started_at is not None:
        _say_of_task(service, "has stopped 1 running tasks: (task {}).", task, at)
    elif task.status is Status.STOPPED:
        _stopped.append((at, record["taskArn"]))
    yield events.task_state_change(record, moment(at))


def _say_of_task(service: Record, words: str, task: Task, at: float) -> None:
    service_records.say(service, f"(service {service['serviceName']}) {words.format(task.task_id)}", at)


def _settle(running: Running, service: Record) -> None:
    """Counts, deployments and targets; a service that was deleted is INACTIVE once nothing of it is left."""
    fleet, name = running.fleet, service["serviceName"]
    service_records.recount(service, fleet)
    tasks = fleet.tasks(name) if name in fleet.services() else []
    cluster = running.place.cluster
    records = {task.task_id: ecs._tasks[task_records.arn_of(cluster, task.task_id)] for task in tasks}
    targets.follow(service, tasks, records)
    if service["status"] == "DRAINING" and name not in fleet.services():
        service["status"] = "INACTIVE"


def _forget_long_stopped() -> None:
    while _stopped and _stopped[0][0] < registry.now() - KEPT_STOPPED:
        _, arn = _stopped.popleft()
        region, account = arn.split(":")[3:5]
        ecs._tasks.pop_scoped(account, region, arn, None)


def install() -> None:
    _stopped.clear()
    registry.on_happenings(show)
