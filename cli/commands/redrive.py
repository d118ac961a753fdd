"""`stargate redrive`: what lies among the dead letters, brought back to whom it was for."""

import uuid
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from cli.answers import document_of
from cli.connection import connect
from cli.failure import BadInputError, FailedError
from cli.options import Api, Json, Region
from cli.output import emit
from stargate.domain.faults import Fault


def register(app: typer.Typer) -> None:
    app.command("redrive")(redrive)


def redrive(
    letters: Annotated[
        list[str] | None, typer.Argument(help="Ids of letters; by default all of them.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Only say what lies there, and why.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="Throw the named letters away.")] = False,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Bring dead letters back, once what made them fail is mended; exits 1 if one had to be kept."""
    if show and (letters or discard):
        fault = Fault("--show", "goes with nothing else", "--show alone, or ids, or ids with --discard")
        raise BadInputError("what is to be done is not clear", [fault])
    client = connect(api, region)
    order = {**({"letters": letters} if letters else {}), **({"discard": True} if discard else {})}
    answer = (
        client.get("/redrive") if show else client.post("/redrive", order, idempotency_key=str(uuid.uuid4()))
    )
    told = document_of(answer)
    emit(told, lambda console: _show(console, told), as_json=as_json)
    left = [one for one in told["letters"] if one["outcome"] in {"kept", "not there"}]
    if left:
        whys = "; ".join(sorted({one.get("why", "not there, or in somebody's hand") for one in left}))
        raise FailedError(f"{len(left)} of them were not brought back: {whys}")


def _show(console: Console, told: dict[str, Any]) -> None:
    if not told["letters"]:
        console.print("there are no dead letters")
        return
    for letter in told["letters"]:
        if letter["outcome"] == "not there":
            console.print(f"not there: {letter['id']}", soft_wrap=True)
            continue
        console.print(f"{letter['outcome']}: {letter['id']} of {letter['at']}", soft_wrap=True)
        table = Table.grid(padding=(0, 1))
        table.add_row("  for", letter["function"] or "nobody known")
        table.add_row("  about", letter["about"])
        table.add_row("  because", letter["reason"])
        console.print(table)
    if told["more"]:
        console.print("there may be more: ask again")
