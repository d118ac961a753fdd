"""What a PATCH changes of the gateway itself, and what of it cannot be changed while it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Declared, Environment, Status, Work
from stargate.domain.faults import Fault
from stargate.domain.life.requests import OVERRIDES, VERSION, json_object, rules_of, schema_faults
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = json_object({"overrides": OVERRIDES, "gateway_version": VERSION})
OF_THE_GATEWAY = frozenset({"overrides", "gateway_version"})
# Each would replace what everything else stands in or behind, with all that is in it.
FIXED = {
    ("network", "cidr"): "the network would be replaced, with everything that stands in it",
    ("edge", "balancer"): "the balancer would be replaced, and with it the way in",
    ("compute", "spot"): "every service would be replaced at once",
}


def faults_of_planned_update(request: Any) -> tuple[Fault, ...]:
    found = schema_faults(SCHEMA, request)
    return tuple(sorted(found, key=lambda fault: fault.path))


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


def why_not_now(environment: Environment) -> str:
    """Why it cannot be updated in the state that it is in, and since when; "" if it can."""
    status = environment.status
    again = status is Status.FAILED and environment.work is Work.UPDATE
    if status in {Status.READY, Status.DEGRADED} or again:
        return ""
    since = told(environment.attempt_started_at)
    return (
        f"{environment.name} is {status} ({environment.work} since {since}): only what is READY or DEGRADED, "
        "or whose update FAILED, can be updated"
    )
