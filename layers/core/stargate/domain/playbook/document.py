"""A playbook as a document and as the rules that the loop decides by: one for one.

A rule in its document: `while` (or `after`, for a recovery) a condition `of` a subject at a `severity` has
been open `for_minutes`, and `when` its questions are answered yes, `do` this, each rung for when the one
before has missed; `within` these guards; and `why`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.playbook import LAST, MINUTE, Playbook, Rule, Rung
from stargate.domain.playbook.faults import faults_of_rule
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Document = dict[str, Any]

COOL_DOWN_MINUTES, MOST_IN_AN_HOUR = 5, 10


def rules_of(document: Mapping[str, Any]) -> Playbook:
    """Of a document without faults; the rows that fit everything follow those that it has."""
    return (*(_rule(one) for one in document["rules"]), *LAST)


def rules_kept(document: Mapping[str, Any]) -> Playbook:
    """Of a document that once was without faults: a rule that names what is gone since does nothing."""
    return rules_of({"rules": [_followed(one) for one in document["rules"]]})


def _followed(given: Document) -> Document:
    fault = next(faults_of_rule("", given), None)
    if fault is None:
        return given
    bare: Document = {
        name: given[name] for name in ("rule", "while", "after", "of", "severity") if name in given
    }
    return {**bare, "why": f"its rule cannot be followed any more: {fault.path.strip('/')} {fault.fault}"}


def document_of(rules: Sequence[Rule]) -> Document:
    """As `rules_of` reads it, each rule with as little as says it."""
    return {"rules": [_written(rule) for rule in rules if rule not in LAST]}


def _rule(given: Mapping[str, Any]) -> Rule:
    about, within = given.get("while") or given["after"], given.get("within", {})
    subject = given.get("of")
    return Rule(
        name=given["rule"],
        condition=about if subject is None else f"{about}#{subject}",
        severity=Severity(given["severity"]) if "severity" in given else None,
        is_open="while" in given,
        for_seconds=MINUTE * given.get("for_minutes", 0),
        when=tuple(_listed(given.get("when", []))),
        rungs=tuple(_rung(one) for one in _listed(given.get("do", []))),
        reason=given["why"],
        guards=tuple(_listed(within.get("guards", []))),
        cool_down=MINUTE * within.get("cool_down_minutes", COOL_DOWN_MINUTES),
        most_in_an_hour=within.get("most_in_an_hour", MOST_IN_AN_HOUR),
    )


def _rung(given: str | Mapping[str, Any]) -> Rung:
    if isinstance(given, str):
        return Rung(given)
    return Rung(
        action=given["action"],
        subject=given.get("on", ""),
        parameters={name: _value(one) for name, one in given.get("with", {}).items()},
        tries=given.get("tries", 1),
        undo=given.get("undo", False),
        expectations=tuple(_expectation(one) for one in _listed(given.get("expect", []))),
    )


def _expectation(given: Mapping[str, Any]) -> Expectation:
    comparison: Any = "at_least" if "at_least" in given else "at_most"
    return Expectation(given["measure"], comparison, given[comparison], MINUTE * given["within_minutes"])


def _listed(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given]


def _value(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


def _written(rule: Rule) -> Document:
    about, _, subject = rule.condition.partition("#")
    found: Document = {
        "rule": rule.name,
        "while" if rule.is_open else "after": about,
        "of": subject,
        "severity": rule.severity.value if rule.severity else "",
        "for_minutes": _plain(rule.for_seconds / MINUTE),
        "when": _alone(list(rule.when)),
        "do": _alone([_written_rung(rung) for rung in rule.rungs]),
        "within": _within(rule) if rule.rungs else {},
        "why": rule.reason,
    }
    return {name: value for name, value in found.items() if value not in ("", 0, [], {})}


def _within(rule: Rule) -> Document:
    cool_down = _plain(rule.cool_down / MINUTE)
    found: Document = {
        "cool_down_minutes": "" if cool_down == COOL_DOWN_MINUTES else cool_down,
        "most_in_an_hour": "" if rule.most_in_an_hour == MOST_IN_AN_HOUR else rule.most_in_an_hour,
        "guards": _alone(list(rule.guards)),
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _written_rung(rung: Rung) -> str | Document:
    found: Document = {
        "action": rung.action,
        "on": rung.subject,
        "with": {name: _unvalue(one) for name, one in rung.parameters.items()},
        "tries": rung.tries if rung.tries != 1 else "",
        "undo": rung.undo or "",
        "expect": _alone([_written_expectation(one) for one in rung.expectations]),
    }
    told = {name: value for name, value in found.items() if value not in ("", [], {})}
    return rung.action if set(told) == {"action"} else told


def _written_expectation(one: Expectation) -> Document:
    minutes = _plain(one.within_seconds / MINUTE)
    return {"measure": one.measure, one.comparison: _plain(one.value), "within_minutes": minutes}


def _alone(listed: list[Any]) -> Any:
    """A list of one is written as that one."""
    return listed[0] if len(listed) == 1 else listed


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _unvalue(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
