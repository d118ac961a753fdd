"""Scalable targets and scaling policies, made in the local Application Auto Scaling."""

from __future__ import annotations

from typing import Any

from local.services import application_autoscaling as service

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def create_target(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    service.register_target(
        service.target_key(properties),
        int(properties["MinCapacity"]),
        int(properties["MaxCapacity"]),
        str(properties.get("RoleARN", "")),
    )
    name = "|".join(
        (properties["ResourceId"], properties["ScalableDimension"], properties["ServiceNamespace"])
    )
    return name, {"Id": name}


def delete_target(_name: str, properties: Properties) -> None:
    service.deregister_target(service.target_key(properties))


def create_policy(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    if "ScalingTargetId" in properties:
        resource, dimension, namespace = properties["ScalingTargetId"].split("|")
    else:
        resource, dimension = properties["ResourceId"], properties["ScalableDimension"]
        namespace = properties["ServiceNamespace"]
    key = service.TargetKey(namespace, resource, dimension)
    configuration = properties.get("TargetTrackingScalingPolicyConfiguration") or {}
    policy = service.put_policy(
        key, properties["PolicyName"], properties["PolicyType"], numbers(configuration)
    )
    return policy["PolicyARN"], {"Arn": policy["PolicyARN"]}


def numbers(configuration: Properties) -> Properties:
    whole = ("ScaleInCooldown", "ScaleOutCooldown")
    found: Properties = {name: int(configuration[name]) for name in whole if name in configuration}
    if "TargetValue" in configuration:
        found["TargetValue"] = float(configuration["TargetValue"])
    if "DisableScaleIn" in configuration:
        found["DisableScaleIn"] = str(configuration["DisableScaleIn"]).lower() == "true"
    return {**configuration, **found}


def delete_policy(arn: str, _properties: Properties) -> None:
    service.delete_policy(arn)


HANDLERS = {
    "AWS::ApplicationAutoScaling::ScalableTarget": {"create": create_target, "delete": delete_target},
    "AWS::ApplicationAutoScaling::ScalingPolicy": {"create": create_policy, "delete": delete_policy},
}
TAGGED = ()
