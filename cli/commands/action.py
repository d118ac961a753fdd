"""`stargate act`, `actions`: an action by the word of a person, and all that was done in the last day."""

from typing import Annotated, Any

import typer

from cli.answers import document_of
from cli.connection import connect
from cli.failure import BadInputError
from cli.options import Api, Json, Region
from cli.output import emit
from cli.pages import all_of
from cli.views.actions import show_actions, show_request

Name = Annotated[str, typer.Argument(help="The environment's name.")]
Given = Annotated[
    list[str] | None,
    typer.Option("--with", help="What the action takes: minimum=4, zones=us-east-1a. Repeat for more."),
]


def register(app: typer.Typer) -> None:
    app.command("act")(act)
    app.command("actions")(actions)


def act(
    name: Name,
    action: Annotated[str, typer.Argument(help="What is to be done: restart_service, raise_bound, …")],
    reason: Annotated[str, typer.Option(help="Why, for the ledger and for whoever has to approve it.")],
    subject: Annotated[str | None, typer.Argument(help="What it works on, such as litellm.")] = None,
    given: Given = None,
    minutes: Annotated[
        int | None, typer.Option(help="So long it may wait, and what it changes for a while is kept.")
    ] = None,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Ask for an action of the playbook's set: within the same guards and limits as the loop's own."""
    request: dict[str, Any] = {"action": action, "reason": reason}
    request |= {"subject": subject} if subject else {}
    request |= {"with": dict(map(_pair, given))} if given else {}
    request |= {"minutes": minutes} if minutes is not None else {}
    answer = document_of(connect(api, region).post(f"/environments/{name}/actions", request))
    emit(answer, lambda console: show_request(console, name, answer), as_json=as_json)


def actions(
    name: Name,
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 20,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """What was done to an environment in the last day, the newest first, whoever asked for it."""
    listed = all_of(connect(api, region), f"/environments/{name}/actions", "actions", {}, limit)
    emit(listed, lambda console: show_actions(console, name, listed), as_json=as_json)


def _pair(text: str) -> tuple[str, Any]:
    """A number where it is one, several where there are commas."""
    field, equals, value = text.partition("=")
    if not equals or not field:
        raise BadInputError(f"--with {text} is not name=value")
    if value.isdecimal():
        return field, int(value)
    return field, value.split(",") if "," in value else value
