"""LiteLLM's pools, by the variable that its configuration takes their size from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import Pools

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "DATABASE_POOL"
# What DescribeTaskDefinition tells beside what RegisterTaskDefinition takes.
TOLD_ONLY = frozenset(
    {"taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt"}
    | {"registeredBy", "deregisteredAt", "deleteRequestedAt"}
)


class EcsConnectionPools:
    def describe(self, region: str, cluster: str, service: str) -> Pools | None:
        found = _deployed(region, cluster, service)
        if found is None:
            return None
        arn, definition = found
        size = next((one["value"] for one in _variables(definition, service) if one["name"] == VARIABLE), "")
        return Pools(arn, int(size)) if size.isdecimal() else None

    def deploy(self, region: str, cluster: str, service: str, connections: int) -> None:
        found = _deployed(region, cluster, service)
        if found is None:
            return
        _, definition = found
        for variable in _variables(definition, service):
            if variable["name"] == VARIABLE:
                variable["value"] = str(connections)
        with refused("RegisterTaskDefinition"):
            made = client("ecs", region).register_task_definition(
                **{name: value for name, value in definition.items() if name not in TOLD_ONLY}
            )
        self.go_back(region, cluster, service, made["taskDefinition"]["taskDefinitionArn"])

    def go_back(self, region: str, cluster: str, service: str, task_definition: str) -> None:
        with refused("UpdateService"):
            client("ecs", region).update_service(
                cluster=cluster, service=service, taskDefinition=task_definition
            )


def _deployed(region: str, cluster: str, service: str) -> tuple[str, dict[str, Any]] | None:
    ecs = client("ecs", region)
    with named("DescribeServices"):
        answer = ecs.describe_services(cluster=cluster, services=[service])
    if not answer["services"]:
        return None
    arn = answer["services"][0]["taskDefinition"]
    with named("DescribeTaskDefinition"):
        return arn, ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]


def _variables(definition: Mapping[str, Any], container: str) -> list[dict[str, str]]:
    named_so = [one for one in definition["containerDefinitions"] if one["name"] == container]
    return [variable for one in named_so for variable in one.get("environment", [])]
