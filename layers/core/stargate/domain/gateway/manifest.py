"""What was published of the gateway under one version: the templates, and what they take and give."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stargate.domain.gateway.repairs import Repair
from stargate.domain.gateway.template_conditions import holds
from stargate.domain.provisioning.durations import longest_path, seconds_to_delete

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class TemplateResource:
    """`amounts` is what its price depends on, as domain/costs/amounts.py reads it from the template.

    `needs` are the logical ids of those that must stand before it.
    """

    type: str
    condition: str | None
    amounts: Mapping[str, Any]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class WatchedResource:
    """`properties` are as the template writes them, with its functions in their long form."""

    type: str
    condition: str | None
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Template:
    key: str
    parameters: tuple[str, ...]
    outputs: tuple[str, ...]
    defaults: Mapping[str, str]
    conditions: Mapping[str, Any]
    resources: Mapping[str, TemplateResource]
    sha256: str = ""
    watched: Mapping[str, WatchedResource] = field(default_factory=dict)
    mappings: Mapping[str, Any] = field(default_factory=dict)

    def resources_total(self, parameters: Mapping[str, str]) -> int:
        return sum(1 for _ in self.present(parameters))

    def present(self, parameters: Mapping[str, str]) -> Iterator[tuple[str, TemplateResource]]:
        """The resources, by logical id, that a stack with these parameters has."""
        given = {**self.defaults, **parameters}
        for name, resource in self.resources.items():
            if resource.condition is None or holds(resource.condition, self.conditions, given):
                yield name, resource

    def seconds_to_create(self, parameters: Mapping[str, str]) -> float:
        """How long a stack with these parameters typically takes to stand."""
        return longest_path(self._paths(parameters))

    def seconds_to_delete(self, parameters: Mapping[str, str]) -> float:
        return longest_path(self._paths(parameters), seconds_to_delete)

    def _paths(self, parameters: Mapping[str, str]) -> dict[str, tuple[str, tuple[str, ...]]]:
        return {name: (one.type, one.needs) for name, one in self.present(parameters)}


@dataclass(frozen=True)
class Manifest:
    version: str
    stacks: Mapping[str, Template]
    models: tuple[str, ...] = ()  # the foundation models that a gateway calls, by Bedrock's ids
    repairs: tuple[Repair, ...] = ()  # where it differs from its specification

    @staticmethod
    def from_document(document: Mapping[str, Any]) -> Manifest:
        stacks = {name: _template(stack) for name, stack in document["stacks"].items()}
        repairs = tuple(Repair(**repair) for repair in document.get("repairs", ()))
        return Manifest(str(document["version"]), stacks, tuple(document.get("models", ())), repairs)


def _template(stack: Mapping[str, Any]) -> Template:
    return Template(
        key=stack["key"],
        parameters=tuple(stack["parameters"]),
        outputs=tuple(stack["outputs"]),
        defaults={name: str(value) for name, value in stack.get("defaults", {}).items()},
        conditions=stack.get("conditions") or {},
        resources={
            name: TemplateResource(
                entry["type"], entry.get("condition"), entry.get("amounts", {}), tuple(entry.get("needs", ()))
            )
            for name, entry in stack["resources"].items()
        },
        sha256=stack.get("sha256", ""),
        watched={
            name: WatchedResource(entry["type"], entry.get("condition"), entry["properties"])
            for name, entry in stack.get("watched", {}).items()
        },
        mappings=stack.get("mappings", {}),
    )
