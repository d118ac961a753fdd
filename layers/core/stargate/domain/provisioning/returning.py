"""Secrets that come back with their environment's name, and how a new stack takes them over.

CloudFormation makes no secret whose name another bears, also not one that was restored: it must import it. An
import may make nothing else, add no output, and give a new stack no tags (CloudFormation's user guide on
resource import). So the stack begins as our own with nothing in it, imports the secrets, and is then updated
to its whole template, which makes what an earlier version had not yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.declared import SECRET, Scope, declared_resources
from stargate.domain.provisioning.moves import (
    REMAINS_STATUSES,
    STANDING_STATUSES,
    ObservedStack,
    Remove,
    Stands,
    Submit,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.environment import Environment
    from stargate.domain.gateway.manifest import Template

# What a stack has that has nothing: CloudFormation wants one resource, and this one is free and is nowhere.
PLACE = {"Place": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}
BROKEN_STATUSES = REMAINS_STATUSES | {
    "DELETE_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
    "IMPORT_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
}


@dataclass(frozen=True)
class AccountSecret:
    """One of the account's: `environment` is the name that its tags bear, or empty."""

    name: str
    arn: str
    environment: str
    is_going: bool  # within its deletion window


@dataclass(frozen=True)
class Adopt:
    """Restore the secrets, and have the stack, which stands with nothing in it, import them."""

    reason: str


@dataclass(frozen=True)
class Complete:
    """Update the stack, which has the secrets, to its whole template."""

    reason: str


ReturnMove = Submit | Adopt | Complete | Remove | Wait | Stands


Returning = Mapping[str, AccountSecret]  # by logical id


def returning(environment: Environment, template: Template, found: Iterable[AccountSecret]) -> Returning:
    """Those of an earlier environment of this name that the template declares; others stay as they are.

    What a preset shares has no window, and returns to nobody.
    """
    if environment.shared is not None:
        return {}
    by_name = {one.name: one for one in found if one.environment == environment.name}
    declared = declared_resources(Scope(template, parameters_of(environment), environment.region))
    named = {one.name: one.properties.get("Name") for one in declared if one.type == SECRET}
    return {logical: by_name[name] for logical, name in named.items() if name in by_name}


def parameters_of(environment: Environment) -> dict[str, str]:
    """Of the stack of the secrets."""
    return {"Environment": environment.name}


def is_due(observed: ObservedStack | None, secrets: Returning) -> bool:
    """Whether they must get their stack before it is made: one that gives its outputs has them."""
    return bool(secrets) and (observed is None or not observed.outputs)


def decide_return(observed: ObservedStack | None) -> ReturnMove:
    """What to do next so that the secrets are in their stack."""
    if observed is None:
        return Submit("it begins with nothing in it")
    if observed.status in STANDING_STATUSES and observed.outputs:
        return Stands("it stands")
    if observed.status in BROKEN_STATUSES:
        return Remove(f"it is {observed.status}")
    if observed.status == "IMPORT_COMPLETE":
        return Complete("it has the secrets of an earlier environment, and is made whole")
    if observed.status == "CREATE_COMPLETE":
        return Adopt("the secrets of an earlier environment are restored and reused")
    return Wait(f"it is {observed.status}")


def narrowed(template: Template, logical_ids: Iterable[str]) -> str:
    """The template with these of its secrets, written as it writes them, so that its update touches none."""
    secrets = {
        name: {
            "Type": SECRET,
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Delete",
            "Properties": template.watched[name].properties,
        }
        for name in logical_ids
    }
    parameters = {name: {"Type": "String"} for name in template.parameters}
    return json.dumps({"Parameters": parameters, "Resources": {**PLACE, **secrets}})
