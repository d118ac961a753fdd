"""ECS without containers, but in time: tasks start, run and stop as Fargate's do, spread over the zones.

MiniStack's ECS without Docker has every task running at once, in one zone and with no address, so that no
target group ever sees one. Here a task passes its states in simulated time, has an address in one of its
subnets, and tells EventBridge of each change. MiniStack's own code still counts, registers targets and
completes deployments.
"""

from __future__ import annotations

import ipaddress
import json
import uuid
from collections import Counter
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core.responses import json_response
from ministack.services import ec2, ecs

from local.events import emit

if TYPE_CHECKING:
    from local.services.later import Later
    from local.services.pace import Pace

Task = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

# Simulated seconds in each state. Estimates: Fargate publishes none; its tasks are known to run within a
# minute or so, most of which is pulling the image. A one-off task works for as long as a few migrations take.
PROVISIONING = 12.0
PENDING = 35.0
ONE_OFF_WORK = 60.0
DEPROVISIONING = 8.0
REPLACEMENT = 5.0


_fargate: list[Fargate] = []  # the one that is installed


class Fargate:
    def __init__(self, pace: Pace, later: Later) -> None:
        self.pace = pace
        self.later = later
        self.ministack_run_task = ecs._run_task
        self.ministack_mark_stopped = ecs._mark_task_stopped
        self.answered: dict[str, Response] = {}

    def run_task(self, data: dict[str, Any]) -> Response:
        token = data.get("clientToken", "")
        if token and token in self.answered:
            return self.answered[token]
        status, headers, body = self.ministack_run_task(data)
        if status >= 400:
            return status, headers, body
        answer = json.loads(body)
        tasks = [ecs._tasks[task["taskArn"]] for task in answer["tasks"]]
        subnets = data.get("networkConfiguration", {}).get("awsvpcConfiguration", {}).get("subnets", [])
        for task in tasks:
            self._begin(task, place(task, subnets))
        response: Response = json_response({"tasks": [ecs._sanitize(task) for task in tasks], "failures": []})
        if token:
            self.answered[token] = response
        return response

    def _begin(self, task: Task, subnet: dict[str, Any] | None) -> None:
        task |= {
            "lastStatus": "PROVISIONING",
            "startedAt": None,
            "pullStartedAt": None,
            "pullStoppedAt": None,
            "_startup_stable": False,
        }
        if not task["group"]:
            task["group"] = f"family:{task['taskDefinitionArn'].rsplit('/', 1)[-1].split(':')[0]}"
        if task["launchType"] == "FARGATE":
            task["containerInstanceArn"] = None
        if subnet is not None:
            attach(task, subnet)
        set_containers(task, "PENDING")
        self._tell(task)
        self.later.call(self.pace.real_seconds(PROVISIONING), self._pend, task)

    def _pend(self, task: Task) -> None:
        if stopping(task):
            return
        self._change(task, "PENDING", pullStartedAt=ecs._iso())
        self.later.call(self.pace.real_seconds(PENDING), self.start, task)

    def start(self, task: Task) -> None:
        if stopping(task) or task["lastStatus"] == "RUNNING":
            return
        set_containers(task, "RUNNING")
        now = ecs._iso()
        self._change(task, "RUNNING", pullStoppedAt=now, startedAt=now, _startup_stable=True)
        if of_service(task):
            complete_deployment(task)
        else:
            self.later.call(self.pace.real_seconds(ONE_OFF_WORK), self._work_done, task)

    def _work_done(self, task: Task) -> None:
        if stopping(task):
            return
        for container in task["containers"]:
            container |= {"lastStatus": "STOPPED", "exitCode": 0}
        self._change(
            task,
            "DEPROVISIONING",
            desiredStatus="STOPPED",
            stoppingAt=ecs._iso(),
            stoppedReason="Essential container in task exited",
            stopCode="EssentialContainerExited",
        )
        self.later.call(self.pace.real_seconds(DEPROVISIONING), self._released, task)

    def _released(self, task: Task) -> None:
        task["desiredStatus"] = "RUNNING"  # MiniStack stops only what nobody has asked to stop yet
        self.mark_stopped(task["taskArn"], task, task["stoppedReason"], task["stopCode"], 0)

    def mark_stopped(
        self, arn: str, task: Task, reason: str, code: str, exit_code: int | None = None
    ) -> bool:
        stopped = bool(self.ministack_mark_stopped(arn, task, reason, code, exit_code))
        if stopped:
            self._tell(task)
            if of_service(task):
                self.later.call(self.pace.real_seconds(REPLACEMENT), replace, task)
        return stopped

    def _change(self, task: Task, status: str, **facts: Any) -> None:
        task |= {"lastStatus": status, "version": task["version"] + 1, **facts}
        cluster = ecs._cluster_name_from_arn(task["clusterArn"])
        ecs._refresh_service_state(cluster, task["group"])
        ecs._recount_cluster(cluster)
        self._tell(task)

    def _tell(self, task: Task) -> None:
        detail = {**ecs._sanitize(task), "updatedAt": ecs._iso()}
        emit("aws.ecs", "ECS Task State Change", [task["taskArn"]], detail)


def stopping(task: Task) -> bool:
    return bool(task["desiredStatus"] == "STOPPED")


def of_service(task: Task) -> bool:
    return str(task["group"]).startswith("service:")


def place(task: Task, subnets: list[str]) -> dict[str, Any] | None:
    """Answer the subnet with the fewest living tasks of the same group: they spread over the zones."""
    known = [ec2._subnets[name] for name in subnets if name in ec2._subnets]
    living = Counter(
        other.get("_subnet")
        for other in list(ecs._tasks.values())
        if other is not task and other["group"] == task["group"] and not stopping(other)
    )
    return min(known, key=lambda subnet: living[subnet["SubnetId"]], default=None)


def attach(task: Task, subnet: dict[str, Any]) -> None:
    """Give the task its network interface, with an address of the subnet that nobody else has."""
    taken = {ecs._task_ip(other) for other in list(ecs._tasks.values()) if not stopping(other)}
    hosts = (str(host) for host in list(ipaddress.ip_network(subnet["CidrBlock"]).hosts())[3:])
    address = next(host for host in hosts if host not in taken)
    task["availabilityZone"] = subnet["AvailabilityZone"]
    task["_subnet"] = subnet["SubnetId"]
    task["attachments"] = [
        {
            "id": str(uuid.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED",
            "details": [
                {"name": "subnetId", "value": subnet["SubnetId"]},
                {"name": "networkInterfaceId", "value": f"eni-{uuid.uuid4().hex[:17]}"},
                {"name": "privateIPv4Address", "value": address},
            ],
        }
    ]


def set_containers(task: Task, status: str) -> None:
    for container in task["containers"]:
        container["lastStatus"] = status


def service_key(task: Task) -> str:
    return f"{ecs._cluster_name_from_arn(task['clusterArn'])}/{task['group'].removeprefix('service:')}"


def complete_deployment(task: Task) -> None:
    ecs._complete_service_deployment(ecs._cluster_name_from_arn(task["clusterArn"]), service_key(task))


def replace(task: Task) -> None:
    ecs._reconcile_service_tasks(ecs._cluster_name_from_arn(task["clusterArn"]), service_key(task))


def service_stands(arn: str) -> None:
    """Bring the service to its steady state now: all its tasks run, and its deployment is completed."""
    cluster, name = arn.rsplit("/", 2)[1:]
    for task in list(ecs._tasks.values()):
        if service_key(task) == f"{cluster}/{name}" and of_service(task):
            _fargate[-1].start(task)


def install(pace: Pace, later: Later) -> None:
    fargate = Fargate(pace, later)
    _fargate.append(fargate)
    ecs._get_docker = lambda: None
    ecs._run_task = ecs._ACTION_MAP["RunTask"] = fargate.run_task
    ecs._mark_task_stopped = fargate.mark_stopped
    ecs._make_deployment = beginning(ecs._make_deployment)
    ecs._delete_service = ecs._ACTION_MAP["DeleteService"] = forgetting_tags(ecs._delete_service)
    app.SERVICE_HANDLERS["ecs"] = noting_loop(app.SERVICE_HANDLERS["ecs"], later)


def beginning(make_deployment: Any) -> Any:
    """A deployment is in progress until its tasks run; MiniStack's is completed before they start."""

    def make(task_definition: str, desired_count: int, status: str = "PRIMARY") -> dict[str, Any]:
        deployment: dict[str, Any] = make_deployment(task_definition, desired_count, status)
        if desired_count:
            deployment |= {
                "rolloutState": "IN_PROGRESS",
                "rolloutStateReason": f"ECS deployment {deployment['id']} in progress.",
            }
        return deployment

    return make


def forgetting_tags(delete_service: Any) -> Any:
    """A deleted service has no tags left; MiniStack's tagging API would go on listing it."""

    def delete(data: dict[str, Any]) -> Response:
        response: Response = delete_service(data)
        if response[0] < 400:
            ecs._tags.pop(json.loads(response[2])["service"]["serviceArn"], None)
        return response

    return delete


def noting_loop(handler: Any, later: Later) -> Any:
    async def handle(*args: Any) -> Any:
        later.note_loop()
        return await handler(*args)

    return handle
