"""A playbook as it is written for people: a rule is a paragraph of when, what and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# What stands together on a line of a rule.
LINES = (("rule",), ("while", "after", "of", "severity", "for_minutes", "when"), ("do", "within"), ("why",))


def laid_out(document: Mapping[str, Any]) -> str:
    """JSON that says the same as the document, and is as easily read as it is edited."""
    head = "".join(f"  {_pair(name, document[name])},\n" for name in document if name != "rules")
    rules = ",\n".join(_rule(rule) for rule in document["rules"])
    return f'{{\n{head}  "rules": [\n{rules}\n  ]\n}}\n'


def _rule(rule: Mapping[str, Any]) -> str:
    lines = [", ".join(_pair(name, rule[name]) for name in names if name in rule) for names in LINES]
    told = ",\n     ".join(line for line in lines if line)
    return f"    {{{told}}}"


def _pair(name: str, value: Any) -> str:
    return f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
