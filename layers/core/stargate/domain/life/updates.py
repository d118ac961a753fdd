"""What a PATCH changes of the gateway itself, and what of it cannot be changed while it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.faults import Fault
from stargate.domain.life.requests import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Declared, Environment

OF_THE_GATEWAY = frozenset({"overrides", "gateway_version"})
# Each would replace what everything else stands in or behind, with all that is in it.
FIXED = {
    ("network", "cidr"): "the network would be replaced, with everything that stands in it",
    ("images", "mirror"): "where images come from is decided once: no workflow moves a running gateway's",
    ("edge", "balancer"): "the balancer would be replaced, and with it the way in",
    ("compute", "spot"): "every service would be replaced at once",
}


def update_faults(environment: Environment, declared: Declared) -> Iterator[Fault]:
    before, after = environment.spec.document(), declared.spec.document()
    for (part, name), why in FIXED.items():
        if before[part][name] != after[part][name]:
            path = f"/overrides/{part}/{name}"
            yield Fault(path, f"cannot be changed while the gateway stands: {why}", f"{before[part][name]}")
    stored = environment.spec.database.storage_gb
    if declared.spec.database.storage_gb < stored:
        path, words = "/overrides/database/storage_gb", "cannot shrink: RDS only ever grows a volume"
        yield Fault(path, words, f"a whole number from {stored} on")
    yield from rules_of(declared.spec)
