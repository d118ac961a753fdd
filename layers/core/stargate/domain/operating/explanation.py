"""What would be decided on an event and why, rule by rule, as a document; nothing is touched.

Without a cloud nobody is asked: what only a running gateway could tell (bounds, metrics, deployments) is not
known, so a rule whose question needs it is answered as for a gateway in its usual state, and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.conditions import after, key_of
from stargate.domain.operating.facts import UNKNOWN, Facts
from stargate.domain.operating.guards import guards_of
from stargate.domain.operating.playbook import MINUTE, Playbook, Rule
from stargate.domain.operating.predicates import answered, asked_by, possible
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.reading import signals_in
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.operating.conditions import Condition

    Document = dict[str, Any]

NOTHING = "none"
BY_DEFAULT = "the default playbook, for a gateway in its usual state"


@dataclass(frozen=True)
class Walk:
    """The rows of a playbook from the top to the first that fits; `facts` None: nobody was asked for any."""

    playbook: Playbook
    condition: Condition
    now: float
    facts: Mapping[str, Facts] | None = None

    @property
    def rows(self) -> list[tuple[Rule, bool, str]]:
        """Each with whether it fits, and why or why not; a playbook ends with rows that fit everything."""
        walked: list[tuple[Rule, bool, str]] = []
        for rule in self.playbook:
            walked.append((rule, *self._considered(rule)))
            if walked[-1][1]:
                break
        return walked

    @property
    def chosen(self) -> Rule:
        return self.rows[-1][0]

    def document(self) -> Document:
        """What there is to say of the row that fits, and of those that were asked before it."""
        rule = self.chosen
        kind = ACTIONS[rule.rungs[0].action] if rule.rungs else None
        return {
            "guards": list(guards_of(rule, kind)) if kind else [],
            "otherwise": [rung.action for rung in rule.ladder[1:]],
            "later": list(self._later()),
            "rule": rule.name,
            "rules": [
                {"rule": one.name, "about": one.is_about(self.condition), "fits": fits, "why": why}
                for one, fits, why in self.rows
            ],
        }

    def _considered(self, rule: Rule) -> tuple[bool, str]:
        if not rule.fits(self.condition, self.now):
            return False, _for(rule)
        if not rule.when:
            state = "open" if self.condition.open else "over"
            return True, f"{self.condition.key} is {state} and {self.condition.severity.value}"
        asked = " and ".join(rule.when).replace("_", " ")
        words = answered(rule.when, self.condition, self._facts_for(rule))
        if words is not None:
            taken = self.facts is None and asked_by(rule.when)
            return True, f"{asked}: {'taken to be so' if taken else ', '.join(words)}"
        if self.facts is not None or not possible(rule.when, self.condition):
            return False, f"{asked}: no"
        needs = ", ".join(sorted(asked_by(rule.when)))
        return False, f"{asked}: not in the usual state (only {needs} of the gateway tell)"

    def _facts_for(self, rule: Rule) -> Facts:
        return UNKNOWN if self.facts is None else self.facts.get(rule.asked_of(self.condition), UNKNOWN)

    def _later(self) -> Iterator[Document]:
        """What has its turn if it stays open, or turns critical."""
        if not self.condition.open:
            return
        before = self.chosen
        for at in self._turns():
            rule = replace(self, now=at).chosen
            if rule != before:
                yield {"in_minutes": round((at - self.now) / MINUTE, 1), **_briefly(rule)}
            before = rule
        if self.condition.severity is not Severity.CRITICAL:
            worse = replace(self, condition=replace(self.condition, severity=Severity.CRITICAL)).chosen
            if worse != self.chosen:
                yield {"severity": Severity.CRITICAL.value, **_briefly(worse)}

    def _turns(self) -> list[float]:
        """The moments to come at which a rule has waited for long enough."""
        about = [rule for rule in self.playbook if rule.is_about(self.condition) and rule.is_open]
        turns = {self.condition.opened_at + rule.for_seconds for rule in about}
        return sorted(at for at in turns if at > self.now)


def _briefly(rule: Rule) -> Document:
    return {"rule": rule.name, "action": first_action(rule)}


def first_action(rule: Rule) -> str:
    return rule.rungs[0].action if rule.rungs else NOTHING


def explained(event: object, environment: str | None = None, playbook: Playbook = DEFAULT) -> list[Document]:
    """For each event in it `{signal, decision}`, or `{ignored, seen?}`; `environment` as in `signals_in`."""
    return [_document(read, playbook) for read in signals_in(event, environment)]


def _document(read: Signal | Ignored, playbook: Playbook) -> Document:
    if isinstance(read, Ignored):
        return ignored_document(read)
    return {"signal": signal_document(read), "decision": _decision(read, playbook)}


def ignored_document(read: Ignored) -> Document:
    ignored = {"reason": read.reason, "environment": read.environment}
    return {"ignored": ignored, **({"seen": _seen(read.seen)} if read.seen else {})}


def _seen(seen: Seen) -> Document:
    told = {"kind": seen.kind, "severity": seen.severity.value, "subject": seen.subject}
    return {**told, "facts": dict(seen.facts)}


def signal_document(signal: Signal) -> Document:
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
        return no_decision(KINDS[signal.kind].why, BY_DEFAULT)
    condition = after(None, signal).condition
    if condition is None or not condition.open:
        return no_decision(_not_open(signal), BY_DEFAULT)
    walk = Walk(playbook, condition, condition.opened_at)
    rule = walk.chosen
    return {
        "action": first_action(rule),
        "verdict": "act" if rule.rungs else NOTHING,
        "reason": rule.reason,
        "guard": None,
        "by": BY_DEFAULT,
        **walk.document(),
    }


def _not_open(signal: Signal) -> str:
    if signal.turn is Turn.CLOSES:
        return "it closes a condition: what was done about an open one would be taken back"
    return "noted: it opens no condition"


def no_decision(reason: str, by: str) -> Document:
    """On what opens nothing, and asks no rule."""
    return {
        "action": NOTHING,
        "verdict": NOTHING,
        "reason": reason,
        "guard": None,
        "by": by,
        "guards": [],
        "otherwise": [],
        "later": [],
        "rule": None,
        "rules": [],
    }


def _for(rule: Rule) -> str:
    state = "open" if rule.is_open else "closed"
    severity = f" and {rule.severity.value}" if rule.severity else ""
    lasting = f" for {rule.for_seconds / MINUTE:g} min" if rule.for_seconds else ""
    return f"is for {rule.condition} while {state}{severity}{lasting}"
