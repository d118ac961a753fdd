"""Drift detection that sees the types in gateway/stacks, takes its time, and reads with the caller's rights.

MiniStack compares what its readers tell with what the stack's record says was asked for; here are readers for
the types that it has none for. Of most only whether they are there is looked at: docs/local-cloud.md says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import (
    alb,
    bedrock,
    cloudformation,
    cloudfront,
    cloudwatch,
    ec2,
    ecs,
    efs,
    rds,
    servicediscovery,
    waf,
)
from ministack.services.cloudformation import drift, helpers

from local.services.application_autoscaling import policies

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.clock import Clock

    Read = Callable[[str], dict[str, Any] | None]
    Answer = tuple[int, dict[str, str], bytes]
    Operation = Callable[[dict[str, Any]], Answer]
    Check = Callable[[str, dict[str, Any], dict[str, Any]], None]

SECONDS_PER_RESOURCE = 1.5  # a stack of twenty takes AWS half a minute
_READY_AT = "_stargate_ready_at"


def install(clock: Clock, check: Check) -> None:
    for resource_type, (read, properties) in READERS.items():
        drift._DRIFT_READERS[resource_type] = (_reading(read), frozenset(properties))
    drift.detect_resource_drift = _with_rights(drift.detect_resource_drift, check)
    handlers = cloudformation._ACTION_HANDLERS
    handlers["DetectStackDrift"] = _taking_time(handlers["DetectStackDrift"], clock)
    handlers["DescribeStackDriftDetectionStatus"] = _not_before(
        handlers["DescribeStackDriftDetectionStatus"], clock
    )


def _reading(read: Read) -> Callable[[str, dict[str, Any]], dict[str, Any] | None]:
    return lambda physical_id, _properties: read(physical_id)


def _with_rights(detect: Callable[..., dict[str, Any]], check: Check) -> Callable[..., dict[str, Any]]:
    """What the caller may not read is UNKNOWN, and the detection has failed of it."""

    def detected(
        stack: dict[str, Any], logical_id: str, record: dict[str, Any], timestamp: str
    ) -> dict[str, Any]:
        kind, physical_id = record["ResourceType"], record.get("PhysicalResourceId", "")
        try:
            check(kind, record.get("Properties") or {}, stack)
        except Exception as refused:  # noqa: BLE001  (whatever the evaluator says)
            return {
                "StackId": stack["StackId"],
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": physical_id,
                "ResourceType": kind,
                "Timestamp": timestamp,
                "StackResourceDriftStatus": "UNKNOWN",
                "DriftStatusReason": str(refused),
            }
        return detect(stack, logical_id, record, timestamp)

    return detected


def _taking_time(detect: Operation, clock: Clock) -> Operation:
    def begun(params: dict[str, Any]) -> Answer:
        answer = detect(params)
        if answer[0] == 200:
            stack = _stack(helpers._p(params, "StackName"))
            newest = list(stack["_drift_detections"].values())[-1]
            newest[_READY_AT] = clock.now() + SECONDS_PER_RESOURCE * len(stack["_resources"])
        return answer

    return begun


def _not_before(describe: Operation, clock: Clock) -> Operation:
    """DETECTION_IN_PROGRESS until it could be done; nothing of its result before."""

    def described(params: dict[str, Any]) -> Answer:
        asked = helpers._p(params, "StackDriftDetectionId")
        known = next(
            (
                stack["_drift_detections"][asked]
                for stack in cloudformation._stacks.values()
                if asked in stack.get("_drift_detections", {})
            ),
            None,
        )
        if known is None or clock.now() >= known.get(_READY_AT, 0.0):
            return describe(params)
        told = (
            f"<StackId>{known['StackId']}</StackId><StackDriftDetectionId>{asked}</StackDriftDetectionId>"
            f"<DetectionStatus>DETECTION_IN_PROGRESS</DetectionStatus><Timestamp>{known['Timestamp']}</Timestamp>"
        )
        result = "DescribeStackDriftDetectionStatusResult"
        answer: Answer = helpers._xml(
            200, "DescribeStackDriftDetectionStatusResponse", f"<{result}>{told}</{result}>"
        )
        return answer

    return described


def _stack(name: str) -> dict[str, Any]:
    known: dict[str, Any] | None = cloudformation._stacks.get(name)
    if known is not None:
        return known
    return next(stack for stack in cloudformation._stacks.values() if stack["StackId"] == name)


# What stands, in the words of a template: by physical id, None for what is gone.


def _there(store: Mapping[str, Any], key: Callable[[str], str] = str) -> tuple[Read, tuple[str, ...]]:
    return (lambda physical_id: {} if key(physical_id) in store else None), ()


def _last(physical_id: str) -> str:
    return physical_id.rpartition("/")[2]


def _address(physical_id: str) -> dict[str, Any] | None:
    there = any(address["PublicIp"] == physical_id for address in ec2._addresses.values())
    return {} if there else None


def _database(name: str) -> dict[str, Any] | None:
    instance = rds._instances.get(name)
    return None if instance is None else {one: instance.get(one) for one in DATABASE if one in instance}


DATABASE = (
    "DBInstanceClass",
    "MultiAZ",
    "AllocatedStorage",
    "MaxAllocatedStorage",
    "BackupRetentionPeriod",
    "DeletionProtection",
    "EngineVersion",
    "PubliclyAccessible",
    "StorageType",
)


def _service(arn: str) -> dict[str, Any] | None:
    service = ecs._services.get("/".join(arn.rsplit("/", 2)[1:]))
    if service is None or service.get("status") == "INACTIVE":
        return None
    placed = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    return {
        "DesiredCount": service["desiredCount"],
        "TaskDefinition": service["taskDefinition"],
        "NetworkConfiguration": {
            "AwsvpcConfiguration": {
                name: placed[name[0].lower() + name[1:]]
                for name in ("AssignPublicIp", "SecurityGroups", "Subnets")
                if name[0].lower() + name[1:] in placed
            }
        },
    }


def _target_group(arn: str) -> dict[str, Any] | None:
    group = alb._tgs.get(arn)
    return None if group is None else {one: group[one] for one in TARGET_GROUP if one in group}


TARGET_GROUP = ("HealthCheckPath", "HealthCheckIntervalSeconds", "HealthyThresholdCount", "Port", "Protocol")


def _scaling_policy(arn: str) -> dict[str, Any] | None:
    policy = policies.with_arn(arn)
    configuration = "TargetTrackingScalingPolicyConfiguration"
    return None if policy is None else {configuration: policy[configuration]}


READERS: Mapping[str, tuple[Read, tuple[str, ...]]] = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        _scaling_policy,
        ("TargetTrackingScalingPolicyConfiguration",),
    ),
    "AWS::Bedrock::ApplicationInferenceProfile": _there(bedrock._inference_profiles_apps, _last),
    "AWS::CloudFront::Distribution": _there(cloudfront._distributions),
    "AWS::CloudFront::VpcOrigin": _there(cloudfront._vpc_origins),
    "AWS::CloudWatch::Alarm": _there(cloudwatch._alarms),
    "AWS::EC2::EIP": (_address, ()),
    "AWS::EC2::Instance": _there(ec2._instances),
    "AWS::EC2::InternetGateway": _there(ec2._internet_gateways),
    "AWS::EC2::NatGateway": _there(ec2._nat_gateways),
    "AWS::EC2::RouteTable": _there(ec2._route_tables),
    "AWS::EC2::SecurityGroup": _there(ec2._security_groups),
    "AWS::EC2::Subnet": _there(ec2._subnets),
    "AWS::EC2::VPC": _there(ec2._vpcs),
    "AWS::EC2::VPCEndpoint": _there(ec2._vpc_endpoints),
    "AWS::ECS::Cluster": _there(ecs._clusters),
    "AWS::ECS::Service": (_service, ("DesiredCount", "TaskDefinition", "NetworkConfiguration")),
    "AWS::ECS::TaskDefinition": _there(ecs._task_defs, _last),
    "AWS::EFS::AccessPoint": _there(efs._access_points),
    "AWS::EFS::FileSystem": _there(efs._file_systems),
    "AWS::EFS::MountTarget": _there(efs._mount_targets),
    "AWS::ElasticLoadBalancingV2::Listener": _there(alb._listeners),
    "AWS::ElasticLoadBalancingV2::ListenerRule": _there(alb._rules),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _there(alb._lbs),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (_target_group, TARGET_GROUP),
    "AWS::RDS::DBInstance": (_database, DATABASE),
    "AWS::RDS::DBParameterGroup": _there(rds._param_groups),
    "AWS::RDS::DBSubnetGroup": _there(rds._subnet_groups),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _there(servicediscovery._namespaces),
    "AWS::ServiceDiscovery::Service": _there(servicediscovery._services),
    "AWS::WAFv2::WebACL": _there(waf._web_acls, lambda physical_id: physical_id.split("|")[1]),
}
