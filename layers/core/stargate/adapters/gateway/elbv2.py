"""The targets, as the load balancer sees them."""

from __future__ import annotations

from stargate.adapters.aws import client


def healthy_targets(region: str, target_group_arn: str) -> int:
    answer = client("elbv2", region).describe_target_health(TargetGroupArn=target_group_arn)
    return sum(target["TargetHealth"]["State"] == "healthy" for target in answer["TargetHealthDescriptions"])


def application_balancers(region: str) -> int:
    pages = client("elbv2", region).get_paginator("describe_load_balancers").paginate()
    return sum(balancer["Type"] == "application" for page in pages for balancer in page["LoadBalancers"])
