"""What was heard once, decided again: by the playbook that is, and by the one that is to be.

The signals come from the ledger. Conditions open and close as they did then; rules that wait for a duration
have their turn when it is over. What the facts were then is not kept: where rules ask a question, it is
decided for either answer, and a difference says on which it hangs; what signals said themselves is known.
Guards, limits and what was under way are not replayed: what differs is what would be asked for.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from stargate.domain.moments import told, understood
from stargate.domain.operating.conditions import Condition, Turned, after, key_of
from stargate.domain.operating.playbook import Playbook, Rule, fitting
from stargate.domain.operating.predicates import NOT, asked_by
from stargate.domain.playbook.document import document_of
from stargate.domain.signals.kinds import CONDITIONS, KINDS
from stargate.domain.signals.signal import Severity, Signal, Turn

Document = dict[str, Any]
Answers = Mapping[str, bool]


@dataclass(frozen=True)
class Moment:
    """A condition as it was from a moment on, until it changed; `entry_id` is of the signal of it."""

    condition: Condition
    entry_id: str
    at: float
    until: float


@dataclass(frozen=True)
class Difference:
    """`hangs_on` are the answers without which both decide the same; empty: they never do."""

    moment: Moment
    hangs_on: Answers
    before: Rule
    after: Rule

    def document(self) -> Document:
        condition = self.moment.condition
        return {
            "at": told(self.moment.at),
            "entry": self.moment.entry_id,
            "condition": condition.key,
            "severity": condition.severity.value,
            "state": "open" if condition.open else "closed",
            "if": [question if answer else NOT + question for question, answer in self.hangs_on.items()],
            "before": _decided(self.before),
            "after": _decided(self.after),
        }


@dataclass(frozen=True)
class Replay:
    """`decisions` are the moments at which something was decided."""

    signals: int
    decisions: int
    differences: tuple[Difference, ...]

    def document(self) -> Document:
        return {
            "signals": self.signals,
            "decisions": self.decisions,
            "differences": [one.document() for one in self.differences],
        }


def recorded(entry: Mapping[str, Any]) -> Signal | None:
    """The signal of a ledger entry; None if it is an entry of another kind, or says too little."""
    found = entry.get("detail")
    detail: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    facts = detail.get("facts")
    if entry.get("kind") != "signal" or detail.get("kind") not in {*KINDS, *CONDITIONS}:
        return None
    try:
        at = understood(str(entry["at"]))
        return Signal(
            event_id=str(entry["id"]),
            at=at,
            environment=str(entry["environment"]),
            kind=detail["kind"],
            subject=str(entry["subject"]),
            severity=Severity(detail.get("severity", Severity.INFO)),
            turn=Turn(detail.get("turn", Turn.CLOSES)),
            source=str(detail["source"]),
            region=str(detail.get("region", "")),
            facts=facts if isinstance(facts, Mapping) else {},
        )
    except (KeyError, ValueError):
        return None


def replayed(signals: Iterable[Signal], before: Playbook, changed: Playbook) -> Replay:
    heard = sorted(signals, key=lambda one: one.at)
    moments = [one for moment in _moments(heard) for one in _with_waits(moment, (*before, *changed))]
    found = [one for moment in moments for one in _differences(moment, before, changed)]
    found.sort(key=lambda one: one.moment.at)
    return Replay(len(heard), len(moments), tuple(found))


def _moments(signals: Sequence[Signal]) -> Iterator[Moment]:
    """Each state of each condition, with the time for which it lasted."""
    known: dict[str, Condition] = {}
    newest: dict[str, Moment] = {}
    for signal in signals:
        key = key_of(signal)
        transition = after(known.get(key) if key else None, signal)
        if key is None or transition.condition is None:
            continue
        known[key] = transition.condition
        if transition.what is Turned.UNCHANGED:
            continue
        if key in newest:
            yield replace(newest[key], until=signal.at)
        newest[key] = Moment(transition.condition, signal.event_id, signal.at, float("inf"))
    yield from newest.values()


def _with_waits(moment: Moment, rules: Iterable[Rule]) -> Iterator[Moment]:
    """The moment, and those within its time at which a rule has waited for long enough."""
    yield moment
    if not moment.condition.open:
        return
    about = (rule for rule in rules if rule.is_about(moment.condition))
    for seconds in sorted({rule.for_seconds for rule in about if rule.for_seconds}):
        at = moment.condition.opened_at + seconds
        if moment.at < at < moment.until:
            yield replace(moment, at=at)


def _differences(moment: Moment, before: Playbook, changed: Playbook) -> Iterator[Difference]:
    groups: dict[tuple[str, str], list[tuple[dict[str, bool], Rule, Rule]]] = {}
    questions = sorted({*_asked(before, moment), *_asked(changed, moment)})
    for answers in itertools.product((True, False), repeat=len(questions)):
        given = dict(zip(questions, answers, strict=True))
        old, new = _chosen(before, moment, given), _chosen(changed, moment, given)
        if _to_do(old) != _to_do(new):
            groups.setdefault((old.name, new.name), []).append((given, old, new))
    for found in groups.values():
        common = {question: found[0][0][question] for question in questions}
        hangs_on = {
            question: answer
            for question, answer in common.items()
            if all(given[question] == answer for given, _, _ in found)
        }
        yield Difference(moment, hangs_on, found[0][1], found[0][2])


def _asked(playbook: Playbook, moment: Moment) -> Iterator[str]:
    """What the facts of then would answer, of the rules that come into question."""
    for rule in fitting(playbook, moment.condition, moment.at):
        yield from (question.removeprefix(NOT) for question in rule.when if asked_by([question]))


def _chosen(playbook: Playbook, moment: Moment, answers: Answers) -> Rule:
    return next(
        rule
        for rule in fitting(playbook, moment.condition, moment.at)
        if all(answers[one.removeprefix(NOT)] != one.startswith(NOT) for one in rule.when if asked_by([one]))
    )


def _decided(rule: Rule) -> Document:
    return {"rule": rule.name, **_to_do(rule), "why": rule.reason}


def _to_do(rule: Rule) -> Document:
    """What of a rule is a decision, as its document says it: its name and its reason are not."""
    written: Document = next(iter(document_of([rule])["rules"]), {})
    return {name: written[name] for name in ("do", "within") if name in written}
