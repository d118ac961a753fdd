"""Stacks that CloudFormation takes neither forward nor back by itself: where, and how they get free."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stargate.domain.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.provisioning.moves import StackEvent

# A stack that is UPDATE_ROLLBACK_FAILED can only go on going back, one that is DELETE_FAILED only be deleted.
STUCK_STATUSES = frozenset({"UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"})
BACKWARDS = frozenset({"UPDATE_ROLLBACK_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"})


def stuck_at(stack: str, status: str, events: Sequence[StackEvent]) -> Failure | None:
    """The first resource at which the way back failed, in its own words, and how a person frees the stack.

    `events` run from the oldest to the newest. None if none of them tells of such a resource.
    """
    turns = [number for number, event in enumerate(events) if event.is_stack and event.status in BACKWARDS]
    since = events[turns[-1] :] if turns else events
    failed = [event for event in since if event.status.endswith("_FAILED") and not event.is_stack]
    own = [event for event in failed if "cancelled" not in event.reason.lower()]
    if not own:
        return None
    names = tuple(dict.fromkeys(event.resource for event in own))
    skip = json.dumps({"skip": {stack: list(names)}})
    reason = (
        f"{own[0].reason}. The stack is {status}: mend the cause and resume, or resume with {skip}, "
        "which leaves what is named as it is"
    )
    return Failure(stack, own[0].resource, own[0].resource_type, reason, names)
