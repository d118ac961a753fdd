"""`stargate drill …`: break a gateway on purpose, and read how long its users felt it."""

import time
import uuid
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import FailedError
from cli.options import Api, Json, Region
from cli.output import emit
from cli.views.drill_report import page_of
from cli.views.drills import list_drills, say_progress, show_drill, show_dry_run

Name = Annotated[str, typer.Argument(help="The environment's name.")]
OVER = frozenset({"SCORED", "FAILED"})


class KindChoice(StrEnum):
    DATABASE_FAILOVER = "database-failover"


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Drills: a planned failure with a measured recovery.")
    for command in (run, list_, show):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="drill", no_args_is_help=True)


def run(
    name: Name,
    kind: Annotated[KindChoice, typer.Option(help="What is broken.")] = KindChoice.DATABASE_FAILOVER,
    dry_run: Annotated[bool, typer.Option(help="List steps and preconditions, and do nothing.")] = False,
    wait: Annotated[bool, typer.Option(help="Follow it to its verdict.")] = True,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.0)] = 1.0,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Run a drill; exits 1 if it was refused, could not be brought to its end, or missed its objective."""
    client = connect(api, region)
    order = {"kind": kind.value, **({"dry_run": True} if dry_run else {})}
    asked = document_of(client.post(f"/environments/{name}/drills", order, idempotency_key=str(uuid.uuid4())))
    if dry_run:
        emit(asked, lambda console: show_dry_run(console, asked), as_json=as_json)
        return
    told = _follow(client, name, asked["id"], every, quiet=as_json) if wait else asked
    emit(told, lambda console: show_drill(console, told), as_json=as_json)
    _raise_unless_met(told, wait=wait)


def list_(name: Name, api: Api = None, region: Region = None, as_json: Json = False) -> None:
    """The drills of an environment, and what they prove."""
    told = document_of(connect(api, region).get(f"/environments/{name}/drills"))
    emit(told, lambda console: list_drills(console, told), as_json=as_json)


def show(
    name: Name,
    drill: Annotated[str, typer.Argument(help="The drill's id; by default the newest.")] = "",
    report: Annotated[Path | None, typer.Option(help="Write a page with its timeline to this file.")] = None,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """One drill: its verdict, each component, and RDS's own times beside it."""
    client = connect(api, region)
    told = _of(client, name, drill or _newest(client, name))
    if report is not None:
        report.write_text(page_of(told))
    emit(told, lambda console: show_drill(console, told), as_json=as_json)


def _follow(client: ApiClient, name: str, drill: str, every: float, *, quiet: bool) -> Any:
    console, said = Console(highlight=False), ""
    while True:
        told = _of(client, name, drill)
        if not quiet:
            said = say_progress(console, told, said)
        if told["status"] in OVER:
            return told
        time.sleep(every)


def _of(client: ApiClient, name: str, drill: str) -> Any:
    return document_of(client.get(f"/environments/{name}/drills/{drill}"))


def _newest(client: ApiClient, name: str) -> str:
    drills = document_of(client.get(f"/environments/{name}/drills"))["drills"]
    if not drills:
        raise FailedError(f"{name} was never drilled")
    return str(drills[0]["id"])


def _raise_unless_met(told: Any, *, wait: bool) -> None:
    if told["status"] == "FAILED":
        raise FailedError(f"the drill failed: {told['reason']}")
    if wait and told["result"]["verdict"] != "met":
        raise FailedError(f"the objective was {told['result']['verdict']}: {told['reason']}")
