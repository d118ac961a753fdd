"""What may be said when drift is to be put back: which resources, if not all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.life.requests import json_object, schema_faults

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Manifest

SCHEMA = json_object(
    {"only": {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}}
)


def faults_of_repair(request: Any, environment: Environment, manifest: Manifest) -> tuple[Fault, ...]:
    """Every fault: only what is read from the services can be put back."""
    found = schema_faults(SCHEMA, request)
    if found:
        return tuple(sorted(found, key=lambda fault: fault.path))
    stacks = {node.name for node in environment.graph.stacks} | {SECRETS}
    known = {f"{stack}/{one}" for stack in stacks for one in manifest.stacks[stack].watched}
    return tuple(
        Fault(
            f"/only/{number}",
            f"{one!r} is nothing that could be put back",
            f"one of {', '.join(sorted(known))}",
        )
        for number, one in enumerate(request.get("only", ()))
        if one not in known
    )
