"""`stargate incidents`: what was wrong with an environment, as stories with a cause and an end."""

from typing import Annotated

import typer

from cli.answers import document_of
from cli.connection import connect
from cli.options import Api, Json, Region
from cli.output import emit
from cli.pages import all_of
from cli.views.incidents import show_incident, show_incidents


def register(app: typer.Typer) -> None:
    app.command("incidents")(incidents)


def incidents(
    name: Annotated[str, typer.Argument(help="The environment's name.")],
    identifier: Annotated[str | None, typer.Argument(help="One alone, with its timeline.")] = None,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 20,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """The incidents of an environment, the newest first; or one with its timeline and what came of it."""
    client, path = connect(api, region), f"/environments/{name}/incidents"
    if identifier is not None:
        shown = document_of(client.get(f"{path}/{identifier}"))
        emit(shown, lambda console: show_incident(console, shown), as_json=as_json)
        return
    listed = all_of(client, path, "incidents", {}, limit)
    emit(listed, lambda console: show_incidents(console, name, listed), as_json=as_json)
