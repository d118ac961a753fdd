"""Mount targets are creating until their time has come."""

from __future__ import annotations

from typing import Any

from ministack.services import efs
from ministack.services.cloudformation import provisioners


def create_mount_target(
    logical_id: str, properties: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, Any]]:
    name, attributes = provisioners._efs_mount_target_create(logical_id, properties, stack_name)
    efs._mount_targets[name]["LifeCycleState"] = "creating"
    return name, attributes


def mount_target_stands(name: str) -> None:
    efs._mount_targets[name]["LifeCycleState"] = "available"


HANDLERS = {"AWS::EFS::MountTarget": {"create": create_mount_target, "stands": mount_target_stands}}
TAGGED = ()
