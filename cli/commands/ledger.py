"""`stargate ledger`: what happened to an environment, by whom and because of what."""

from typing import Annotated

import typer

from cli.connection import connect
from cli.options import Api, Json, Name, Region
from cli.output import emit
from cli.pages import all_of
from cli.views.ledger import show_entries


def register(app: typer.Typer) -> None:
    app.command("ledger")(ledger)


def ledger(
    name: Name,
    since: Annotated[str | None, typer.Option(help="From this moment on: 2026-11-24T03:00:00Z.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only entries of this kind: step, signal, action…")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 100,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Read the record of an environment, oldest first."""
    query = {key: value for key, value in (("since", since), ("kind", kind)) if value is not None}
    entries = all_of(connect(api, region), f"/environments/{name}/ledger", "entries", query, limit)
    emit(entries, lambda console: show_entries(console, entries), as_json=as_json)
