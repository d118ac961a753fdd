"""What is other than declared, for people: both values, what puts it back, and what to do next."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

Document = dict[str, Any]

COLOURS = {"in sync": "green", "drifted": "yellow", "not finished": "red"}
LONGEST = 60  # of a value: --json has all of it


def show_drift(console: Console, document: Document) -> None:
    status, colour = document["status"], COLOURS.get(document["status"], "default")
    when = f", examined {document['ended_at']}" if document.get("ended_at") else ""
    console.print(f"{document['environment']}: [{colour}]{status}[/]{when}")
    sections = (_differences, _meant, _unchecked, _repaired, _next)
    for line in (line for section in sections for line in section(document)):
        console.print(line, markup=False, soft_wrap=True)


def _differences(document: Document) -> Iterator[str]:
    for one in document["differs"]:
        yield f"{one['stack']}/{one['resource']}"
        for each in one["differences"]:
            where = f"{each['path']}: " if each["path"] else ""
            yield f"  {where}{_short(each['declared'])} is declared, {_short(each['found'])} found"
        way_out = f"a repair: {one['repair']}" if "repair" in one else one.get("unrepaired", "")
        yield f"  {way_out}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _meant(document: Document) -> Iterator[str]:
    for one in document["on_purpose"]:
        yield f"meant: {one['stack']}/{one['resource']}, {one['purpose']}"


def _unchecked(document: Document) -> Iterator[str]:
    for stack, why in document["unchecked"].items():
        yield f"not compared: {stack}, {why}"


def _repaired(document: Document) -> Iterator[str]:
    for one in document["repaired"]:
        seen = "as declared again" if one["reached"] else "still other than declared"
        yield f"put back {one['at']}: {one['what']} ({seen})"


def _next(document: Document) -> Iterator[str]:
    name = document["environment"]
    if any("repair" in one for one in document["differs"]):
        yield f"next: `stargate env repair {name}` puts back what can be put back without harm"
    elif document["differs"]:
        yield f"next: declare what is there by `stargate env update {name} --set …`, or put it back by hand"
    elif document["status"] in {"never examined", "not finished"}:
        yield f"next: `stargate env drift {name} --now` examines it"
