"""Incidents for people, within 80 columns: a line for each, and one as a story with its numbers."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from stargate.domain.moments import spoken

Document = dict[str, Any]


def show_incidents(console: Console, name: str, incidents: Iterable[Document]) -> None:
    """The id is the line below: with it no line would leave room for the cause."""
    listed = list(incidents)
    for one in listed:
        others = len(one["conditions"]) - 1
        more = f" and {others} more" if others else ""
        console.print(f"[bold]{_second(one['opened_at'])}  {escape(one['cause'])}[/bold]{more}")
        console.print(f"  {one['severity']}, {_state(one)}")
        console.print(f"  stargate incidents {name} {one['id']}")
    if not listed:
        console.print(f"{name} has had no incident")


def _state(incident: Document) -> str:
    if incident["summary"] is None:
        return "goes on" if incident["status"] == "open" else "ended"
    seconds, done = incident["summary"]["seconds"], incident["summary"]["actions"]
    if seconds["to_recover"] is None:
        return "put away"
    return f"well after {spoken(seconds['to_recover'])}, {len(done)} actions"


def show_incident(console: Console, incident: Document) -> None:
    console.print(f"[bold]{escape(incident['cause'])}[/bold], {incident['severity']}, {incident['status']}")
    for key in incident["conditions"]:
        if key != incident["cause"]:
            console.print(f"  with {escape(key)}")
    summary = incident["summary"]
    console.print(
        f"known after {spoken(summary['seconds']['to_detect'])}, "
        f"acted on after {spoken(summary['seconds']['to_act'])}, "
        f"well after {spoken(summary['seconds']['to_recover'])}"
    )
    for action in summary["actions"]:
        _show_action(console, action)
    console.print(_timeline(incident["timeline"]))


def _show_action(console: Console, action: Document) -> None:
    took = f" in {spoken(action['seconds'])}" if action["seconds"] is not None else ""
    console.print(
        f"{action['action']} of {escape(action['subject'])}: {action['outcome'] or 'under way'}{took}"
    )
    for word, figures in (("was", action["was"]), ("set", action["target"]), ("now", action["measured"])):
        if figures:
            told = ", ".join(f"{name} {value}" for name, value in figures.items())
            console.print(f"  {word} {escape(told)}")


def _timeline(entries: Iterable[Document]) -> Table:
    """Since its first event; what is long is broken, and nothing is cut."""
    table = Table(box=None, pad_edge=False)
    table.add_column("after", justify="right", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("what", overflow="fold")
    for entry in entries:
        table.add_row(spoken(entry["seconds"]), entry["kind"], escape(entry["summary"]))
    return table


def _second(moment: str) -> str:
    """`2026-11-24 03:00:00Z`."""
    return f"{moment[:10]} {moment[11:19]}Z"
