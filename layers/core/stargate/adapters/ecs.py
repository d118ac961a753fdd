"""One-off tasks and services on ECS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, message_of
from stargate.domain.moves import ObservedTask
from stargate.errors import TaskRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

REFUSED_STATUS = range(400, 500)


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
    ) -> str:
        try:
            answer = client("ecs", region).run_task(
                cluster=cluster,
                taskDefinition=family,
                launchType="FARGATE",
                count=1,
                startedBy=started_by,
                clientToken=client_token,
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": list(subnets),
                        "securityGroups": [security_group],
                        "assignPublicIp": "DISABLED",
                    }
                },
            )
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
