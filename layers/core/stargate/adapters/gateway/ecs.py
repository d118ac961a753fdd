"""One-off tasks and services on ECS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, message_of
from stargate.adapters.refusals import REFUSED_STATUS, named, refused
from stargate.domain.operating.facts import Deployment, ServiceFacts, Task
from stargate.domain.provisioning.moves import ObservedTask
from stargate.errors import ActionRefusedError, AwsDeniedError, TaskRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

STOPPABLE = ["PENDING", "IN_PROGRESS"]


class EcsTasks:
    def start(
        self,
        region: str,
        cluster: str,
        family: str,
        subnets: Sequence[str],
        security_group: str,
        started_by: str,
        client_token: str,
        overrides: Sequence[dict[str, Any]] = (),
    ) -> str:
        network = {
            "subnets": list(subnets),
            "securityGroups": [security_group],
            "assignPublicIp": "DISABLED",
        }
        try:
            with named("RunTask"):
                answer = client("ecs", region).run_task(
                    cluster=cluster,
                    taskDefinition=family,
                    launchType="FARGATE",
                    count=1,
                    startedBy=started_by,
                    clientToken=client_token,
                    overrides={"containerOverrides": list(overrides)},
                    networkConfiguration={"awsvpcConfiguration": network},
                )
        except AwsDeniedError as denied:
            raise TaskRefusedError(str(denied)) from denied
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in REFUSED_STATUS:
                raise TaskRefusedError(message_of(error)) from error
            raise
        if not answer["tasks"]:
            reasons = ", ".join(failure.get("reason", "") for failure in answer["failures"])
            raise TaskRefusedError(f"ECS started no task: {reasons}")
        return str(answer["tasks"][0]["taskArn"])

    def describe(self, region: str, cluster: str, task_arn: str) -> ObservedTask | None:
        answer = client("ecs", region).describe_tasks(cluster=cluster, tasks=[task_arn])
        if not answer["tasks"]:
            return None
        task = answer["tasks"][0]
        reasons = [container.get("reason", "") for container in task["containers"]]
        return ObservedTask(
            task_arn=task["taskArn"],
            stopped=task["lastStatus"] == "STOPPED",
            exit_codes=tuple(container.get("exitCode") for container in task["containers"]),
            reason=next((reason for reason in reasons if reason), task.get("stoppedReason", "")),
        )


def services(region: str, cluster: str, names: Sequence[str]) -> dict[str, tuple[int, str]]:
    answer = client("ecs", region).describe_services(cluster=cluster, services=list(names))
    found = {}
    for service in answer["services"]:
        rollouts = [
            deployment.get("rolloutState", "")
            for deployment in service.get("deployments", [])
            if deployment["status"] == "PRIMARY"
        ]
        found[service["serviceName"]] = (service["runningCount"], rollouts[0] if rollouts else "")
    return found


class EcsServices:
    def describe(self, region: str, cluster: str, service: str) -> ServiceFacts | None:
        """None if there is none, or if it is being deleted."""
        try:
            with named("DescribeServices"):
                answer = client("ecs", region).describe_services(cluster=cluster, services=[service])
        except ClientError as error:
            if code_of(error) == "ClusterNotFoundException":
                return None
            raise
        active = [found for found in answer["services"] if found["status"] == "ACTIVE"]
        if not active:
            return None
        deployments = tuple(_deployment(one) for one in active[0].get("deployments", []))
        return ServiceFacts(active[0]["desiredCount"], active[0]["runningCount"], deployments)

    def tasks(self, region: str, cluster: str, service: str) -> tuple[Task, ...]:
        ecs = client("ecs", region)
        with named("ListTasks"):
            listed = ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="RUNNING")
        if not listed["taskArns"]:
            return ()
        with named("DescribeTasks"):
            answer = ecs.describe_tasks(cluster=cluster, tasks=listed["taskArns"])
        running = [one for one in answer["tasks"] if one["lastStatus"] == "RUNNING"]
        return tuple(sorted(map(_task, running), key=lambda task: task.started_at))

    def stop_task(self, region: str, cluster: str, service: str, task_id: str) -> None:
        with refused("StopTask"):
            try:
                client("ecs", region).stop_task(
                    cluster=cluster, task=task_id, reason=f"stargate replaces it in {service}"
                )
            except ClientError as error:
                if "not found" not in message_of(error).lower():
                    raise

    def restart(self, region: str, cluster: str, service: str) -> None:
        with refused("UpdateService"):
            client("ecs", region).update_service(cluster=cluster, service=service, forceNewDeployment=True)

    def stop_deployment(self, region: str, cluster: str, service: str) -> None:
        with refused("ListServiceDeployments"):
            answer = client("ecs", region).list_service_deployments(
                cluster=cluster, service=service, status=STOPPABLE
            )
        under_way = sorted(answer["serviceDeployments"], key=lambda deployment: deployment["createdAt"])
        if not under_way:
            raise ActionRefusedError(f"{cluster}/{service} has no deployment in progress to stop")
        with refused("StopServiceDeployment"):
            client("ecs", region).stop_service_deployment(
                serviceDeploymentArn=under_way[-1]["serviceDeploymentArn"], stopType="ROLLBACK"
            )


def _task(told: dict[str, Any]) -> Task:
    details = [one for attached in told.get("attachments", []) for one in attached.get("details", [])]
    address = next((one["value"] for one in details if one["name"] == "privateIPv4Address"), "")
    started = told.get("startedAt") or told["createdAt"]
    return Task(told["taskArn"].rpartition("/")[2], address, started.timestamp())


def _deployment(told: dict[str, Any]) -> Deployment:
    return Deployment(
        deployment_id=told["id"],
        status=told["status"],
        rollout=told.get("rolloutState", ""),
        task_definition=told["taskDefinition"],
        created_at=told["createdAt"].timestamp(),
    )
