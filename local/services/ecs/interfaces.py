"""The network interface of a task and the states of its containers, in the task's record.

Shapes are those of public events of Fargate tasks: while a task is provisioned its interface is promised
(PRECREATED, in a subnet); then it is attached, with an address that no other task has.
"""

from __future__ import annotations

import ipaddress
import uuid
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ec2, ecs

Task = dict[str, Any]

ATTRIBUTES = [{"name": "ecs.cpu-architecture", "value": "x86_64"}]
FIRST_FREE = 4  # a VPC keeps the first four addresses of a subnet for itself


def promise(task: Task, subnet: dict[str, Any]) -> None:
    task["availabilityZone"] = subnet["AvailabilityZone"]
    task["_subnet"] = subnet["SubnetId"]
    task["attachments"] = [
        {
            "id": str(uuid.uuid4()),
            "type": "ElasticNetworkInterface",
            "status": "PRECREATED",
            "details": [{"name": "subnetId", "value": subnet["SubnetId"]}],
        }
    ]


def attach(task: Task) -> None:
    """Give the task its network interface, if it was promised one."""
    subnet = ec2._subnets.get(task.get("_subnet") or "")
    if not task["attachments"] or subnet is None:
        return
    address = _free_address(subnet)
    [attachment] = task["attachments"]
    attachment["status"] = "ATTACHED"
    attachment["details"] = [
        {"name": "subnetId", "value": subnet["SubnetId"]},
        {"name": "networkInterfaceId", "value": f"eni-{uuid.uuid4().hex[:17]}"},
        {"name": "macAddress", "value": _mac_of(address)},
        {"name": "privateDnsName", "value": _name_of(address)},
        {"name": "privateIPv4Address", "value": address},
    ]
    for container in task["containers"]:
        container["networkInterfaces"] = [{"attachmentId": attachment["id"], "privateIpv4Address": address}]


def detach(task: Task) -> None:
    for attachment in task["attachments"]:
        attachment["status"] = "DELETED"


def set_containers(task: Task, status: str, exit_code: int | None = None) -> None:
    for container in task["containers"]:
        container["lastStatus"] = status
        if exit_code is not None:
            container["exitCode"] = exit_code


def _free_address(subnet: dict[str, Any]) -> str:
    taken = {ecs._task_ip(task) for task in list(ecs._tasks.values()) if task["lastStatus"] != "STOPPED"}
    network = ipaddress.ip_network(subnet["CidrBlock"])
    numbers = range(FIRST_FREE, network.num_addresses - 1)
    return next(str(network[number]) for number in numbers if str(network[number]) not in taken)


def _mac_of(address: str) -> str:
    return "0e:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _name_of(address: str) -> str:
    domain = "ec2.internal" if get_region() == "us-east-1" else f"{get_region()}.compute.internal"
    return f"ip-{address.replace('.', '-')}.{domain}"
