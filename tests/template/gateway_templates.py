"""The gateway's templates as tests read them: as written, and as each preset renders them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.build_manifest import VARIABLE, published_text, read_template
from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.common_stacks import shared_stack
from stargate.domain.gateway.parameters import environment_parameters
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.gateway.shared import SECRETS
from stargate.domain.gateway.template_conditions import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

GATEWAY = Path(__file__).parents[2] / "gateway"
TEXTS = {
    path.stem: published_text(path, GATEWAY).decode() for path in sorted((GATEWAY / "stacks").glob("*.yaml"))
}
TEMPLATES: dict[str, dict[str, Any]] = {name: read_template(text) for name, text in TEXTS.items()}
# Every choice at creation taken the other way.
OTHERWISE = "sandbox otherwise"
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    OTHERWISE: (
        "sandbox",
        {
            "network": {"nat": "per_zone"},
            "edge": {
                "balancer": "private",
                "domain": "gateway.example.com",
                "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/"
                "01234567-89ab-cdef-0123-456789abcdef",
            },
            "compute": {"spot": True, "architecture": "arm64"},
            "images": {"mirror": True},
        },
    ),
}
NO_VALUE = {"Ref": "AWS::NoValue"}


@cache
def environment(kind: str) -> Environment:
    """One of this preset with nothing overridden, or of this variant, named like its preset."""
    preset, overrides = VARIANTS.get(kind, (kind, {}))
    return Environment(
        environment_id="0123456789ab",
        name=preset,
        preset=preset,
        region=PRESETS[preset].region,
        status=Status.PROVISIONING,
        attempt=1,
        gateway_version="0123456789ab",
        spec=PRESETS[preset].spec.overridden(overrides),
        created_at=0,
        updated_at=0,
        attempt_started_at=0,
        cause="",
    )


def stacks_of(kind: str) -> tuple[str, ...]:
    """Every stack that such an environment is made of, the one that it shares with others among them."""
    shared = (SECRETS,) if environment(kind).shared else ()
    return (*(node.name for node in environment(kind).graph.stacks), *shared)


@cache
def declared(preset: str, stack: str) -> dict[str, str]:
    """What the stack is given of its environment, or as the one that the preset's environments share."""
    given = environment_parameters(environment(preset), "bucket", "arn:aws:iam::123456789012:policy/boundary")
    shared = environment(preset).shared
    return {**given, **shared_stack(shared).parameters} if shared and stack == SECRETS else given


@cache
def parameters(preset: str, stack: str) -> dict[str, str]:
    """All that the stack is given: its defaults, what is declared, and an output of another as <its name>."""
    graph = environment(preset).graph
    outputs = {
        output: f"<{output}>"
        for need in (graph.all_needs(stack) if stack in graph.names else ())
        if need in TEMPLATES
        for output in TEMPLATES[need].get("Outputs", {})
    }
    defaults = {
        name: str(entry["Default"])
        for name, entry in TEMPLATES[stack].get("Parameters", {}).items()
        if "Default" in entry
    }
    return {**defaults, **outputs, **declared(preset, stack)}


@dataclass(frozen=True)
class Rendering:
    """Fills in what is known before anything is made."""

    known: dict[str, str]
    decided: dict[str, bool]
    mappings: dict[str, Any]

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [item for item in map(self.of, value) if item != NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            return self._called(*next(iter(value.items())))
        found = {key: self.of(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item != NO_VALUE}

    def _called(self, name: str, argument: Any) -> Any:
        """What the function gives, or itself with its argument filled in where only AWS knows it."""
        if name == "Ref":
            return self.known.get(argument, {name: argument})
        if name == "Fn::If":
            return self.of(argument[1 if self.decided[argument[0]] else 2])
        if name == "Fn::Sub" and isinstance(argument, str):
            return self._substituted(argument)
        filled = self.of(argument)
        if name == "Fn::FindInMap" and all(isinstance(part, str) for part in filled):
            return self.mappings[filled[0]][filled[1]][filled[2]]
        return {name: filled} if filled != NO_VALUE else {}

    def _substituted(self, text: str) -> Any:
        for name, value in self.known.items():
            text = text.replace(f"${{{name}}}", value)
        return {"Fn::Sub": text} if "${" in text else text


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
    """The stack's resources as the preset has them: conditions decided, what is declared filled in."""
    template, given = TEMPLATES[stack], parameters(preset, stack)
    conditions = template.get("Conditions", {})
    decided = {name: holds(name, conditions, given) for name in conditions}
    rendering = Rendering(declared(preset, stack), decided, template.get("Mappings", {}))
    return {
        name: {key: rendering.of(value) for key, value in resource.items() if key != "Condition"}
        for name, resource in template["Resources"].items()
        if decided.get(resource.get("Condition"), True)
    }


def rendered_template(preset: str, stack: str) -> dict[str, Any]:
    """A template that stands alone: what other stacks give stays a parameter."""
    kept = TEMPLATES[stack].get("Parameters", {}).keys() - declared(preset, stack).keys()
    resources = rendered(preset, stack)
    used = {value["Ref"] for value in walk(resources) if isinstance(value, dict) and "Ref" in value}
    used |= {name for text in walk(resources) if isinstance(text, str) for name in VARIABLE.findall(text)}
    entries = {name: {"Type": TEMPLATES[stack]["Parameters"][name]["Type"]} for name in sorted(kept & used)}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        **({"Parameters": entries} if entries else {}),
        "Resources": resources,
    }


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


def mirrored_images() -> dict[str, str]:
    """By the name that a copy's tag begins with: the image as it is published."""
    pins = TEMPLATES["network"]["Outputs"]["ImagePins"]["Value"]["Fn::Join"][1]
    images = TEMPLATES["network"]["Mappings"]["Images"]
    return {
        name: images[found["Fn::FindInMap"][1]]["Image"]
        for name, found in (pin["Fn::Join"][1] for pin in pins)
    }
