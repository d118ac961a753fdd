"""A playbook as it is written for people: a rule is a paragraph of when, what and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What stands together on a line of a rule.
LONGEST_LINE = 112
LINES = (("rule",), ("while", "after", "of", "severity", "for_minutes", "when"), ("do", "within"), ("why",))


def laid_out(document: Mapping[str, Any]) -> str:
    """JSON that says the same as the document, and is as easily read as it is edited."""
    head = "".join(f"  {_pair(name, document[name])},\n" for name in document if name != "rules")
    rules = ",\n".join(_rule(rule) for rule in document["rules"])
    return f'{{\n{head}  "rules": [\n{rules}\n  ]\n}}\n'


def _rule(rule: Mapping[str, Any]) -> str:
    told = ",\n     ".join(
        line for names in LINES for line in _lines({n: rule[n] for n in names if n in rule})
    )
    return f"    {{{told}}}"


def _lines(part: Mapping[str, Any]) -> Iterator[str]:
    """One, or where that is too long each field has its own, and so has each rung."""
    line = ", ".join(_pair(name, value) for name, value in part.items())
    if len(line) <= LONGEST_LINE:
        yield from [line] if line else []
        return
    for name, value in part.items():
        if name == "do" and isinstance(value, list):
            rungs = ",\n            ".join(map(_json, value))
            yield f'"do": [{rungs}]'
        else:
            yield _pair(name, value)


def _pair(name: str, value: Any) -> str:
    return f"{_json(name)}: {_json(value)}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
