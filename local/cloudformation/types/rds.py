"""DB instances: creating until their time has come, with a standby, RDS's own secret, a last snapshot."""

from __future__ import annotations

import json
import secrets
from typing import Any

from ministack.core.responses import get_region
from ministack.services import rds, secretsmanager
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]


def create_instance(logical_id: str, properties: Properties, stack_name: str) -> tuple[str, dict[str, Any]]:
    wanted = properties.get("DBInstanceIdentifier")
    if wanted in rds._instances:
        raise ValueError(f"DB instance already exists: {wanted}")
    name, attributes = provisioners._rds_db_instance_create(logical_id, properties, stack_name)
    instance = rds._instances[name]
    instance["DBInstanceStatus"] = "creating"
    instance["SecondaryAvailabilityZone"] = standby_zone(instance) if instance["MultiAZ"] else ""
    if provisioners._cfn_bool(properties.get("ManageMasterUserPassword", False)):
        arn = create_master_secret(instance)
        attributes = {**attributes, "MasterUserSecret.SecretArn": arn}
    return name, attributes


def standby_zone(instance: dict[str, Any]) -> str:
    """A zone of the subnet group that is not the primary's."""
    subnets = instance["DBSubnetGroup"].get("Subnets", [])
    zones = {subnet.get("SubnetAvailabilityZone", {}).get("Name", "") for subnet in subnets}
    others = sorted(zones - {instance["AvailabilityZone"], ""})
    return others[0] if others else f"{get_region()}b"


def create_master_secret(instance: dict[str, Any]) -> str:
    """RDS makes the master's secret itself, owns it, and removes it with the instance."""
    password = secrets.token_urlsafe(24)
    value = json.dumps({"username": instance["MasterUsername"], "password": password})
    secret_name = f"rds!{instance['DbiResourceId'].lower()}"
    tags = [{"Key": "aws:rds:primaryDBInstanceArn", "Value": instance["DBInstanceArn"]}]
    _, attributes = provisioners._sm_secret_create(
        "MasterUserSecret", {"Name": secret_name, "SecretString": value, "Tags": tags}, ""
    )
    secretsmanager._secrets[secret_name]["OwningService"] = "rds"
    instance["_MasterUserPassword"] = password
    instance["MasterUserSecret"] = {
        "SecretArn": attributes["Arn"],
        "SecretStatus": "active",
        "KmsKeyId": "",
    }
    return str(attributes["Arn"])


def instance_stands(name: str) -> None:
    rds._instances[name]["DBInstanceStatus"] = "available"


def instance_leaves(name: str) -> None:
    if name in rds._instances:
        rds._instances[name]["DBInstanceStatus"] = "deleting"


def delete_instance(name: str, properties: Properties) -> None:
    instance = rds._instances.get(name, {})
    if instance.get("DeletionProtection"):
        raise ValueError(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        )
    secret = f"rds!{instance.get('DbiResourceId', '').lower()}"
    if secret in secretsmanager._secrets:
        provisioners._sm_secret_delete(secret, {})
    provisioners._rds_db_instance_delete(name, properties)


def snapshot_instance(name: str, _properties: Properties) -> None:
    """A last snapshot under a name of its own, with the instance's tags where it is told to copy them."""
    instance = rds._instances.get(name)
    if instance is None:
        return
    snapshot = rds._create_snapshot_internal(f"{name}-snapshot-database-{secrets.token_hex(6)}", instance)
    tags = rds._tags.get(instance["DBInstanceArn"], []) or instance.get("TagList", [])
    snapshot["TagList"] = rds._tags[snapshot["DBSnapshotArn"]] = list(tags)


HANDLERS = {
    "AWS::RDS::DBInstance": {
        "create": create_instance,
        "delete": delete_instance,
        "stands": instance_stands,
        "leaves": instance_leaves,
        "snapshot": snapshot_instance,
    },
}
TAGGED = ()
