"""What CloudFormation's own drift detection tells, as findings; it sees properties that a template sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.gateway.declared import WATCHED
from stargate.domain.life.drift.comparing import is_same
from stargate.domain.life.drift.finding import ABSENT, Difference, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# In these a detection can be begun.
DETECTABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_ROLLBACK_FAILED",
        "IMPORT_COMPLETE",
    }
)
UNDETECTED = frozenset(
    {"secrets"}
)  # to compare a secret CloudFormation would read its value, as whoever asks
BY_HAND = (
    "it may interrupt the gateway or replace something: declare what is there with a PATCH, or put it back, "
    "by hand or by a change set with the deployment mode REVERT_DRIFT"
)


@dataclass(frozen=True)
class Detected:
    """`reason` says what could not be looked at, if anything."""

    complete: bool
    reason: str = ""


@dataclass(frozen=True)
class ResourceDrift:
    """What differs: MODIFIED, with path, expected and actual value of each property, or DELETED."""

    resource: str
    resource_type: str
    status: str
    properties: tuple[tuple[str, str, str], ...] = ()


def findings_of(stack: str, drifts: Iterable[ResourceDrift]) -> Iterator[Finding]:
    """But for what is read from the services: they tell more of it."""
    for one in drifts:
        if one.resource_type in WATCHED:
            continue
        # 70 and 70.0 are told as different where one side was written by a person.
        listed = tuple(Difference(*each) for each in one.properties if not is_same(each[1], each[2]))
        if one.status == "DELETED":
            listed = (Difference("", "present", ABSENT),)
        if not listed:
            continue
        yield Finding(stack, one.resource, one.resource_type, listed, unrepaired=BY_HAND)
