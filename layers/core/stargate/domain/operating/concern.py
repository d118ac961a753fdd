"""Why a signal that is ours is nothing to the environment that it names, or not now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK, Status
from stargate.domain.moments import told
from stargate.domain.operating.conditions import key_of
from stargate.domain.signals.kinds import KINDS, STACKS
from stargate.domain.signals.signal import Turn

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview
    from stargate.domain.signals.signal import Signal

STACK_KINDS = frozenset(kind.name for kind in KINDS.values() if kind.source == STACKS)
OUR_OWN_DOING = "the workflow that is at work on the environment looks after its stacks, and tells of them"
OF_ITSELF = (
    "of the control plane itself: its own alarms tell whoever is on call, for it may be what is broken"
)


def unconcerned(overview: Overview | None, signal: Signal) -> str:
    """Why the environment that the signal names has nothing to do with it, or ""."""
    if overview is None:
        return f"not ours: there is no environment {signal.environment}"
    environment = overview.environment
    if environment.is_going or environment.is_at_rest:
        return f"{signal.kind} of {signal.subject}: {environment.name} is {environment.status}"
    if signal.at < environment.created_at:
        made = told(environment.created_at)
        return f"{signal.kind} of {signal.subject}: of an earlier {environment.name}, this one is of {made}"
    return ""


def is_our_own_doing(overview: Overview, signal: Signal) -> bool:
    """A stack that fails, changes or goes by a workflow's hand, which tells of it.

    That is while one is at work on the environment, after it has removed it, after it has failed (its stacks
    go on failing and rolling back for minutes), and what was before the newest attempt began. That a stack
    stands again is always heard where it was known to have failed: the workflow may be what has mended it.
    """
    environment, known = overview.environment, overview.operations.conditions.get(key_of(signal) or "")
    if signal.kind not in STACK_KINDS or (signal.turn is Turn.CLOSES and known is not None and known.open):
        return False
    under_way = environment.status in AT_WORK or environment.status is Status.FAILED
    return under_way or environment.is_going or signal.at < environment.attempt_started_at
