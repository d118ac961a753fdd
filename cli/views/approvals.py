"""Approvals for people: what would be done, by whose wish, until when it can be answered, and how."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape

FACTS = {
    "condition": "because of",
    "requested_by": "asked by",
    "requested_at": "asked at",
    "expires_at": "answer until",
    "usd_per_hour": "$ an hour",
    "answered_by": "answered by",
    "answered_at": "answered at",
    "reason": "reason",
}


def show_approvals(console: Console, approvals: Iterable[dict[str, Any]]) -> None:
    """Paragraphs and no table: an id and an ARN fill a line of 80 columns by themselves."""
    listed = list(approvals)
    for one in listed:
        console.print(f"[bold]{one['environment']}: {one['action']} of {escape(one['subject'])}[/bold]")
        console.print(f"  {escape(one['proposal'])}")
        console.print(f"  because of {escape(one['condition'])}, asked by {escape(one['requested_by'])}")
        console.print(f"  stargate approve {one['id']}")
        console.print(f"  stargate refuse  {one['id']}")
        console.print(f"  until {one['expires_at']}")
    if not listed:
        console.print("nobody is asked for anything")


def show_approval(console: Console, approval: dict[str, Any]) -> None:
    status = approval["status"].lower()
    console.print(
        f"{approval['environment']}: {approval['action']} of {escape(approval['subject'])}, {status}"
    )
    console.print(f"  {escape(approval['proposal'])}")
    for name, words in FACTS.items():
        if approval[name]:
            console.print(f"  {words + ':':<14}{escape(str(approval[name]))}")
    if approval["approvers"]:
        console.print(f"  {'approvers:':<14}{escape(', '.join(approval['approvers']))}")


def show_answer(console: Console, approval: dict[str, Any]) -> None:
    what = f"{approval['action']} of {escape(approval['subject'])} in {approval['environment']}"
    console.print(f"{approval['status'].lower()}: {what}")
    if approval["status"] == "GRANTED":
        console.print(f"it is done if it is still needed, until {approval['expires_at']}; what comes of it:")
        console.print(f"  stargate ledger {approval['environment']}")
