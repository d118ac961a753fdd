"""One-off tasks in time: RunTask's tasks start, work for a while and end well.

MiniStack's ECS without Docker has every task running at once, in one zone and with no address. Here such a
task passes its states in simulated time, has an address in one of its subnets, and tells EventBridge of each
change. Tasks of services are the fleet's.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from ministack.core.responses import json_response
from ministack.services import ec2, ecs

from local.services.ecs import events, interfaces

if TYPE_CHECKING:
    from local.services.later import Later
    from local.services.pace import Pace

Task = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

# Simulated seconds in each state. Estimates: Fargate publishes none; its tasks are known to run within a
# minute or so, most of which is pulling the image. A one-off task works for as long as a few migrations take.
PROVISIONING = 12.0
PENDING = 35.0
WORK = 60.0
DEPROVISIONING = 8.0


class OneOffTasks:
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
            "connectivity": None,
            "connectivityAt": None,
            "startedAt": None,
            "pullStartedAt": None,
            "pullStoppedAt": None,
            "attributes": interfaces.ATTRIBUTES,
        }
        if not task["group"]:
            task["group"] = f"family:{task['taskDefinitionArn'].rsplit('/', 1)[-1].split(':')[0]}"
        if task["launchType"] == "FARGATE":
            task["containerInstanceArn"] = None
        if subnet is not None:
            interfaces.promise(task, subnet)
        interfaces.set_containers(task, "PENDING")
        self._tell(task)
        self.later.call(self.pace.real_seconds(PROVISIONING), self._pend, task)

    def _pend(self, task: Task) -> None:
        if stopping(task):
            return
        interfaces.attach(task)
        task["_pending_since"] = ecs._iso()
        self._change(task, "PENDING")
        self.later.call(self.pace.real_seconds(PENDING), self._run, task)

    def _run(self, task: Task) -> None:
        if stopping(task):
            return
        interfaces.set_containers(task, "RUNNING")
        began, now = task["_pending_since"], ecs._iso()
        connected = {"connectivity": "CONNECTED", "connectivityAt": began, "pullStartedAt": began}
        self._change(task, "RUNNING", **connected, pullStoppedAt=now, startedAt=now)
        self.later.call(self.pace.real_seconds(WORK), self._work_done, task)

    def _work_done(self, task: Task) -> None:
        if stopping(task):
            return
        for container in task["containers"]:
            container |= {"lastStatus": "STOPPED", "exitCode": 0}
        now = ecs._iso()
        self._change(
            task,
            "DEPROVISIONING",
            desiredStatus="STOPPED",
            stoppingAt=now,
            executionStoppedAt=now,
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
            interfaces.detach(task)
            self._tell(task)
        return stopped

    def _change(self, task: Task, status: str, **facts: Any) -> None:
        task |= {"lastStatus": status, "version": task["version"] + 1, **facts}
        ecs._recount_cluster(ecs._cluster_name_from_arn(task["clusterArn"]))
        self._tell(task)

    def _tell(self, task: Task) -> None:
        events.tell(events.task_state_change(task, ecs._iso()))


def stopping(task: Task) -> bool:
    return bool(task["desiredStatus"] == "STOPPED")


def place(task: Task, subnets: list[str]) -> dict[str, Any] | None:
    """Answer the subnet with the fewest living tasks of the same group: they spread over the zones."""
    known = [ec2._subnets[name] for name in subnets if name in ec2._subnets]
    living = Counter(
        other.get("_subnet")
        for other in list(ecs._tasks.values())
        if other is not task and other["group"] == task["group"] and not stopping(other)
    )
    return min(known, key=lambda subnet: living[subnet["SubnetId"]], default=None)


def install(pace: Pace, later: Later) -> None:
    tasks = OneOffTasks(pace, later)
    ecs._get_docker = lambda: None
    ecs._run_task = ecs._ACTION_MAP["RunTask"] = tasks.run_task
    ecs._mark_task_stopped = tasks.mark_stopped
