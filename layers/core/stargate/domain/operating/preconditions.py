"""Whether an action may still be performed: what was true when it was decided may have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions import Action, ActionKind
from stargate.domain.operating.guards import Held, Intent, first_held
from stargate.domain.operating.playbook import Playbook, rule_of
from stargate.domain.operating.proposals import Nothing, limits_of, propose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview

# The facts that tell whether an action is needed still, and whether it was done already.
ASKS: Mapping[ActionKind, frozenset[str]] = {
    ActionKind.RAISE_BOUND: frozenset({"scaling"}),
    ActionKind.RELEASE_BOUND: frozenset({"scaling"}),
    ActionKind.RESTART_SERVICE: frozenset({"service"}),
    ActionKind.STOP_DEPLOYMENT: frozenset({"service"}),
}


def unmet(
    playbook: Playbook, overview: Overview, action: Action, facts: Facts, now: float
) -> Held | Nothing | None:
    """The guard that holds it by now, or why nothing is left to do, or None if it may be performed."""
    condition = overview.operations.conditions.get(action.condition)
    rule = rule_of(playbook, condition, action.kind) if condition else None
    if condition is None or rule is None:
        return Nothing("the playbook does not ask for it any more")
    if condition.open is not rule.is_open:
        return Nothing(f"its condition has {'opened again' if condition.open else 'closed'} meanwhile")
    intent = Intent(rule, action.kind, action.subject, action.action_id)
    return first_held(overview, intent, now) or _needless(overview, condition, action, facts)


def _needless(
    overview: Overview, condition: Condition, action: Action, facts: Facts
) -> Held | Nothing | None:
    if action.kind is ActionKind.RAISE_BOUND:
        return _needless_raise(overview, action, facts)
    proposed = propose(action.kind, overview, condition, facts)
    if isinstance(proposed, (Held, Nothing)):
        return proposed
    if proposed.target.get("deployment") != action.target.get("deployment"):
        return Nothing("another deployment is under way by now")
    return None


def _needless_raise(overview: Overview, action: Action, facts: Facts) -> Held | Nothing | None:
    """The number of tasks is the one that was decided; a higher one is decided anew if it is needed."""
    wanted, limits = int(action.target["minimum"]), limits_of(overview.environment, action.subject)
    if facts.scaling is None or limits is None:
        return Nothing(f"{action.subject} has no scalable target any more")
    if wanted > limits.maximum:
        return Held("limits", f"{wanted} tasks are beyond the limit of {limits.maximum}")
    if facts.scaling.minimum >= wanted:
        return Nothing(f"the lower bound is {facts.scaling.minimum} already")
    return None


def done_already(action: Action, facts: Facts) -> bool:
    """Whether an earlier try of this very action reached AWS: it was cut off before it could say so."""
    scaling, service, since = facts.scaling, facts.service, action.performed_at or action.requested_at
    if action.kind is ActionKind.RAISE_BOUND:
        return scaling is not None and scaling.minimum >= int(action.target["minimum"])
    if action.kind is ActionKind.RELEASE_BOUND:
        return scaling is not None and scaling.minimum <= int(action.target["minimum"])
    rolling = service.rolling_out if service else None
    if action.kind is ActionKind.RESTART_SERVICE:
        return service is not None and any(one.created_at >= since for one in service.deployments)
    return rolling is None or rolling.deployment_id != action.target["deployment"]
