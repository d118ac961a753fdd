"""Addresses, NAT gateways and security group rules; and what GetAtt finds of a VPC."""

from __future__ import annotations

import uuid
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def new_id(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:17]}"


def create_address(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    allocation = new_id("eipalloc")
    ec2._addresses[allocation] = {
        "AllocationId": allocation,
        "PublicIp": ec2._random_ip("52."),
        "Domain": properties.get("Domain", "vpc"),
        "AssociationId": None,
        "InstanceId": None,
        "NetworkInterfaceId": None,
        "PrivateIpAddress": None,
    }
    provisioners._ec2_apply_tags(allocation, properties)
    address = ec2._addresses[allocation]["PublicIp"]
    return address, {"AllocationId": allocation, "PublicIp": address}


def delete_address(public_ip: str, _properties: Properties) -> None:
    for allocation, address in list(ec2._addresses.items()):
        if address["PublicIp"] == public_ip:
            if address["AssociationId"]:
                raise ValueError(f"Address {allocation} is in use by {address['NetworkInterfaceId']}")
            del ec2._addresses[allocation]
            ec2._tags.pop(allocation, None)


def create_nat_gateway(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    subnet = ec2._subnets.get(properties["SubnetId"])
    if subnet is None:
        raise ValueError(f"The subnet ID '{properties['SubnetId']}' does not exist")
    address = ec2._addresses.get(properties.get("AllocationId"))
    public = properties.get("ConnectivityType", "public") == "public"
    if public and address is None:
        raise ValueError(f"Elastic IP address {properties.get('AllocationId')} does not exist")
    name = new_id("nat")
    interface = new_id("eni")
    if address is not None:
        address["AssociationId"], address["NetworkInterfaceId"] = new_id("eipassoc"), interface
    ec2._nat_gateways[name] = {
        "NatGatewayId": name,
        "SubnetId": subnet["SubnetId"],
        "VpcId": subnet["VpcId"],
        "AllocationId": properties.get("AllocationId", ""),
        "ConnectivityType": properties.get("ConnectivityType", "public"),
        "State": "pending",
        "CreateTime": ec2._now_ts(),
    }
    provisioners._ec2_apply_tags(name, properties)
    return name, {"NatGatewayId": name, "EniId": interface}


def nat_gateway_stands(name: str) -> None:
    ec2._nat_gateways[name]["State"] = "available"


def nat_gateway_leaves(name: str) -> None:
    if name in ec2._nat_gateways:
        ec2._nat_gateways[name]["State"] = "deleting"


def delete_nat_gateway(name: str, _properties: Properties) -> None:
    gateway = ec2._nat_gateways.pop(name, {})
    ec2._tags.pop(name, None)
    address = ec2._addresses.get(gateway.get("AllocationId"))
    if address is not None:
        address["AssociationId"] = address["NetworkInterfaceId"] = None


def create_rule(direction: str) -> Any:
    """Answer the handler that adds one rule to the `direction` permissions of its group."""

    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
        name = new_id("sgr")
        _permissions(properties, direction).extend(provisioners._ec2_sg_permissions([properties]))
        return name, {"Id": name}

    return create


def delete_rule(direction: str) -> Any:
    def delete(_name: str, properties: Properties) -> None:
        if properties["GroupId"] not in ec2._security_groups:
            return
        present = _permissions(properties, direction)
        for permission in provisioners._ec2_sg_permissions([properties]):
            if permission in present:
                present.remove(permission)

    return delete


def _permissions(properties: Properties, direction: str) -> list[dict[str, Any]]:
    group = ec2._security_groups.get(properties["GroupId"])
    if group is None:
        raise ValueError(f"The security group '{properties['GroupId']}' does not exist")
    permissions: list[dict[str, Any]] = group.setdefault(direction, [])
    return permissions


def create_vpc(logical_id: str, properties: Properties, stack_name: str) -> Created:
    name, attributes = provisioners._ec2_vpc_create(logical_id, properties, stack_name)
    return name, {**attributes, "CidrBlock": ec2._vpcs[name]["CidrBlock"]}


HANDLERS = {
    "AWS::EC2::EIP": {"create": create_address, "delete": delete_address},
    "AWS::EC2::NatGateway": {
        "create": create_nat_gateway,
        "delete": delete_nat_gateway,
        "stands": nat_gateway_stands,
        "leaves": nat_gateway_leaves,
    },
    "AWS::EC2::SecurityGroupIngress": {
        "create": create_rule("IpPermissions"),
        "delete": delete_rule("IpPermissions"),
    },
    "AWS::EC2::SecurityGroupEgress": {
        "create": create_rule("IpPermissionsEgress"),
        "delete": delete_rule("IpPermissionsEgress"),
    },
    "AWS::EC2::VPC": {"create": create_vpc},
}
TAGGED = ("AWS::EC2::EIP", "AWS::EC2::NatGateway")
