"""The targets, as the load balancer sees them."""

from __future__ import annotations

from stargate.adapters.aws import client


def healthy_targets(region: str, target_group_arn: str) -> int:
    answer = client("elbv2", region).describe_target_health(TargetGroupArn=target_group_arn)
    return sum(target["TargetHealth"]["State"] == "healthy" for target in answer["TargetHealthDescriptions"])
