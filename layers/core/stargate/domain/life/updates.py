"""What a PATCH changes of the gateway itself, and what of it cannot be changed while it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.faults import Fault
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.life.requests import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Declared, Environment

OF_THE_GATEWAY = frozenset({"overrides", "preset", "gateway_version"})
# Each would replace what everything else stands in or behind, with all that is in it.
FIXED = {
    ("network", "cidr"): "the network would be replaced, with everything that stands in it",
    ("images", "mirror"): "where images come from is decided once: no workflow moves a running gateway's",
    ("edge", "balancer"): "the balancer would be replaced, and with it the way in",
}


def update_faults(environment: Environment, declared: Declared, zones: int | None) -> Iterator[Fault]:
    """`zones` are how many its region offers; None where nobody had to ask, the preset being the same."""
    before, after = environment.spec.document(), declared.spec.document()
    for (part, name), why in FIXED.items():
        if before[part][name] != after[part][name]:
            path = f"/overrides/{part}/{name}"
            yield Fault(path, f"cannot be changed while the gateway stands: {why}", f"{before[part][name]}")
    stored = environment.spec.database.storage_gb
    if declared.spec.database.storage_gb < stored:
        path, words = "/overrides/database/storage_gb", "cannot shrink: RDS only ever grows a volume"
        yield Fault(path, words, f"a whole number from {stored} on")
    if declared.preset != environment.preset:
        yield from _conversion_faults(environment, declared.preset, zones or 0)
    yield from rules_of(declared.spec)


def _conversion_faults(environment: Environment, preset: str, zones: int) -> Iterator[Fault]:
    """What of another preset this environment cannot become, each by its name."""
    before, after = environment.preset_defaults(), PRESETS[preset]
    stays = f"{environment.preset}, or a new environment of preset {preset}"
    if after.zones < before.zones:
        words = f"{preset} spans {after.zones} zones: subnets would go in which services stand"
        yield Fault("/preset", words, stays)
    if zones < after.zones:
        words = f"{preset} spans {after.zones} availability zones, and {environment.region} offers {zones}"
        yield Fault("/preset", words, f"{stays} in another region")
    gone = sorted(after.lacks - before.lacks)
    if gone:
        words = f"{preset} does without {', '.join(gone)}, which would go with what they hold"
        yield Fault("/preset", words, stays)
    if after.bedrock_region != before.bedrock_region:
        words = f"{preset} takes its models from {after.bedrock_region}, not from {before.bedrock_region}"
        yield Fault("/preset", words, stays)
