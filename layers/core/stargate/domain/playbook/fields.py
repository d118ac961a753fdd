"""What a rule of a playbook may hold, field by field, each with what is allowed in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from stargate.domain.faults import Fault
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.guards import ON_DEMAND
from stargate.domain.operating.measures import MEASURES
from stargate.domain.operating.playbook import ANY, LAST
from stargate.domain.operating.predicates import NOT, PREDICATES
from stargate.domain.signals.kinds import CONDITIONS
from stargate.domain.signals.signal import Severity

Check = Callable[[str, Any], Iterator[Fault]]

NAME = re.compile(r"[a-z][a-z0-9-]{0,59}\Z")
LONGEST_TEXT, MOST_RUNGS, MOST_TRIES = 500, 6, 10
LONGEST_MINUTES = 7 * 24 * 60
RESERVED = frozenset(rule.name for rule in LAST)
TAKES_BACK = frozenset(kind.taken_back_by for kind in ACTIONS.values() if kind.taken_back_by)


def _one_of(allowed: Iterator[str] | frozenset[str] | tuple[str, ...]) -> str:
    return f"one of {', '.join(sorted(allowed)) or 'none'}"


def choice(*allowed: str) -> Check:
    def check(path: str, value: Any) -> Iterator[Fault]:
        if not isinstance(value, str) or value not in allowed:
            yield Fault(path, f"{value!r} is not known", _one_of(tuple(allowed)))

    return check


def number(lowest: float, highest: float, *, whole: bool = False) -> Check:
    def check(path: str, value: Any) -> Iterator[Fault]:
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not lowest <= value <= highest:
            what = "a whole number" if whole else "a number"
            yield Fault(path, f"{value!r} is not allowed", f"{what} from {lowest:g} to {highest:g}")

    return check


def said(path: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        yield Fault(path, "is no text, empty or too long", f"text of up to {LONGEST_TEXT} characters")


def truth(path: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, bool):
        yield Fault(path, f"{value!r} is not allowed", "true or false")


def name(path: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, str) or not NAME.match(value) or value in RESERVED:
        taken = f"; not {' or '.join(sorted(RESERVED))}"
        yield Fault(path, f"{value!r} is not allowed", f"small letters, digits and hyphens, up to 60{taken}")


def question(path: str, value: Any) -> Iterator[Fault]:
    asked = value.removeprefix(NOT) if isinstance(value, str) else value
    if not isinstance(asked, str) or asked not in PREDICATES:
        allowed = f"{_one_of(tuple(PREDICATES))}; or with `{NOT.strip()}` before it"
        yield Fault(path, f"{value!r} is no question", allowed)


def several(check: Check, most: int) -> Check:
    """One or a list of them."""

    def checked(path: str, value: Any) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield from check(path, value)
            return
        if not 0 < len(value) <= most:
            yield Fault(path, f"has {len(value)}", f"1 to {most}")
        for place, one in enumerate(value):
            yield from check(f"{path}/{place}", one)

    return checked


def fields(known: Mapping[str, Check], needed: tuple[str, ...] = ()) -> Check:
    """An object of these fields and no others."""

    def check(path: str, value: Any) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(path, "is no object", f"an object of {', '.join(known)}")
            return
        for field in needed:
            if field not in value:
                yield Fault(f"{path}/{field}", "is missing", "it is needed")
        for field, inner in value.items():
            if field in known:
                yield from known[field](f"{path}/{field}", inner)
            else:
                yield Fault(f"{path}/{field}", "is not known", _one_of(tuple(known)))

    return check


def action(path: str, value: Any) -> Iterator[Fault]:
    if isinstance(value, str) and value in TAKES_BACK:
        yield Fault(path, f"{value} is done by the loop itself, when its time has come", "another action")
    else:
        yield from choice(*(one for one in ACTIONS if one not in TAKES_BACK))(path, value)


def parameters(path: str, value: Any) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(path, "is no object", "an object of what the action takes")
        return
    for field, inner in value.items():
        scalar = isinstance(inner, (str, int, float)) and not isinstance(inner, bool)
        texts = isinstance(inner, list) and all(isinstance(one, str) for one in inner)
        if not scalar and not texts:
            yield Fault(f"{path}/{field}", "is not allowed", "a text, a number or a list of texts")


_EXPECTATION = fields(
    {
        "measure": choice(*MEASURES),
        "at_least": number(-1e9, 1e9),
        "at_most": number(-1e9, 1e9),
        "within_minutes": number(0.5, LONGEST_MINUTES),
    },
    needed=("measure", "within_minutes"),
)


def expectation(path: str, value: Any) -> Iterator[Fault]:
    yield from _EXPECTATION(path, value)
    if isinstance(value, Mapping) and ("at_least" in value) == ("at_most" in value):
        yield Fault(path, "says no bound, or two", "one of at_least, at_most")


_RUNG = fields(
    {
        "action": action,
        "on": said,
        "with": parameters,
        "tries": number(1, MOST_TRIES, whole=True),
        "undo": truth,
        "expect": several(expectation, MOST_RUNGS),
    },
    needed=("action",),
)


def rung(path: str, value: Any) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from action(path, value)
        return
    yield from _RUNG(path, value)
    kind = ACTIONS.get(str(value.get("action"))) if isinstance(value, Mapping) else None
    if kind is None:
        return
    if value.get("undo") is True and kind.taken_back_by is None:
        yield Fault(f"{path}/undo", f"nothing takes {kind.name} back", "false, or another action")
    given = value.get("with")
    for field in given if isinstance(given, Mapping) else ():
        if field not in kind.takes:
            yield Fault(f"{path}/with/{field}", f"{kind.name} takes no such thing", _one_of(kind.takes))


RULE: Mapping[str, Check] = {
    "rule": name,
    "while": choice(ANY, *CONDITIONS),
    "after": choice(ANY, *CONDITIONS),
    "of": said,
    "severity": choice(*Severity),
    "for_minutes": number(0, LONGEST_MINUTES),
    "when": several(question, MOST_RUNGS),
    "do": several(rung, MOST_RUNGS),
    "within": fields(
        {
            "cool_down_minutes": number(1, 24 * 60),
            "most_in_an_hour": number(1, 60, whole=True),
            "guards": several(choice(*ON_DEMAND), len(ON_DEMAND)),
        }
    ),
    "why": said,
}
rule = fields(RULE, needed=("rule", "why"))
