"""What is wrong with a playbook, all at once: fields, names that are taken, rules that are never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stargate.domain.faults import Fault
from stargate.domain.operating.playbook import ANY
from stargate.domain.playbook.fields import rule, said

MOST_RULES = 300
TOP = ("rules", "note", "version", "follows")


def faults_of(document: Any) -> tuple[Fault, ...]:
    """Of a document `{rules: […], note?}`; each fault's path is a JSON pointer."""
    if not isinstance(document, Mapping):
        return (Fault("", "is no JSON object", 'an object: {"rules": [...]}'),)
    return tuple(_faults(document))


def faults_around(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Of what stands beside the rules, if there are any."""
    for field in document:
        if field not in TOP:
            yield Fault(f"/{field}", "is not known", f"one of {', '.join(TOP)}")
    if "note" in document:
        yield from said("/note", document["note"])


def _faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    yield from faults_around(document)
    rules = document.get("rules")
    if not isinstance(rules, list) or not 0 < len(rules) <= MOST_RULES:
        yield Fault("/rules", "is no list, or has too few or too many", f"a list of 1 to {MOST_RULES} rules")
        return
    for place, one in enumerate(rules):
        yield from faults_of_rule(f"/rules/{place}", one)
    yield from _twice(rules)
    yield from _never_reached(rules)


def faults_of_rule(path: str, given: Any) -> Iterator[Fault]:
    """Of one rule, whatever stands around it."""
    yield from rule(path, given)
    if not isinstance(given, Mapping):
        return
    if ("while" in given) == ("after" in given):
        yield Fault(path, "says no condition, or two", "one of while (it is open), after (it has closed)")
    if given.get("while", given.get("after")) == ANY and "of" in given:
        yield Fault(
            f"{path}/of", "every condition has its own subjects", f"none, or a condition and not {ANY}"
        )
    if "for_minutes" in given and "while" not in given:
        yield Fault(f"{path}/for_minutes", "is of an open condition", "only with `while`")
    if "within" in given and "do" not in given:
        yield Fault(f"{path}/within", "guards nothing", "only with `do`")


def _twice(rules: list[Any]) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for place, one in enumerate(rules):
        name = one.get("rule") if isinstance(one, Mapping) else None
        if not isinstance(name, str):
            continue
        if name in first:
            yield Fault(
                f"/rules/{place}/rule", f"{name} is taken by rule {first[name] + 1}", "each name once"
            )
        first.setdefault(name, place)


def _never_reached(rules: list[Any]) -> Iterator[Fault]:
    """A rule after one that fits whenever it would."""
    before: list[tuple[int, Mapping[str, Any]]] = []
    for place, one in enumerate(rules):
        if not isinstance(one, Mapping):
            continue
        covered = next((earlier for earlier, wider in before if _covers(wider, one)), None)
        if covered is not None:
            told = rules[covered].get("rule", covered + 1)
            fault = f"is never reached: rule {told} before it fits whenever it would"
            yield Fault(f"/rules/{place}", fault, "put it before that one, or leave it out")
        if not one.get("when") and not one.get("for_minutes"):
            before.append((place, one))


def _covers(wider: Mapping[str, Any], narrow: Mapping[str, Any]) -> bool:
    turn = "while" if "while" in wider else "after"
    about = wider.get(turn)
    return (
        turn in narrow
        and about in {ANY, narrow[turn]}
        and ("of" not in wider or wider.get("of") == narrow.get("of"))
        and ("severity" not in wider or wider.get("severity") == narrow.get("severity"))
    )
