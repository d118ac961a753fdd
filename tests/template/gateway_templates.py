"""The gateway's templates as tests read them, and the parameters that a sandbox gives them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.build_manifest import read_template
from stargate.domain.presets import PRESETS
from stargate.domain.template_conditions import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

GATEWAY = Path(__file__).parents[2] / "gateway"
TEXTS = {path.stem: path.read_text() for path in sorted((GATEWAY / "stacks").glob("*.yaml"))}
TEMPLATES: dict[str, dict[str, Any]] = {name: read_template(text) for name, text in TEXTS.items()}

SANDBOX = PRESETS["sandbox"].spec
SANDBOX_PARAMETERS = {
    "Environment": "sandbox",
    "VpcCidr": SANDBOX.network.cidr,
    "ZoneCount": str(PRESETS["sandbox"].zones),
    "NatPerZone": "true" if SANDBOX.network.nat == "per_zone" else "false",
    "LitellmCpu": str(SANDBOX.litellm.cpu),
    "LitellmMemory": str(SANDBOX.litellm.memory),
    "LitellmMinTasks": str(SANDBOX.litellm.min_tasks),
    "LitellmMaxTasks": str(SANDBOX.litellm.max_tasks),
    "GrafanaTasks": str(SANDBOX.grafana.tasks),
    "LangfuseTasks": str(SANDBOX.langfuse.tasks),
    "DatabaseClass": SANDBOX.database.instance_class,
    "DatabaseStorage": str(SANDBOX.database.storage_gb),
    "DatabaseMaxStorage": str(SANDBOX.database.max_storage_gb),
    "DatabaseMultiAz": "true" if SANDBOX.database.multi_az else "false",
}


def resources_of_type(resource_type: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each as (stack, logical id, properties)."""
    for stack, template in TEMPLATES.items():
        for name, resource in template["Resources"].items():
            if resource["Type"] == resource_type:
                yield stack, name, resource.get("Properties", {})


def sandbox_resources(stack: str) -> dict[str, Any]:
    """List what the stack has in a sandbox."""
    template = TEMPLATES[stack]
    return {
        name: resource
        for name, resource in template["Resources"].items()
        if "Condition" not in resource
        or holds(resource["Condition"], template.get("Conditions", {}), SANDBOX_PARAMETERS)
    }


def rendered(value: Any) -> Any:
    """Give the value that a sandbox has, as far as it depends on declared parameters alone."""
    if isinstance(value, list):
        return [rendered(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Ref"} and value["Ref"] in SANDBOX_PARAMETERS:
        return SANDBOX_PARAMETERS[value["Ref"]]
    if value.keys() == {"Fn::Sub"} and isinstance(value["Fn::Sub"], str):
        return value["Fn::Sub"].replace("${Environment}", SANDBOX_PARAMETERS["Environment"])
    return {key: rendered(item) for key, item in value.items()}


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
