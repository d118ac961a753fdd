"""Say what is published of the gateway: every file, and of each template what the control plane asks.

The functions have no YAML reader and no time to compute, so the answers are worked out once, when the layer
is built: a stack's parameters, outputs, conditions, and resources with what each needs. The version is a hash
over the content, so the same files always make the same document.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from gateway.inline_code import with_code, with_modules
from gateway.read_repairs import read_repairs
from stargate.domain.costs.amounts import amounts_of
from stargate.domain.gateway.declared import WATCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PUBLISHED = ("stacks", "config")
VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}")

MODEL = re.compile(r"inference-profile/us\.([\w.:-]+)")
REPAIRS = Path(__file__).parents[1] / "docs/spec-repairs.md"


class TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as the long form they stand for."""


def _intrinsic(loader: TemplateLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1)} if tag == "GetAtt" else {name: value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    raise TypeError(f"{node} is no YAML value")


TemplateLoader.add_multi_constructor("!", _intrinsic)


def read_template(text: str) -> dict[str, Any]:
    template: dict[str, Any] = yaml.load(text, TemplateLoader)  # noqa: S506  (a SafeLoader)
    return template


def build_manifest(gateway: Path) -> dict[str, Any]:
    contents = {
        path.relative_to(gateway).as_posix(): published_text(path, gateway) for path in _published(gateway)
    }
    return {
        "version": _version(contents),
        "stacks": {
            Path(name).stem: _stack(name, content)
            for name, content in contents.items()
            if name.startswith("stacks/")
        },
        "models": sorted(set(MODEL.findall(contents["stacks/models.yaml"].decode()))),
        "repairs": read_repairs(REPAIRS.read_text()),
        "files": list(contents),
    }


def _published(gateway: Path) -> list[Path]:
    return sorted(path for folder in PUBLISHED for path in (gateway / folder).rglob("*") if path.is_file())


def published_text(path: Path, gateway: Path) -> bytes:
    """A file's content as it is published: a template or a hook with the code that it carries."""
    carry = {".yaml": with_code, ".py": with_modules}.get(path.suffix)
    content = path.read_bytes()
    return content if carry is None else carry(content.decode(), gateway).encode()


def _version(contents: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in contents.items():
        # Lengths keep a file's end from passing for the next one's beginning.
        digest.update(f"{len(name)} {name} {len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _stack(key: str, content: bytes) -> dict[str, Any]:
    template = read_template(content.decode())
    parameters, resources = template.get("Parameters", {}), _resources(template["Resources"])
    return {
        "key": key,
        "sha256": hashlib.sha256(content).hexdigest(),
        "parameters": sorted(parameters),
        "outputs": sorted(template.get("Outputs", {})),
        "conditions": template.get("Conditions", {}),
        "defaults": {name: str(entry["Default"]) for name, entry in parameters.items() if "Default" in entry},
        "resources": resources,
        "watched": watched(template["Resources"]),
        "mappings": template.get("Mappings", {}),
    }


def watched(resources: Mapping[str, Any]) -> dict[str, Any]:
    """What is declared of the resources that are compared with what their services tell."""
    return {
        name: {
            "type": resource["Type"],
            "condition": resource.get("Condition"),
            "properties": resource.get("Properties", {}),
        }
        for name, resource in resources.items()
        if resource["Type"] in WATCHED
    }


def _resources(resources: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: {
            "type": resource["Type"],
            "condition": resource.get("Condition"),
            "needs": sorted(set(names_needed_by(resource)) & (resources.keys() - {name})),
            "amounts": amounts_of(resource, resources),
        }
        for name, resource in resources.items()
    }


def names_needed_by(resource: Mapping[str, Any]) -> Iterator[str]:
    explicit = resource.get("DependsOn", [])
    yield from [explicit] if isinstance(explicit, str) else explicit
    yield from names_in(resource.get("Properties", {}))


def names_in(value: object) -> Iterator[str]:
    """Every name that a Ref, GetAtt or Sub within the value speaks of, parameters among them."""
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _named(key, item)
            yield from names_in(item)


def _named(function: str, argument: Any) -> Iterator[str]:
    if function == "Ref":
        yield argument
    elif function == "Fn::GetAtt":
        yield argument[0]
    elif function == "Fn::Sub":
        yield from VARIABLE.findall(argument if isinstance(argument, str) else argument[0])


if __name__ == "__main__":
    print(json.dumps(build_manifest(Path(sys.argv[1])), indent=1, sort_keys=True))  # noqa: T201
