"""A plan for people: each stack that something happens to, what it means, and how to go on."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from stargate.domain.moments import spoken

Document = dict[str, Any]

COLOURS = {"add": "green", "change": "yellow", "replace": "red", "remove": "red"}


def show_plan(console: Console, document: Document, *, repairs: bool = False) -> None:
    moving = [stack for stack in document["stacks"] if stack["action"] != "none"]
    if moving:
        console.print(_table(moving))
    still = len(document["stacks"]) - len(moving)
    stacks = "1 stack" if len(moving) == 1 else f"{len(moving)} stacks"
    console.print(f"{stacks}, {still} unchanged, about {spoken(document['seconds'])} in all")
    for line in (*_remarks(document), *_repairs(document.get("repairs", []), told=repairs)):
        console.print(line)
    if document["preflight"]["ok"] and (moving or document.get("settings")):
        verb = "create" if document["kind"] == "create" else "update"
        console.print(f"next: the same with `stargate env {verb} … --plan {document['plan']}`")


def _table(moving: list[Document]) -> Table:
    """What waits for another stack's outputs says so; of a new environment everything is known."""
    waits = any(stack.get("known_after") for stack in moving)
    table = Table(box=None, pad_edge=False)
    for column in ("stack", "action", "resources", "takes about", *(["known after"] if waits else [])):
        table.add_column(column)
    for stack in moving:
        cells = (
            stack["name"],
            Text(stack["action"], style=COLOURS.get(stack["action"], "")),
            str(stack["resources"]),
            spoken(stack["typical_seconds"]),
        )
        table.add_row(*cells, *([", ".join(stack.get("known_after", ()))] if waits else []))
    return table


def _price(price: Document) -> Iterator[str]:
    if "unpriced" in price:
        yield f"price: {price['unpriced']}"
        return
    yield f"price: ${price['after']:,.2f} a month{_difference(price)}"
    if price["before"]:
        for line in price["lines"]:
            yield f"  {line['stack']} {line['item']}: {line['before']:,.2f} → {line['after']:,.2f}"
    for refused in price.get("refused", ()):
        yield f"  would be refused: {refused}"
    if price["saved_by_schedule"]:
        yield f"  its schedule saves ${price['saved_by_schedule']:,.2f} a month"


def _difference(price: Document) -> str:
    if not price["before"]:
        return ""
    return f", {price['difference']:+,.2f} (was ${price['before']:,.2f})"


def _repairs(repairs: list[Document], *, told: bool) -> Iterator[str]:
    if repairs and not told:
        yield f"repairs of the specification: {len(repairs)}, told by --repairs"
        return
    for repair in repairs:
        yield f"{repair['place']}: {repair['says']} → {repair['does']}, because {repair['because']}"


def _remarks(document: Document) -> Iterator[str]:
    yield from _price(document["price"])
    for stack in document["stacks"]:
        for change in stack.get("changes", ()):
            replaced = f", replaced: {change['replacement']}" if change["replacement"] != "no" else ""
            what = ", ".join(change["properties"])
            yield f"  {stack['name']}: {change['action']} {change['resource']} ({what}){replaced}"
    for setting in document.get("settings", ()):
        yield f"sets: {setting}"
    for interruption in document["interrupts"]:
        yield f"interrupts: {interruption}"
    if document.get("restores"):
        names = ", ".join(name.partition("/")[2] for name in document["restores"])
        yield f"restored and reused are secrets of an earlier {document['environment']}: {names}"
    for fault in document["preflight"]["faults"]:
        yield f"preflight refuses: {fault}"
    for warning in document["warnings"]:
        yield f"warning: {warning}"
