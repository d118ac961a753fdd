"""Load balancers are provisioning until their time has come; target groups know their full names."""

from __future__ import annotations

from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def create_balancer(logical_id: str, properties: Properties, stack_name: str) -> Created:
    arn, attributes = provisioners._elbv2_load_balancer_create(logical_id, properties, stack_name)
    alb._lbs[arn]["State"] = "provisioning"
    return arn, attributes


def balancer_stands(arn: str) -> None:
    alb._lbs[arn]["State"] = "active"


def create_group(logical_id: str, properties: Properties, stack_name: str) -> Created:
    return with_full_name(provisioners._elbv2_target_group_create(logical_id, properties, stack_name))


def update_group(arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
    return with_full_name(provisioners._elbv2_target_group_update(arn, old, new, stack_name, logical_id))


def with_full_name(made: Created) -> Created:
    """The name as CloudWatch's dimension TargetGroup has it; MiniStack leaves out its `targetgroup/`."""
    arn, attributes = made
    return arn, {**attributes, "TargetGroupFullName": arn.rsplit(":", 1)[-1]}


HANDLERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"create": create_balancer, "stands": balancer_stands},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "create": create_group,
        "update": update_group,
        "update_with_logical_id": True,
    },
}
TAGGED = ("AWS::ElasticLoadBalancingV2::ListenerRule",)
