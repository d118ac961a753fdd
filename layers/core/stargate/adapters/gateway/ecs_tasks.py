"""The running tasks of services: which they are, and how one is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named, refused
from stargate.domain.drills.deeds import ServiceStanding, TaskFacts
from stargate.errors import ActionRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SERVICES = 10  # that DescribeServices takes at once
MOST_TASKS = 100  # that DescribeTasks takes at once


class EcsServiceTasks:
    def standing(self, region: str, cluster: str, services: Sequence[str]) -> dict[str, ServiceStanding]:
        return {
            one["serviceName"]: ServiceStanding(
                one["desiredCount"], _tasks(region, cluster, one["serviceName"])
            )
            for one in _described(region, cluster, services)
        }

    def stop(self, region: str, cluster: str, task_id: str, reason: str) -> None:
        try:
            with refused("StopTask"):
                client("ecs", region).stop_task(cluster=cluster, task=task_id, reason=reason)
        except ActionRefusedError as error:
            if "not found" not in str(error).lower():
                raise


def _described(region: str, cluster: str, services: Sequence[str]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(services), MOST_SERVICES):
        asked = list(services[start : start + MOST_SERVICES])
        try:
            with named("DescribeServices"):
                answer = client("ecs", region).describe_services(cluster=cluster, services=asked)
        except ClientError as error:
            if code_of(error) == "ClusterNotFoundException":
                return []
            raise
        found += [one for one in answer["services"] if one["status"] == "ACTIVE"]
    return found


def _tasks(region: str, cluster: str, service: str) -> tuple[TaskFacts, ...]:
    ecs = client("ecs", region)
    with named("ListTasks"):
        arns = ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="RUNNING")["taskArns"]
    if not arns:
        return ()
    with named("DescribeTasks"):
        tasks = ecs.describe_tasks(cluster=cluster, tasks=arns[:MOST_TASKS])["tasks"]
    return tuple(
        TaskFacts(
            task["taskArn"].rpartition("/")[2],
            task.get("availabilityZone", ""),
            task["startedAt"].timestamp(),
        )
        for task in tasks
        if task["lastStatus"] == "RUNNING" and task.get("startedAt")
    )
