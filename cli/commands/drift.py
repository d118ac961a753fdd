"""`stargate env drift` and `stargate env repair`: what is other than declared, and putting it back."""

import time
import uuid
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import FailedError
from cli.options import Api, Every, Json, Name, Region
from cli.output import emit
from cli.views.drift import show_drift

EVERY = 5.0
NOT_FINISHED, UNDER_WAY = "not finished", {"examining", "repairing"}

Document = dict[str, Any]


def drift(
    name: Name,
    now: Annotated[bool, typer.Option("--now", help="Examine it now, and wait for what is found.")] = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Tell what is other than declared, as it was found last; exits 1 if something is."""
    client = connect(api, region)
    if now:
        _ask(client, name, "drift", {})
        _waited(client, name, every, as_json=as_json)
    _tell(client, name, as_json=as_json)


def repair(
    name: Name,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Put back this alone: litellm/ScalableTarget. Repeat.")
    ] = None,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Put back what can be put back without harm, in whichever mode; exits 1 if something still differs."""
    client = connect(api, region)
    _ask(client, name, "repair", {"only": only} if only else {})
    _waited(client, name, every, as_json=as_json)
    _tell(client, name, as_json=as_json)


def _ask(client: ApiClient, name: str, verb: str, order: Document) -> None:
    document_of(client.post(f"/environments/{name}/{verb}", order, idempotency_key=str(uuid.uuid4())))


def _waited(client: ApiClient, name: str, every: float, *, as_json: bool) -> None:
    """Until the examination is over, and what it puts back is put back."""
    console, waits_for = Console(highlight=False, quiet=as_json), ""
    while (found := _found(client, name))["status"] in UNDER_WAY:
        told = f"{found['status']} {', '.join(found['waits_for'])}".strip()
        if told != waits_for:
            waits_for = told
            console.print(told)
        time.sleep(every)


def _found(client: ApiClient, name: str) -> Document:
    document: Document = document_of(client.get(f"/environments/{name}/drift"))
    return document


def _tell(client: ApiClient, name: str, *, as_json: bool) -> None:
    found = _found(client, name)
    emit(found, lambda console: show_drift(console, found), as_json=as_json)
    if found["status"] == NOT_FINISHED:
        raise FailedError(
            f"the examination of {name} did not end: {found['unfinished'] or 'it was not heard of'}"
        )
    if found["differs"]:
        raise FailedError(f"{len(found['differs'])} of {name} are other than declared")
