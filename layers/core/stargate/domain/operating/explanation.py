"""What would be decided on an event and why, rule by rule, without touching anything or asking anybody.

Facts that only a running gateway could tell (bounds, metrics, deployments) are not known here: a rule whose
question needs them is answered as for a gateway in its usual state, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import after, key_of
from stargate.domain.operating.facts import Facts
from stargate.domain.operating.guards import guards_of
from stargate.domain.operating.playbook import MINUTE, Playbook, Rule
from stargate.domain.operating.predicates import answered, asked_by
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.reading import signals_in
from stargate.domain.signals.signal import Ignored, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.operating.conditions import Condition

    Document = dict[str, Any]

NOTHING = "none"
USUAL = Facts()


@dataclass(frozen=True)
class Considered:
    """One row of the playbook: whether it fits, and why or why not."""

    rule: Rule
    fits: bool
    why: str

    def document(self) -> Document:
        return {"rule": self.rule.name, "fits": self.fits, "why": self.why}


def explained(event: object, environment: str | None = None, playbook: Playbook = DEFAULT) -> list[Document]:
    """For each event in it `{signal, decision}`, or `{ignored, seen?}`; `environment` as in `signals_in`."""
    return [_document(read, playbook) for read in signals_in(event, environment)]


def _document(read: Signal | Ignored, playbook: Playbook) -> Document:
    if isinstance(read, Ignored):
        seen = read.seen
        ignored = {"reason": read.reason, "environment": read.environment}
        if seen is None:
            return {"ignored": ignored}
        told = {"kind": seen.kind, "severity": seen.severity.value, "subject": seen.subject}
        return {"ignored": ignored, "seen": {**told, "facts": dict(seen.facts)}}
    return {"signal": _signal(read), "decision": _decision(read, playbook)}


def _signal(signal: Signal) -> Document:
    return {
        "kind": signal.kind,
        "severity": signal.severity.value,
        "environment": signal.environment,
        "subject": signal.subject,
        "turn": signal.turn.value,
        "source": signal.source,
        "region": signal.region,
        "at": signal.at,
        "facts": dict(signal.facts),
    }


def _decision(signal: Signal, playbook: Playbook) -> Document:
    if key_of(signal) is None:
        return _no_action(KINDS[signal.kind].why)
    condition = after(None, signal).condition
    if condition is None or not condition.open:
        return _no_action(_not_open(signal))
    walked = _walked(playbook, condition)
    chosen = walked[-1].rule
    actions = [rung.action for rung in chosen.rungs]
    return {
        "action": actions[0] if actions else NOTHING,
        "otherwise": actions[1:],
        "reason": chosen.reason,
        "guard": None,
        "guards": list(guards_of(chosen, ACTIONS[actions[0]])) if actions else [],
        "rule": chosen.name,
        "rules": [one.document() for one in walked],
    }


def _not_open(signal: Signal) -> str:
    if signal.turn is Turn.CLOSES:
        return "it closes a condition: what was done about an open one would be taken back"
    return "noted: it opens no condition"


def _no_action(reason: str) -> Document:
    return {
        "action": NOTHING,
        "otherwise": [],
        "reason": reason,
        "guard": None,
        "guards": [],
        "rule": None,
        "rules": [],
    }


def _walked(playbook: Playbook, condition: Condition) -> list[Considered]:
    """The rows from the top to the first that fits; a playbook ends with rows that fit everything."""
    walked: list[Considered] = []
    for rule in playbook:
        walked.append(_considered(rule, condition))
        if walked[-1].fits:
            break
    return walked


def _considered(rule: Rule, condition: Condition) -> Considered:
    if not rule.fits(condition, condition.opened_at):
        return Considered(rule, fits=False, why=_for(rule))
    if not rule.when:
        return Considered(rule, fits=True, why=f"{condition.key} is open and {condition.severity.value}")
    questions = " and ".join(rule.when).replace("_", " ")
    if answered(rule.when, condition, USUAL) is not None:
        return Considered(rule, fits=True, why=f"{questions}: taken to be so")
    needs = ", ".join(sorted(asked_by(rule.when))) or "nothing"
    return Considered(
        rule, fits=False, why=f"{questions}: not in the usual state (only {needs} of the gateway tell)"
    )


def _for(rule: Rule) -> str:
    state = "open" if rule.is_open else "closed"
    severity = f" and {rule.severity.value}" if rule.severity else ""
    lasting = f" for {rule.for_seconds / MINUTE:g} min" if rule.for_seconds else ""
    return f"is for {rule.condition} while {state}{severity}{lasting}"
