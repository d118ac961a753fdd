"""Playbooks for people: the rules as a table, and what a changed one would decide otherwise."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

MOST_DIFFERENCES = 50


def rules(console: Console, document: Mapping[str, Any]) -> None:
    console.print(_head(document))
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for rule in document["rules"]:
        lines = [condition(rule), f"[bold]{doing(rule)}[/bold]", f"[dim]{escape(rule['why'])}[/dim]"]
        table.add_row(rule["rule"], "\n".join(lines))
    console.print(table)


def _head(document: Mapping[str, Any]) -> str:
    if "environment" not in document:
        return "the default playbook"
    name = document["environment"]
    if document["follows"] == "default":
        return f"{name} follows the default playbook, {document['default']}"
    later = "" if document["made_from"] == document["default"] else ": there is another default by now"
    by = f" by {document['actor']} at {document['at']}" if document["at"] else ""
    return f"{name} has version {document['version']} of its own playbook{by}{later}"


def condition(rule: Mapping[str, Any]) -> str:
    """When a rule fits, in words."""
    words = [
        "while" if "while" in rule else "after",
        rule.get("while") or rule["after"],
        f"of {rule['of']}" if "of" in rule else "",
        f"is {rule['severity']}" if "severity" in rule else "",
        f"for {rule['for_minutes']:g} min" if "for_minutes" in rule else "",
        f"when {' and '.join(_listed(rule['when']))}" if "when" in rule else "",
    ]
    return escape(" ".join(word for word in words if word))


def doing(rule: Mapping[str, Any]) -> str:
    """What it asks for, rung by rung."""
    return escape(", else ".join(_rung(rung) for rung in _listed(rule.get("do", [])))) or "do nothing"


def _rung(rung: str | Mapping[str, Any]) -> str:
    if isinstance(rung, str):
        return rung
    on = f" on {rung['on']}" if "on" in rung else ""
    tries = f" up to {rung['tries']} times" if "tries" in rung else ""
    return f"{rung['action']}{on}{tries}"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def checked(console: Console, told: Mapping[str, Any]) -> None:
    console.print(f"{told['rules']} rules, without a fault")
    if missing := told["conditions_without_a_rule"]:
        console.print(f"without a rule of their own, so recorded only: {', '.join(missing)}")


def put(console: Console, document: Mapping[str, Any]) -> None:
    console.print(_head(document))


def replay(console: Console, document: Mapping[str, Any]) -> None:
    found = document["differences"]
    decided = f"{document['signals']} signals led to {document['decisions']} decisions"
    console.print(f"{decided}: {len(found) or 'none'} would differ")
    for one in found[:MOST_DIFFERENCES]:
        hangs_on = f", if {' and '.join(one['if'])}" if one["if"] else ""
        state = one["severity"] if one["state"] == "open" else "over"
        console.print(f"\n{one['at']}  {escape(one['condition'])}, {state}{escape(hangs_on)}")
        for what in ("before", "after"):
            side = one[what]
            console.print(f"  {what:<7} {doing(side)} [dim]({side['rule']}: {escape(side['why'])})[/dim]")
    if len(found) > MOST_DIFFERENCES:
        console.print(f"\n… and {len(found) - MOST_DIFFERENCES} more: --json has them all")
    if found:
        console.print("\nguards, limits and what was under way are not replayed")
