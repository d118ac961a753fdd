"""`stargate hook …`: addresses to which Alertmanager and Grafana may post the alerts of an environment."""

import uuid
from typing import Annotated

import typer

from cli.answers import document_of
from cli.completing import environments
from cli.connection import connect
from cli.options import Api, Json, Name, Region
from cli.output import emit
from cli.pages import all_of
from cli.views.hooks import list_hooks, show_hook

MOST = 1000


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Hooks: where Alertmanager and Grafana post an environment's alerts.")
    for command in (create, list_, delete):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="hook", no_args_is_help=True)


def create(
    name: Name,
    note: Annotated[str, typer.Option(help="Who will post to it.")] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Make a hook; its secret is made with it, and lies in Secrets Manager for whoever may read it there."""
    client = connect(api, region)
    asked = {"environment": name, **({"note": note} if note else {})}
    hook = document_of(client.post("/hooks", asked, idempotency_key=str(uuid.uuid4())))
    emit(hook, lambda console: show_hook(console, hook), as_json=as_json)


def list_(
    name: Annotated[
        str,
        typer.Argument(help="The environment's name; by default all of them.", autocompletion=environments),
    ] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """The hooks of an environment, or of all."""
    query = {"environment": name} if name else {}
    hooks = all_of(connect(api, region), "/hooks", "hooks", query, MOST)
    emit(hooks, lambda console: list_hooks(console, hooks), as_json=as_json)


def delete(
    hook: Annotated[str, typer.Argument(help="The hook's id.")],
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Remove a hook: nobody gets in by it from now on."""
    told = document_of(connect(api, region).delete(f"/hooks/{hook}"))
    emit(told, lambda console: console.print(f"{hook} is removed"), as_json=as_json)
