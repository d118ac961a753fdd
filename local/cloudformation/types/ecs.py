"""ECS services: numbers that arrive as text; they stand once they are steady, and are gone once drained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import ecs
from ministack.services.cloudformation import provisioners

from local.services.ecs import standing

if TYPE_CHECKING:
    from collections.abc import Awaitable

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def with_numbers(properties: Properties) -> Properties:
    """Parameters are text, whatever their type says; ECS counts with numbers."""
    if "DesiredCount" not in properties:
        return properties
    return {**properties, "DesiredCount": int(properties["DesiredCount"])}


def create_service(logical_id: str, properties: Properties, stack_name: str) -> Created:
    arn, attributes = provisioners._ecs_service_create(logical_id, with_numbers(properties), stack_name)
    ecs._services["/".join(str(arn).rsplit("/", 2)[1:])] |= {
        "healthCheckGracePeriodSeconds": int(properties.get("HealthCheckGracePeriodSeconds") or 0),
        "propagateTags": properties.get("PropagateTags", "NONE"),
    }
    return str(arn), attributes


def update_service(arn: str, old: Properties, new: Properties, stack_name: str) -> Created:
    """Blocks until the service stands as it was declared, as CloudFormation waits for it."""
    name, attributes = provisioners._ecs_service_update(arn, with_numbers(old), with_numbers(new), stack_name)
    if is_forced(old, new):
        ecs._update_service({"cluster": arn.split("/")[1], "service": arn, "forceNewDeployment": True})
    standing.wait_until_deployed(arn)
    return str(name), attributes


def is_forced(old: Properties, new: Properties) -> bool:
    """Another nonce is another deployment; another version is one already."""
    changed = {name for name in ("ForceNewDeployment", "TaskDefinition") if new.get(name) != old.get(name)}
    return changed == {"ForceNewDeployment"}


def service_leaves(arn: str) -> Awaitable[None]:
    standing.begin_to_leave(arn)
    return standing.until_gone(arn)


HANDLERS = {
    "AWS::ECS::Service": {
        "create": create_service,
        "update": update_service,
        "blocks": True,
        "stands": standing.until_steady,
        "leaves": service_leaves,
    },
}
TAGGED = ()
