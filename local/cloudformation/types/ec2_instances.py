"""EC2 instances: pending until their time has come, terminated and forgotten with their stack."""

from __future__ import annotations

from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]

PENDING = {"Code": 0, "Name": "pending"}
RUNNING = {"Code": 16, "Name": "running"}
SHUTTING_DOWN = {"Code": 32, "Name": "shutting-down"}


def create_instance(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    interface = (properties.get("NetworkInterfaces") or [{}])[0]
    subnet = subnet_of(interface.get("SubnetId") or properties.get("SubnetId", ""))
    groups = interface.get("GroupSet") or properties.get("SecurityGroupIds") or []
    for group in groups:
        if group not in ec2._security_groups:
            raise ValueError(f"The security group '{group}' does not exist")
    [instance] = ec2._launch_instances_internal(
        image_id=properties["ImageId"],
        instance_type=properties["InstanceType"],
        subnet_id=subnet["SubnetId"],
        count=1,
        user_data=properties.get("UserData", ""),
        sg_ids=groups,
    )
    zone = subnet["AvailabilityZone"]
    instance |= {
        "State": PENDING,
        "SourceDestCheck": provisioners._cfn_bool(properties.get("SourceDestCheck", True)),
        "Placement": {**instance["Placement"], "AvailabilityZone": zone},
    }
    if not provisioners._cfn_bool(interface.get("AssociatePublicIpAddress", False)):
        instance["PublicIpAddress"] = instance["PublicDnsName"] = ""
    provisioners._ec2_apply_tags(instance["InstanceId"], properties)
    return instance["InstanceId"], attributes_of(instance)


def subnet_of(name: str) -> dict[str, Any]:
    subnet: dict[str, Any] | None = ec2._subnets.get(name)
    if subnet is None:
        raise ValueError(f"The subnet ID '{name}' does not exist")
    return subnet


def attributes_of(instance: dict[str, Any]) -> dict[str, Any]:
    return {
        "InstanceId": instance["InstanceId"],
        "PrivateIp": instance["PrivateIpAddress"],
        "PublicIp": instance["PublicIpAddress"],
        "PrivateDnsName": instance["PrivateDnsName"],
        "PublicDnsName": instance["PublicDnsName"],
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "VpcId": instance["VpcId"],
    }


def instance_stands(name: str) -> None:
    ec2._instances[name]["State"] = RUNNING


def instance_leaves(name: str) -> None:
    if name in ec2._instances:
        ec2._instances[name]["State"] = SHUTTING_DOWN


def delete_instance(name: str, _properties: Properties) -> None:
    instance = ec2._instances.pop(name, None)
    if instance is not None:
        ec2._discard_instance_records(instance)
    ec2._tags.pop(name, None)


HANDLERS = {
    "AWS::EC2::Instance": {
        "create": create_instance,
        "delete": delete_instance,
        "stands": instance_stands,
        "leaves": instance_leaves,
    },
}
TAGGED = ("AWS::EC2::Instance",)
