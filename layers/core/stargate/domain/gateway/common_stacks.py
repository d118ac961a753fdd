"""Stacks that are no environment's own: each stands once, for all who need it.

Whoever comes first asks for it; whoever comes later finds it, waits for it, or renews it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.shared import SECRETS
from stargate.domain.gateway.tags import PRESET_TAG, STACK_TAG, owner_tags
from stargate.domain.provisioning.moves import (
    REMAINS_STATUSES,
    STANDING_STATUSES,
    ObservedStack,
    Remove,
    Stands,
    Submit,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stargate.domain.gateway.shared import SharedSecrets


@dataclass(frozen=True)
class Renew:
    """Update the stack: it stands, and is not what is needed of it now."""

    reason: str


CommonMove = Submit | Renew | Remove | Wait | Stands


@dataclass(frozen=True)
class CommonStack:
    """What is asked of CloudFormation for it; `template` is the name among those published."""

    region: str
    name: str
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


def decide_common(observed: ObservedStack | None, behind: str) -> CommonMove:
    """`behind` says why a stack that stands is not what is needed, or is empty."""
    if observed is None:
        return Submit("it is not there yet")
    if observed.status in REMAINS_STATUSES or observed.status == "DELETE_FAILED":
        return Remove(f"it is {observed.status}")
    if observed.status not in STANDING_STATUSES:
        return Wait(f"it is {observed.status}")
    return Renew(behind) if behind else Stands("it stands")


def shared_stack(shared: SharedSecrets) -> CommonStack:
    tags = {**owner_tags(shared.owner, shared.owner), STACK_TAG: SECRETS, PRESET_TAG: shared.preset}
    return CommonStack(shared.region, shared.stack_name, SECRETS, {"Environment": shared.owner}, tags)


def decide_shared(observed: ObservedStack | None, wanted: Iterable[str]) -> CommonMove:
    """`wanted` are the outputs that an environment's stacks take from it; those of others may be more."""
    missing = sorted(set(wanted) - set(observed.outputs)) if observed is not None else []
    return decide_common(observed, f"it lacks {', '.join(missing)}" if missing else "")
