"""What may be said when something that failed is resumed: which resources may be passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.life.requests import json_object, schema_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.gateway.graph import Graph
    from stargate.domain.gateway.manifest import Manifest

NAMES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True}
SCHEMA = json_object({"skip": {"type": "object", "additionalProperties": NAMES}})


def faults_of_resume(request: Any, graph: Graph, manifest: Manifest) -> tuple[Fault, ...]:
    """Every fault: a stack that the environment has not, a resource that its template does not make."""
    found = schema_faults(SCHEMA, request)
    if not found:
        stacks = [node.name for node in graph.stacks]
        for stack, names in request.get("skip", {}).items():
            found.extend(_faults_of_stack(stack, names, stacks, manifest))
    return tuple(sorted(found, key=lambda fault: fault.path))


def _faults_of_stack(stack: str, names: list[str], stacks: list[str], manifest: Manifest) -> Iterator[Fault]:
    if stack not in stacks:
        yield Fault(f"/skip/{stack}", "is no stack of this environment", f"one of {', '.join(stacks)}")
        return
    known = manifest.stacks[stack].resources
    for number, name in enumerate(names):
        if name not in known:
            yield Fault(
                f"/skip/{stack}/{number}",
                f"{name!r} is no resource of it",
                f"one of {', '.join(sorted(known))}",
            )
