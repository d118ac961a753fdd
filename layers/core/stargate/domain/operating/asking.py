"""An action that a person asks for: a condition of a kind of its own, with a rule that no playbook has.

So it meets the same guards, limits, leases and verification as whatever the loop does by itself, waits for an
approval where one is needed, and is examined each minute until it is done or its time is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stargate.domain.faults import Fault
from stargate.domain.moments import told
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import ASKED, is_asked
from stargate.domain.operating.playbook import MINUTE, Playbook, Rule, Rung
from stargate.domain.playbook.fields import action, fields, number, parameters, said
from stargate.domain.signals.signal import Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stargate.domain.environment import Environment
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.conditions import Condition

RULE_NAME = "asked for"
USUAL_MINUTES, LONGEST_MINUTES = 60, 24 * 60
LONGEST_REASON = 500
USUAL_COOL_DOWN, USUAL_MOST = 5 * MINUTE, 10  # of what the playbook has no rule for
SETTLED = frozenset({ActionStatus.REACHED, ActionStatus.MISSED, ActionStatus.FAILED})
REQUEST = fields(
    {
        "action": action,
        "subject": said,
        "with": parameters,
        "reason": said,
        "minutes": number(1, LONGEST_MINUTES, whole=True),
    },
    needed=("action", "reason"),
)


def faults_of_request(request: Any) -> list[Fault]:
    """Of `{action, subject?, with?, reason, minutes?}`."""
    found = list(REQUEST("", request))
    if found or not isinstance(request, Mapping):
        return found
    kind = ACTIONS[request["action"]]
    if not kind.works_on and not request.get("subject"):
        found.append(Fault("/subject", "is missing", f"what {kind.name} is to work on, such as litellm"))
    if kind.works_on and request.get("subject", kind.works_on) != kind.works_on:
        found.append(Fault("/subject", f"{kind.name} works on {kind.works_on}", kind.works_on))
    for field in request.get("with", {}):
        if field not in kind.takes:
            allowed = f"one of {', '.join(sorted(kind.takes))}" if kind.takes else "nothing"
            found.append(Fault(f"/with/{field}", f"{kind.name} takes no such thing", allowed))
    if len(request["reason"]) > LONGEST_REASON:
        found.append(Fault("/reason", "is too long", f"up to {LONGEST_REASON} characters"))
    return found


def subject_of(request: Mapping[str, Any]) -> str:
    return str(request.get("subject") or ACTIONS[request["action"]].works_on)


def key_of_request(request: Mapping[str, Any]) -> str:
    """Of the condition that it opens: one at a time of each action on each subject."""
    return f"{ASKED}{request['action']}#{subject_of(request)}"


def signal_of(
    environment: Environment, request: Mapping[str, Any], person: str, request_id: str, now: float
) -> Signal:
    minutes = request.get("minutes", USUAL_MINUTES)
    return Signal(
        event_id=request_id,
        at=now,
        environment=environment.name,
        kind=f"{ASKED}{request['action']}",
        subject=subject_of(request),
        severity=Severity.WARNING,
        turn=Turn.OPENS,
        source=person,
        region=environment.region,
        facts={
            "asked_by": person,
            "reason": request["reason"],
            "until": now + minutes * MINUTE,
            "with": dict(request.get("with", {})),
        },
    )


def rule_of(condition: Condition, playbook: Playbook) -> Rule:
    """As if it stood in the playbook, and within the widest measure that this has for the action.

    Nobody is paged if it misses: whoever asked for it is looking.
    """
    facts, action = condition.facts, condition.kind.removeprefix(ASKED)
    same = [rule for rule in playbook if any(rung.action == action for rung in rule.rungs)]
    rung = Rung(
        action,
        condition.subject,
        {name: tuple(one) if isinstance(one, list) else one for name, one in facts["with"].items()},
    )
    return Rule(
        name=RULE_NAME,
        condition=condition.key,
        rungs=(rung,),
        reason=f"{facts['asked_by']} asked for it: {facts['reason']}",
        cool_down=min((rule.cool_down for rule in same), default=USUAL_COOL_DOWN),
        most_in_an_hour=max((rule.most_in_an_hour for rule in same), default=USUAL_MOST),
        pages=False,
    )


def over(condition: Condition, actions: Iterable[Action], now: float) -> str:
    """Why a request is over, or "". What is changed for a while is kept for as long as was asked."""
    if not is_asked(condition) or not condition.open:
        return ""
    kind, until = ACTIONS[condition.kind.removeprefix(ASKED)], condition.facts["until"]
    if now >= until:
        return f"its time was over at {told(until)}"
    ours = [one for one in _since(condition, actions) if one.status in SETTLED]
    kept = kind.taken_back_by is not None and any(one.status is ActionStatus.REACHED for one in ours)
    if ours and not kept:
        return f"{kind.name} {ours[-1].status.lower()}"
    if not ours and condition.decided is not None and condition.decided.verdict == "none":
        return condition.decided.reason
    return ""


def is_done(condition: Condition, actions: Iterable[Action]) -> bool:
    """What was asked for is done once."""
    return any(one.status in SETTLED for one in _since(condition, actions))


def _since(condition: Condition, actions: Iterable[Action]) -> Iterator[Action]:
    for one in actions:
        if one.condition == condition.key and one.requested_at >= condition.opened_at:
            yield one
