"""What holds a name that a new environment would give, each in words."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.provisioning import cloudwatch_logs
from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.domain.gateway.service_logs import service_log_prefixes


def log_groups(region: str, name: str) -> list[str]:
    prefixes = (f"/stargate/{name}/", *service_log_prefixes(name))
    return [f"the log group {group}" for group in cloudwatch_logs.groups(region, prefixes)]


def cluster(region: str, name: str) -> list[str]:
    """One that was deleted is still told of for a while, as inactive."""
    found = client("ecs", region).describe_clusters(clusters=[name])["clusters"]
    return [f"the cluster {name}" for one in found if one["status"] == "ACTIVE"]


def function(region: str, name: str) -> list[str]:
    try:
        client("lambda", region).get_function_configuration(FunctionName=name)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return []
        raise
    return [f"the function {name}"]


def web_acls(name: str) -> list[str]:
    waf, asked = client("wafv2", GLOBAL_REGION), {"Scope": "CLOUDFRONT"}
    found: list[str] = []
    while True:
        page: dict[str, Any] = waf.list_web_acls(**asked)
        found.extend(f"the web ACL {name}" for acl in page["WebACLs"] if acl["Name"] == name)
        if not page.get("NextMarker") or not page["WebACLs"]:
            return found
        asked["NextMarker"] = page["NextMarker"]
