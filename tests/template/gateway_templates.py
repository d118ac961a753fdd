"""The gateway's templates as tests read them: as written, and as each preset renders them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.build_manifest import read_template
from stargate.domain.environment import Environment, Status
from stargate.domain.parameters import environment_parameters
from stargate.domain.presets import PRESETS
from stargate.domain.template_conditions import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

GATEWAY = Path(__file__).parents[2] / "gateway"
TEXTS = {path.stem: path.read_text() for path in sorted((GATEWAY / "stacks").glob("*.yaml"))}
TEMPLATES: dict[str, dict[str, Any]] = {name: read_template(text) for name, text in TEXTS.items()}
NO_VALUE = {"Ref": "AWS::NoValue"}


@cache
def environment(preset: str) -> Environment:
    """One of this preset with nothing overridden, named like it."""
    return Environment(
        environment_id="0123456789ab",
        name=preset,
        preset=preset,
        region=PRESETS[preset].region,
        status=Status.PROVISIONING,
        attempt=1,
        gateway_version="0123456789ab",
        spec=PRESETS[preset].spec,
        created_at=0,
        updated_at=0,
        attempt_started_at=0,
        cause="",
    )


@cache
def parameters(preset: str, stack: str) -> dict[str, str]:
    """What the stack is given: its defaults, what is declared, and an output of another as <its name>."""
    graph = environment(preset).graph
    needs = graph.all_needs(stack) if stack in graph.names else ()
    outputs = {
        output: f"<{output}>"
        for need in needs
        if need in TEMPLATES
        for output in TEMPLATES[need].get("Outputs", {})
    }
    declared = environment_parameters(
        environment(preset), "bucket", "arn:aws:iam::123456789012:policy/boundary"
    )
    defaults = {
        name: str(entry["Default"])
        for name, entry in TEMPLATES[stack].get("Parameters", {}).items()
        if "Default" in entry
    }
    return {**defaults, **outputs, **declared}


def resources_of_type(resource_type: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each as (stack, logical id, properties), as written."""
    for stack, template in TEMPLATES.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == resource_type:
                yield stack, name, resource.get("Properties", {})


def role_statements() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every statement of every role as (stack, statement), those that only some presets have among them."""
    for stack, _, role in resources_of_type("AWS::IAM::Role"):
        for policy in role.get("Policies", []):
            for written in policy["PolicyDocument"]["Statement"]:
                choices = written["Fn::If"][1:] if "Fn::If" in written else [written]
                yield from ((stack, choice) for choice in choices if choice != NO_VALUE)


@cache
def rendered(preset: str, stack: str) -> dict[str, dict[str, Any]]:
    """The stack's resources as the preset has them: conditions decided, parameters filled in."""
    template, given = TEMPLATES[stack], parameters(preset, stack)
    return {
        name: {
            key: _rendered(value, template, given) for key, value in resource.items() if key != "Condition"
        }
        for name, resource in template["Resources"].items()
        if "Condition" not in resource or _holds(resource["Condition"], template, given)
    }


def _holds(condition: str, template: dict[str, Any], given: dict[str, str]) -> bool:
    return holds(condition, template.get("Conditions", {}), given)


def _rendered(value: Any, template: dict[str, Any], given: dict[str, str]) -> Any:
    if isinstance(value, list):
        items = (_rendered(item, template, given) for item in value)
        return [item for item in items if item != NO_VALUE]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        return _called(*next(iter(value.items())), template, given)
    found = {key: _rendered(item, template, given) for key, item in value.items()}
    return {key: item for key, item in found.items() if item != NO_VALUE}


def _called(name: str, argument: Any, template: dict[str, Any], given: dict[str, str]) -> Any:
    """What the function gives, or itself with its argument rendered where that is known only on AWS."""
    if name == "Ref":
        return given.get(argument, {name: argument})
    if name == "Fn::If":
        return _rendered(argument[1 if _holds(argument[0], template, given) else 2], template, given)
    if name == "Fn::Sub" and isinstance(argument, str):
        return _substituted(argument, given)
    known = _rendered(argument, template, given)
    if name == "Fn::FindInMap" and all(isinstance(part, str) for part in known):
        return template["Mappings"][known[0]][known[1]][known[2]]
    return {name: known} if known != NO_VALUE else {}


def _substituted(text: str, given: dict[str, str]) -> Any:
    for name, known in given.items():
        text = text.replace(f"${{{name}}}", known)
    return {"Fn::Sub": text} if "${" in text else text


def walk(value: Any) -> Iterator[Any]:
    """Yield the value and everything within it."""
    yield value
    children = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    for child in children:
        yield from walk(child)


def containers(stack: str) -> dict[str, dict[str, Any]]:
    return {
        container["Name"]: container
        for resource in TEMPLATES[stack]["Resources"].values()
        if resource["Type"] == "AWS::ECS::TaskDefinition"
        for container in resource["Properties"]["ContainerDefinitions"]
    }


def environment_names(container: dict[str, Any]) -> set[str]:
    return {entry["Name"] for key in ("Environment", "Secrets") for entry in container.get(key, [])}
