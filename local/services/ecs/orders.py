"""Calls of the ECS API on services and their tasks, as orders to the fleet.

MiniStack's own code checks the calls and keeps what was declared; then it would move tasks at once. Here it
hands over at its one place for that (`_reconcile_service_tasks`), and the fleet moves them in time.
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import error_response_json, get_region, json_response
from ministack.services import ec2, ecs

from local.gateways import registry
from local.services.ecs import service_records, targets, task_records
from local.twin.fleet import DeploymentRules, Stop, TaskSize

Record = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

STOPPED_BY_USER = "Task stopped by user"


def reconcile(cluster: str, key: str) -> None:
    """Tell the fleet what is declared of a service now."""
    service = ecs._services.get(key)
    if service is None or service["status"] != "ACTIVE":
        return
    name, zones = service["serviceName"], _zones(service)
    with registry.ordering(cluster, zones) as (fleet, now):
        primary = ecs._primary_deployment(service)
        if name not in fleet.services():
            began = fleet.add_service(
                name, _size(service), service["desiredCount"], now, _rules(service), zones
            )
            service_records.remember(service, began, primary, now)
            return
        fleet.change_rules(name, _size(service), _rules(service), now)
        fleet.place(name, zones, now)
        if primary["id"] not in service_records.history(service):
            service_records.remember(service, fleet.deploy(name, now), primary, now)
        fleet.set_desired(name, service["desiredCount"], now)


def deploy_crashing(cluster: str, name: str) -> None:
    """Deploy a version of the service whose tasks crash, which no declaration could tell; or KeyError."""
    service = ecs._services[f"{cluster}/{name}"]
    primary = ecs._primary_deployment(service)
    with registry.ordering(cluster, _zones(service)) as (fleet, now):
        began = fleet.deploy(name, now, crashing=True)
        service_records.remember(service, began, {**primary}, now)


def _size(service: Record) -> TaskSize:
    definition = ecs._task_defs.get(ecs._resolve_td_key(service["taskDefinition"])) or {}
    return TaskSize(int(definition.get("cpu") or 256), int(definition.get("memory") or 512))


def _rules(service: Record) -> DeploymentRules:
    configuration = service.get("deploymentConfiguration") or {}
    breaker = configuration.get("deploymentCircuitBreaker") or {}
    return DeploymentRules(
        min_percent=int(configuration.get("minimumHealthyPercent", 100)),
        max_percent=int(configuration.get("maximumPercent", 200)),
        breaker=_is_true(breaker.get("enable")),
        rolls_back=_is_true(breaker.get("rollback")),
        drain_seconds=targets.drain_seconds(service),
        healthy_seconds=targets.healthy_seconds(service),
    )


def _is_true(value: object) -> bool:
    """Templates bring text, the API brings truth values."""
    return str(value).lower() == "true"


def _zones(service: Record) -> list[str]:
    """The zones of its subnets, in their order; one, if it has none."""
    subnets = [ec2._subnets[name] for name in task_records.subnets_of(service) if name in ec2._subnets]
    return list(dict.fromkeys(subnet["AvailabilityZone"] for subnet in subnets)) or [f"{get_region()}a"]


class Calls:
    """The calls that MiniStack would carry out at once."""

    def __init__(self) -> None:
        self.ministack_create = ecs._create_service
        self.ministack_stop_task = ecs._stop_task
        self.ministack_update = ecs._update_service

    def create_service(self, data: Record) -> Response:
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        known = ecs._services.get(f"{cluster}/{data.get('serviceName')}")
        if known is not None and known["status"] == "DRAINING":
            return _refuse("InvalidParameterException", "Unable to Start a service that is still Draining.")
        response: Response = self.ministack_create(data)
        return response

    def update_service(self, data: Record) -> Response:
        """Another network is another deployment, as at AWS; MiniStack only writes it down."""
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        name, _ = ecs._resolve_service_ref(data.get("service", "")) or (None, None)
        known = ecs._services.get(f"{cluster}/{name}") or {}
        moved = data.get("networkConfiguration", known.get("networkConfiguration"))
        if known and moved != known.get("networkConfiguration"):
            data = {**data, "forceNewDeployment": True}
        with registry.lock:
            response: Response = self.ministack_update(data)
        return response

    def stop_task(self, data: Record) -> Response:
        """A task of a service drains and ends in time; the service replaces it."""
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        record = ecs._resolve_task(data.get("task", ""), cluster)
        if record is None or not record.get("_fleet"):
            response: Response = self.ministack_stop_task(data)
            return response
        stop = Stop("UserInitiated", data.get("reason") or STOPPED_BY_USER)
        with registry.ordering(cluster, ()) as (fleet, now):
            if record["lastStatus"] != "STOPPED":
                fleet.stop_task(record["taskArn"].rsplit("/", 1)[-1], stop, now)
        answer: Response = json_response({"task": ecs._sanitize(record)})
        return answer

    def delete_service(self, data: Record) -> Response:
        """It drains until its last task is gone, and is INACTIVE then. Its tags are gone at once."""
        cluster = ecs._resolve_cluster_name(data.get("cluster", "default"))
        name, of_cluster = ecs._resolve_service_ref(data.get("service", "")) or (None, None)
        service = ecs._services.get(f"{cluster}/{name}")
        if service is None or of_cluster not in {None, cluster}:
            return _refuse("ServiceNotFoundException", "Service not found.")
        if not data.get("force") and service["desiredCount"] > 0:
            message = "The service cannot be stopped while it is scaled above 0."
            return _refuse("InvalidParameterException", message)
        ecs._tags.pop(service["serviceArn"], None)
        if service["status"] == "ACTIVE":
            service |= {"status": "DRAINING", "desiredCount": 0}
            with registry.ordering(cluster, ()) as (fleet, now):
                if name in fleet.services():
                    fleet.remove_service(name, now)
            _end_if_gone(cluster, service)
        answer: Response = json_response({"service": ecs._sanitize(service)})
        return answer


def _end_if_gone(cluster: str, service: Record) -> None:
    """A service that had no task is INACTIVE without anything having happened in the fleet."""
    entry = registry.find(cluster)
    if entry is None or service["serviceName"] not in entry.fleet.services():
        service |= {"status": "INACTIVE", "runningCount": 0, "pendingCount": 0, "deployments": []}


def _refuse(code: str, message: str) -> Response:
    response: Response = error_response_json(code, message, 400)
    return response


def install() -> None:
    calls = Calls()
    ecs._reconcile_service_tasks = reconcile
    ecs._create_service = ecs._ACTION_MAP["CreateService"] = calls.create_service
    ecs._update_service = ecs._ACTION_MAP["UpdateService"] = calls.update_service
    ecs._stop_task = ecs._ACTION_MAP["StopTask"] = calls.stop_task
    ecs._delete_service = ecs._ACTION_MAP["DeleteService"] = calls.delete_service
