"""What a person asked for and what was decided about it, and what was done; within 80 columns."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

WORDS = {"act": "it is being done", "hold": "it is held", "none": "nothing is to be done"}


def show_request(console: Console, name: str, answer: dict[str, Any]) -> None:
    decision = answer["decision"]
    if decision is None:
        console.print(f"it is decided within a minute: stargate ledger {name}")
        return
    console.print(f"[bold]{WORDS[decision['verdict']]}[/bold]: {escape(decision['reason'])}")
    if answer["approval"]:
        console.print("somebody else has to agree:")
        console.print(f"  stargate approve {answer['approval']}")
    if decision["verdict"] == "hold":
        console.print(f"it is done when the guard lifts, until {answer['until']}")
    console.print(f"what comes of it: stargate actions {name}")


def show_actions(console: Console, name: str, actions: Iterable[dict[str, Any]]) -> None:
    listed = list(actions)
    for one in listed:
        at = f"{one['requested_at'][:10]} {one['requested_at'][11:19]}Z"
        console.print(
            f"[bold]{at}  {one['action']} of {escape(one['subject'])}[/bold] {one['status'].lower()}"
        )
        console.print(f"  because of {escape(one['condition'])}, by {one['rule']}")
        if one["outcome"]:
            console.print(f"  {escape(one['outcome'])}")
    if not listed:
        console.print(f"nothing was done to {name} in the last day")
