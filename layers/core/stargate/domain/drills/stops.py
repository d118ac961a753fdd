"""What stops a drill that runs: everything is put back then, and nothing is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.drills.kinds import TRIALS
from stargate.domain.drills.troubles import troubles
from stargate.domain.environment import Status

if TYPE_CHECKING:
    from stargate.domain.drills.budget import Budget
    from stargate.domain.drills.drill import Drill
    from stargate.domain.operating.operations import Overview


def why_stop(drill: Drill, overview: Overview, budget: Budget, now: float) -> str:
    """The first reason to stop, or "" if it may go on."""
    reasons = (
        drill.stop_reason,
        _deadline(drill, now),
        _permission(drill, overview, now),
        _incident(drill, overview),
        _budget(budget),
    )
    return next((reason for reason in reasons if reason), "")


def _deadline(drill: Drill, now: float) -> str:
    since = now - (drill.begun_at or drill.requested_at)
    return (
        f"its deadline is over: {since / 60:.0f} min after it began" if since > drill.deadline_seconds else ""
    )


def _permission(drill: Drill, overview: Overview, now: float) -> str:
    lease = overview.operations.leases.get(drill.scope)
    if lease is None or lease.holder != drill.drill_id or not lease.held_at(now):
        return "its lease is gone"
    if not overview.switch.on:
        return f"actions were switched off: {overview.switch.reason or 'no reason given'}"
    status = overview.environment.status
    if status not in {Status.READY, Status.DEGRADED}:
        return f"the environment is {status}: somebody else works on it"
    return ""


def _incident(drill: Drill, overview: Overview) -> str:
    """A problem that the failure itself does not explain; one from before would have refused the drill."""
    found = troubles(overview, TRIALS[drill.kind].conditions)
    return f"an incident that is none of the drill's: {', '.join(found)}" if found else ""


def _budget(budget: Budget) -> str:
    return f"the error budget is used up: {budget.told()}" if budget.left <= 0 else ""
