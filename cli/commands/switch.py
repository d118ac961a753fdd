"""`stargate switch`: read the kill switch, or turn it."""

from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.answers import document_of
from cli.connection import connect
from cli.options import Api, Json, Region
from cli.output import emit


class Turn(StrEnum):
    ON = "on"
    OFF = "off"


def register(app: typer.Typer) -> None:
    app.command("switch")(switch)


def switch(
    turn: Annotated[Turn | None, typer.Argument(help="`off` stops every action at once.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for the next person who looks.")] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Read the kill switch, or turn it: while it is off, nothing is changed in any environment."""
    client = connect(api, region)
    answer = client.get("/switch") if turn is None else client.put("/switch", _order(turn, reason))
    state = document_of(answer)
    emit(state, lambda console: _show(console, state), as_json=as_json)


def _order(turn: Turn, reason: str) -> dict[str, Any]:
    return {"actions": turn.value, "reason": reason}


def _show(console: Console, state: dict[str, Any]) -> None:
    console.print(f"actions are {state['actions']}")
    if state["at"]:
        console.print(f"turned by {state['actor']} at {state['at']}: {state['reason'] or 'no reason given'}")
