"""The bill of materials: what an environment of this preset and specification will have, and its price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.costs.assumptions import USUAL
from stargate.domain.costs.estimate import Estimate, merged
from stargate.domain.costs.prices import MissingPriceError
from stargate.domain.costs.rules import FREE, PRICED, TEN_THOUSAND, Material
from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.domain.gateway.parameters import spec_parameters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from stargate.domain.costs.assumptions import Usage
    from stargate.domain.costs.estimate import Line
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.gateway.graph import Node
    from stargate.domain.gateway.manifest import Manifest
    from stargate.domain.gateway.presets import Preset, Spec


class UnpricedError(Exception):
    """Something has no price; every one of them is named, as (item, region)."""

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__("no price of " + ", ".join(f"{item} in {region}" for item, region in missing))
        self.missing = missing


def estimated(
    manifest: Manifest,
    preset: Preset,
    spec: Spec,
    book: PriceBook,
    usage: Usage = USUAL,
    region: str = "",
    stacks: Collection[str] | None = None,
) -> Estimate:
    """All lines in the order of the stacks; `region` is the preset's own unless another is asked about.

    `stacks` are those that stand, all of them unless told otherwise. Raises UnpricedError when the book lacks
    a price that is needed.
    """
    lines: list[Line] = []
    missing: list[tuple[str, str]] = []
    for material, kind in _materials(manifest, preset, spec, book, usage, region or preset.region):
        if kind in FREE or (stacks is not None and material.stack not in stacks):
            continue
        if kind not in PRICED:
            missing.append((kind, material.region))
            continue
        try:
            lines.extend(PRICED[kind](material))
        except MissingPriceError as error:
            missing.append((error.item, error.region))
    if missing:
        raise UnpricedError(tuple(dict.fromkeys(missing)))
    return Estimate(merged((*lines, *_secret_calls(lines, preset, book, usage, region))))


def _secret_calls(
    lines: list[Line], preset: Preset, book: PriceBook, usage: Usage, region: str
) -> Iterator[Line]:
    """Of all secrets together, where there are any."""
    owner = next((line for line in lines if line.item == "secrets"), None)
    if owner is not None:
        one = Material(owner.stack, "", {}, {}, {}, region or preset.region, usage, book)
        yield one.use("calls for secrets", "secret_calls", "secret_calls", TEN_THOUSAND)


def _materials(
    manifest: Manifest, preset: Preset, spec: Spec, book: PriceBook, usage: Usage, region: str
) -> Iterator[tuple[Material, str]]:
    declared = {**spec_parameters(spec, preset), **_given_out(preset)}
    for node in spec.graph.without(preset.lacks).stacks:
        template = manifest.stacks[node.name]
        parameters = {**template.defaults, **declared}
        for name, resource in template.present(parameters):
            place = _region(node, preset, region)
            one = Material(
                node.name, name, resource.amounts, template.conditions, parameters, place, usage, book
            )
            yield one, resource.type


def _given_out(preset: Preset) -> dict[str, str]:
    """What conditions ask of other stacks: whether they are there."""
    there = {"FileSystemId": "storage", "WebAclArn": "waf"}
    return {name: stack for name, stack in there.items() if stack not in preset.lacks}


def _region(node: Node, preset: Preset, region: str) -> str:
    return {"home": region, "global": GLOBAL_REGION, "models": preset.bedrock_region}[node.place]
