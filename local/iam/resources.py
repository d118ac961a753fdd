"""The resource a call is judged by, where MiniStack takes another one than AWS or none at all.

Source: Service Authorization Reference. An ECS call is judged by what it acts on and not by the cluster; of
one that names several tasks or services, the first is judged: ours are never of two environments. A call on a
scalable target is judged by that target, whose id nobody knows beforehand. Whoever describes alarms is judged
by all of them. A quota, a database, its snapshot, a cluster that is described, a security group whose rules
are changed and a role that is tried are judged by their own ARNs; a zonal shift by its balancer's.
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions
from ministack.services import ecs

from local.services import arc_zonal_shift

_NAMED_BY = {
    "DescribeTasks": ("task", "tasks"),
    "StopTask": ("task", "task"),
    "DescribeServices": ("service", "services"),
    "UpdateService": ("service", "service"),
    "DeleteService": ("service", "service"),
    "ListServiceDeployments": ("service", "service"),
    "DescribeServiceDeployments": ("service-deployment", "serviceDeploymentArns"),
    "StopServiceDeployment": ("service-deployment", "serviceDeploymentArn"),
}
"""Operation to the kind of resource and the field of the request that names it."""

_OF_SCALABLE_TARGETS = frozenset(
    {
        "RegisterScalableTarget",
        "DeregisterScalableTarget",
        "PutScalingPolicy",
        "DeleteScalingPolicy",
        "PutScheduledAction",
    }
)

_NAMED_IN_BODY = {
    ("monitoring", "DescribeAlarms"): ("arn:aws:cloudwatch:{place}:alarm:*", (), ""),
    ("monitoring", "DescribeAlarmHistory"): ("arn:aws:cloudwatch:{place}:alarm:*", (), ""),
    ("rds", "DeleteDBSnapshot"): ("arn:aws:rds:{place}:snapshot:{name}", ("DBSnapshotIdentifier",), ""),
    ("rds", "DescribeDBInstances"): ("arn:aws:rds:{place}:db:{name}", ("DBInstanceIdentifier",), "*"),
    ("rds", "RestoreDBInstanceToPointInTime"): (
        "arn:aws:rds:{place}:db:{name}",
        ("TargetDBInstanceIdentifier",),
        "",
    ),
    ("iam", "SimulatePrincipalPolicy"): ("{name}", ("PolicySourceArn",), ""),
    ("ecs", "DescribeClusters"): ("arn:aws:ecs:{place}:cluster/{name}", ("clusters",), "default"),
    ("ecs", "RegisterTaskDefinition"): ("arn:aws:ecs:{place}:task-definition/{name}:1", ("family",), ""),
    **{
        ("ec2", f"{verb}SecurityGroup{way}"): (
            "arn:aws:ec2:{place}:security-group/{name}",
            ("GroupId",),
            "*",
        )
        for verb in ("Authorize", "Revoke")
        for way in ("Ingress", "Egress")
    },
    **{
        ("servicequotas", operation): (
            "arn:aws:servicequotas:{place}:{name}",
            ("ServiceCode", "QuotaCode"),
            "",
        )
        for operation in (
            "GetServiceQuota",
            "RequestServiceQuotaIncrease",
            "ListRequestedServiceQuotaChangeHistoryByQuota",
        )
    },
}
"""Service and operation to the ARN, the fields that name what it is of, and what stands in if left out."""

_OF_SEVERAL_ALARMS = frozenset({"EnableAlarmActions", "DisableAlarmActions"})
"""The first is judged: ours are never of two environments."""


def install() -> None:
    resource_arn = iam_actions.extract_resource_arn

    def judged_by(
        service: str,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query_params: Mapping[str, Any],
        region: str,
        account_id: str,
    ) -> str:
        action = iam_actions.extract_iam_action(
            service, method, path, dict(headers), body, dict(query_params)
        )
        operation = (action or "").rpartition(":")[2]
        if service == "ecs":
            named = _named(operation, json.loads(body or b"{}"))
            if named:
                return named if named.startswith("arn:") else f"arn:aws:ecs:{region}:{account_id}:{named}"
        if service == arc_zonal_shift.SERVICE:
            return arc_zonal_shift.judged_by(path, body)
        elsewhere = _elsewhere(service, operation, body or b"")
        if elsewhere:
            return elsewhere.format(place=f"{region}:{account_id}")
        return str(resource_arn(service, method, path, headers, body, query_params, region, account_id))

    iam_actions.extract_resource_arn = judged_by


def _elsewhere(service: str, operation: str, body: bytes) -> str:
    """The ARN, but for its `{place}`, of what a call outside of ECS acts on; "" where MiniStack knows it."""
    if service == "application-autoscaling" and operation in _OF_SCALABLE_TARGETS:
        return "arn:aws:application-autoscaling:{place}:scalable-target/some-id"
    if service == "monitoring" and operation in _OF_SEVERAL_ALARMS:
        found = re.search(rb"stargate-[a-z0-9-]+", body)  # the name, in whichever protocol it comes
        return f"arn:aws:cloudwatch:{{place}}:alarm:{found[0].decode() if found else '*'}"
    arn, named, otherwise = _NAMED_IN_BODY.get((service, operation), ("", (), ""))
    if not arn:
        return ""
    body_fields = _fields(body)
    return arn.replace("{name}", "/".join(str(body_fields.get(name, otherwise)) for name in named))


def _fields(body: bytes) -> Mapping[str, Any]:
    """Of JSON or of a form; of a list the first."""
    text = body.decode(errors="replace")
    fields = json.loads(text) if text.startswith("{") else parse_qs(text)
    return {name: value[0] if isinstance(value, list) and value else value for name, value in fields.items()}


def _named(operation: str, request: Mapping[str, Any]) -> str:
    if operation == "RunTask":
        return _task_definition(request.get("taskDefinition", ""))
    kind, field = _NAMED_BY.get(operation, ("", ""))
    names = request.get(field, [])
    name = (names[0] if names else "") if isinstance(names, list) else names
    if not name or name.startswith("arn:"):
        return str(name)
    cluster = request.get("cluster", "default").rpartition("/")[2]
    return f"{kind}/{cluster}/{name}"


def _task_definition(name: str) -> str:
    """A family alone means its latest revision."""
    if name.startswith("arn:") or ":" in name:
        return name if name.startswith("arn:") else f"task-definition/{name}"
    return f"task-definition/{name}:{ecs._task_def_latest.get(name, 1)}"
