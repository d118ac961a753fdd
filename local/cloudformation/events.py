"""What CloudFormation tells: each stack event also goes to EventBridge, as AWS sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, stacks

Emit = Callable[[str, str, list[str], dict[str, Any]], object]

SOURCE = "aws.cloudformation"
STACK_CHANGED = "CloudFormation Stack Status Change"
RESOURCE_CHANGED = "CloudFormation Resource Status Change"
STACK_TYPE = "AWS::CloudFormation::Stack"


def detail_of(event: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Answer the detail type and the detail that AWS gives a stack event on EventBridge."""
    status = {"status": event["ResourceStatus"], "status-reason": event["ResourceStatusReason"]}
    token = event.get("ClientRequestToken", "")
    if event["ResourceType"] == STACK_TYPE and event["PhysicalResourceId"] == event["StackId"]:
        return STACK_CHANGED, {
            "stack-id": event["StackId"],
            "status-details": status,
            "client-request-token": token,
        }
    return RESOURCE_CHANGED, {
        "stack-id": event["StackId"],
        "logical-resource-id": event["LogicalResourceId"],
        "physical-resource-id": event["PhysicalResourceId"],
        "status-details": status,
        "resource-type": event["ResourceType"],
        "client-request-token": token,
    }


def install(emit: Emit) -> None:
    record = stacks._add_event

    def tell(stack_id: str, *args: Any, **kwargs: Any) -> None:
        record(stack_id, *args, **kwargs)
        detail_type, detail = detail_of(cloudformation._stack_events[stack_id][-1])
        emit(SOURCE, detail_type, [stack_id], detail)

    for module in (stacks, handlers, changesets):
        module._add_event = tell
