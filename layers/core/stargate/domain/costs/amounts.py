"""What a template says that a price depends on: sizes and counts, as literals or as references to parameters.

Worked out when the gateway is published, because the functions read no YAML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Amounts = dict[str, Any]


def amounts_of(resource: Mapping[str, Any], resources: Mapping[str, Any]) -> Amounts:
    """By the type; empty where the price depends on nothing, or on the number of resources alone."""
    kind, properties = resource["Type"], resource.get("Properties", {})
    if kind == "AWS::ECS::Service":
        return _of_service(properties, resources)
    return READERS[kind](properties) if kind in READERS else {}


def _of_alarm(properties: Mapping[str, Any]) -> Amounts:
    metrics = [one for one in properties.get("Metrics", []) if "MetricStat" in one]
    return {"metrics": max(1, len(metrics))}


def _of_database(properties: Mapping[str, Any]) -> Amounts:
    names = {"class": "DBInstanceClass", "storage": "AllocatedStorage", "multi": "MultiAZ"}
    return {name: properties[source] for name, source in names.items()}


def _of_instance(properties: Mapping[str, Any]) -> Amounts:
    disks = [one["Ebs"]["VolumeSize"] for one in properties.get("BlockDeviceMappings", [])]
    return {"type": properties["InstanceType"], "disk": sum(disks)}


def _of_web_acl(properties: Mapping[str, Any]) -> Amounts:
    groups = [rule["Statement"].get("ManagedRuleGroupStatement", {}) for rule in properties["Rules"]]
    bots = sum(group.get("Name") == "AWSManagedRulesBotControlRuleSet" for group in groups)
    return {"rules": len(groups), "bot_control": bots}


def _of_service(properties: Mapping[str, Any], resources: Mapping[str, Any]) -> Amounts:
    """A service with a scalable target has as many tasks as that allows at least; `spot` is a condition."""
    task = resources[properties["TaskDefinition"]["Ref"]]["Properties"]
    targets = [
        one for one in resources.values() if one["Type"] == "AWS::ApplicationAutoScaling::ScalableTarget"
    ]
    tasks = properties.get("DesiredCount") or targets[0]["Properties"]["MinCapacity"]
    (strategy,) = properties["CapacityProviderStrategy"]
    spot = strategy["CapacityProvider"]["Fn::If"][0]
    sizes = {"cpu": task["Cpu"], "memory": task["Memory"]}
    return {**sizes, "tasks": tasks, "scales": bool(targets), "spot": {"Condition": spot}}


def _of_endpoint(properties: Mapping[str, Any]) -> Amounts:
    return {"endpoint": properties.get("VpcEndpointType", "Gateway")}


def _of_function(properties: Mapping[str, Any]) -> Amounts:
    return {"memory": properties.get("MemorySize", 128)}


def _of_log_group(properties: Mapping[str, Any]) -> Amounts:
    """The last part of its name, by which what is written to it is measured."""
    return {"group": properties["LogGroupName"]["Fn::Sub"].rpartition("/")[2]}


READERS: Mapping[str, Callable[[Mapping[str, Any]], Amounts]] = {
    "AWS::CloudWatch::Alarm": _of_alarm,
    "AWS::EC2::Instance": _of_instance,
    "AWS::EC2::VPCEndpoint": _of_endpoint,
    "AWS::Lambda::Function": _of_function,
    "AWS::Logs::LogGroup": _of_log_group,
    "AWS::RDS::DBInstance": _of_database,
    "AWS::WAFv2::WebACL": _of_web_acl,
}
