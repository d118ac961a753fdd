"""What a plan is: what a request would do to the world as it is, and how to tell that it has moved since."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Declared, Environment
from stargate.domain.gateway.presets import PRESETS, converted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LATEST = "latest"
BESIDE = frozenset({"name", "plan"})  # what a request says beside what was planned

LANGFUSE = "Langfuse 2 is out of support: version 3 needs ClickHouse, which the specification has not"
# What a change of these properties does to whoever uses the gateway.
INTERRUPTIONS = {
    ("AWS::RDS::DBInstance", "DBInstanceClass"): "the database fails over: a minute or two without answers",
    ("AWS::RDS::DBInstance", "MultiAZ"): "the database gets or loses its standby: slower for some minutes",
    ("AWS::RDS::DBInstance", "AllocatedStorage"): "the database is slower while its volume grows",
}


@dataclass(frozen=True)
class ProposedUpdate:
    """An update of a stack of which CloudFormation is asked what it would change."""

    region: str
    stack_name: str
    template_url: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class ResourceChange:
    """One line of a change set, in its words: Add, Modify, Remove; True, False, Conditional."""

    resource: str
    resource_type: str
    action: str
    replacement: str = ""
    properties: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        return {
            "resource": self.resource,
            "type": self.resource_type,
            "action": self.action.lower(),
            "replacement": {"": "no", "False": "no", "True": "yes"}.get(self.replacement, "perhaps"),
            "properties": list(self.properties),
        }


def plan_id(
    name: str, request: Mapping[str, Any], environment: Environment | None, gateway_version: str
) -> str:
    """The same for the same request of the same world; any write to the environment makes another world."""
    asked = {key: value for key, value in request.items() if key not in BESIDE}
    world = None if environment is None else [environment.environment_id, environment.revision]
    told = json.dumps([name, asked, world, gateway_version], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def declared_by(environment: Environment, request: Mapping[str, Any], latest: str) -> Declared:
    """The preset, specification and version that the request asks for, the rest as it is."""
    version = request.get("gateway_version", environment.gateway_version)
    before, after = environment.preset_defaults(), PRESETS[request.get("preset", environment.preset)]
    spec = environment.spec if before == after else converted(environment.spec, before, after)
    spec = spec.overridden(request.get("overrides", {}))
    return Declared(after.name, spec, latest if version == LATEST else version)


def of_conversion(before: Environment | None, after: Environment) -> Iterator[str]:
    """What a change of the preset keeps or loses beside what the change sets tell."""
    if before is None or before.preset == after.preset:
        return
    if after.shared is not None and not after.preset_defaults().shares_secrets:
        owner = after.shared.owner
        yield f"it keeps the secrets of {owner}: others would lock out whoever has the old ones"
    if "storage" in set(after.graph.names) - set(before.graph.names):
        yield "VictoriaMetrics begins anew, on files that are kept from then on: what it holds now is lost"


def action_of(changes: Iterable[ResourceChange]) -> str:
    """What happens to the stack as a whole: the gravest of what happens in it."""
    listed = list(changes)
    if any(change.replacement == "True" for change in listed):
        return "replace"
    return "change" if listed else "none"


def interruptions(changes: Iterable[ResourceChange]) -> Iterator[str]:
    for change in changes:
        for changed in change.properties:
            words = INTERRUPTIONS.get((change.resource_type, changed))
            if words:
                yield words
        if change.replacement == "True":
            yield f"{change.resource} ({change.resource_type}) is replaced: what it holds is lost"
