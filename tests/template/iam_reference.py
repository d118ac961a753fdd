"""What AWS publishes about IAM and its resource types, from the copies that cfn-lint installs with itself."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint

_DATA = Path(cfnlint.__file__).parent / "data"


@cache
def _services() -> dict[str, Any]:
    """Read the service authorization reference: service → action → what it can be narrowed to."""
    loaded: dict[str, Any] = json.loads((_DATA / "AdditionalSpecs/Policies.json").read_text())
    return loaded


def exists(action: str) -> bool:
    service, _, verb = action.partition(":")
    return verb.lower() in _services().get(service, {}).get("Actions", {})


def can_be_narrowed(action: str) -> bool:
    """Whether IAM decides the action by a resource at all; if not, a grant on any ARN grants nothing."""
    service, _, verb = action.partition(":")
    return bool(_services()[service]["Actions"][verb.lower()].get("Resources"))


@cache
def _handlers() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in (_DATA / "schemas/resources").glob("*.json"):
        schema = json.loads(path.read_text())
        if schema.get("handlers"):
            found[schema["typeName"]] = schema["handlers"]
    return found


def permissions(resource_type: str, *operations: str) -> frozenset[str]:
    """Give what CloudFormation calls for these operations, as far as the type's schema says."""
    handlers = _handlers().get(resource_type, {})
    return frozenset(
        permission
        for operation in operations
        for permission in handlers.get(operation, {}).get("permissions", [])
    )
