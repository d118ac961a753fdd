"""ECS services: numbers that arrive as text, and steady when their time has come."""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

from local.services import ecs

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def with_numbers(properties: Properties) -> Properties:
    """Parameters are text, whatever their type says; ECS counts with numbers."""
    if "DesiredCount" not in properties:
        return properties
    return {**properties, "DesiredCount": int(properties["DesiredCount"])}


def create_service(logical_id: str, properties: Properties, stack_name: str) -> Created:
    arn, attributes = provisioners._ecs_service_create(logical_id, with_numbers(properties), stack_name)
    return str(arn), attributes


def update_service(arn: str, old: Properties, new: Properties, stack_name: str) -> Created:
    name, attributes = provisioners._ecs_service_update(arn, with_numbers(old), with_numbers(new), stack_name)
    return str(name), attributes


HANDLERS = {
    "AWS::ECS::Service": {
        "create": create_service,
        "update": update_service,
        "stands": ecs.service_stands,
    },
}
TAGGED = ()
