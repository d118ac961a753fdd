"""What a template declares of some resources, worked out for one stack: what stands is held against it.

Only functions that these resources use are known. What only AWS could tell, most attributes of another
resource for example, stays UNKNOWN, and whoever compares passes it over. The name of an ECS service and the
id of an inference profile are the end of the ARN by which CloudFormation knows each (their return values).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from stargate.domain.gateway.template_conditions import holds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.gateway.manifest import Template

ALARM = "AWS::CloudWatch::Alarm"
GROUP = "AWS::EC2::SecurityGroup"
INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
PROFILE, SERVICE = "AWS::Bedrock::ApplicationInferenceProfile", "AWS::ECS::Service"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105  (a type)
TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
WEB_ACL = "AWS::WAFv2::WebACL"
WATCHED = frozenset({ALARM, GROUP, INGRESS, EGRESS, SECRET, TARGET, WEB_ACL})
ENDS_OF_ARNS = {(SERVICE, "Name"), (PROFILE, "InferenceProfileId")}
VARIABLE = re.compile(r"\$\{([^}]+)\}")


class Unknown:
    """The one value of which nothing is known here."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Scope:
    """`physical` are the ids of the stack's resources by their logical ids."""

    template: Template
    parameters: Mapping[str, str]
    region: str
    physical: Mapping[str, str] = field(default_factory=dict)

    @property
    def given(self) -> dict[str, str]:
        return {**self.template.defaults, **self.parameters, "AWS::Region": self.region}


@dataclass(frozen=True)
class DeclaredResource:
    name: str
    type: str
    properties: Mapping[str, Any]
    physical_id: str | None


def declared_resources(scope: Scope) -> tuple[DeclaredResource, ...]:
    """Those of the stack that are watched and that its parameters let be there."""
    return tuple(
        DeclaredResource(name, one.type, _value(one.properties, scope), scope.physical.get(name))
        for name, one in scope.template.watched.items()
        if one.condition is None or holds(one.condition, scope.template.conditions, scope.given)
    )


def _value(written: Any, scope: Scope) -> Any:
    if isinstance(written, list):
        return [one for one in (_value(item, scope) for item in written) if one is not None]
    if not isinstance(written, dict):
        return written
    if len(written) == 1:
        function, argument = next(iter(written.items()))
        if function == "Ref" or function.startswith("Fn::"):
            return _called(function, argument, scope)
    found = {name: _value(item, scope) for name, item in written.items()}
    return {name: value for name, value in found.items() if value is not None}


def _called(function: str, argument: Any, scope: Scope) -> Any:
    if function == "Ref":
        return _referred(argument, scope)
    if function == "Fn::GetAtt":
        resource, attribute = argument
        return _attribute(resource, attribute, scope)
    if function == "Fn::Sub":
        return _substituted(argument, scope)
    if function == "Fn::If":
        condition, yes, no = argument
        return _value(yes if holds(condition, scope.template.conditions, scope.given) else no, scope)
    if function == "Fn::FindInMap":
        table, first, second = (_value(part, scope) for part in argument)
        return scope.template.mappings.get(table, {}).get(first, {}).get(second, UNKNOWN)
    return UNKNOWN


def _referred(name: str, scope: Scope) -> Any:
    """None for nothing: AWS::NoValue takes what it stands for away."""
    if name == "AWS::NoValue":
        return None
    return scope.given.get(name, scope.physical.get(name, UNKNOWN))


def _substituted(argument: Any, scope: Scope) -> Any:
    text, own = (argument, {}) if isinstance(argument, str) else argument
    known = {name: _value(value, scope) for name, value in own.items()}
    parts = {
        name: known[name] if name in known else _variable(name, scope) for name in VARIABLE.findall(text)
    }
    if any(part is UNKNOWN for part in parts.values()):
        return UNKNOWN
    return VARIABLE.sub(lambda found: str(parts[found[1]]), text)


def _variable(name: str, scope: Scope) -> Any:
    resource, _, attribute = name.partition(".")
    return _attribute(resource, attribute, scope) if attribute else _referred(name, scope)


def _attribute(name: str, attribute: str, scope: Scope) -> Any:
    resource, physical_id = scope.template.resources.get(name), scope.physical.get(name)
    if physical_id and resource is not None and (resource.type, attribute) in ENDS_OF_ARNS:
        return physical_id.rpartition("/")[2]
    return UNKNOWN
