"""Load balancers are provisioning until their time has come."""

from __future__ import annotations

from typing import Any

from ministack.services import alb
from ministack.services.cloudformation import provisioners


def create_balancer(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, Any]]:
    arn, attributes = provisioners._elbv2_load_balancer_create(logical_id, properties, stack_name)
    alb._lbs[arn]["State"] = "provisioning"
    return arn, attributes


def balancer_stands(arn: str) -> None:
    alb._lbs[arn]["State"] = "active"


HANDLERS = {
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"create": create_balancer, "stands": balancer_stands},
}
TAGGED = ("AWS::ElasticLoadBalancingV2::ListenerRule",)
