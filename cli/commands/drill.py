"""`stargate drill …`: break a gateway on purpose, and read how long its users felt it."""

import time
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import BadInputError, FailedError
from cli.hours import ALWAYS, schedule_of
from cli.options import Api, Json, Name, Region
from cli.output import emit
from cli.views.drills import list_drills, show_drill, show_dry_run, show_policy
from cli.views.live_drill import LiveDrill
from stargate.domain.drills.kinds import Kind
from stargate.domain.drills.report import page_of
from stargate.domain.faults import Fault

Id = Annotated[str, typer.Argument(help="The drill's id; by default the newest.")]
OVER = frozenset({"SCORED", "STOPPED", "FAILED"})


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Drills: a planned failure with a measured recovery.")
    for command in (run, list_, show, watch, stop, schedule):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="drill", no_args_is_help=True)


def run(
    name: Name,
    kind: Annotated[Kind, typer.Option(help="What is broken.")] = Kind.DATABASE_FAILOVER,
    zone: Annotated[str, typer.Option(help="Which zone is lost; by default the one that hurts most.")] = "",
    dry_run: Annotated[bool, typer.Option(help="List steps and preconditions, and do nothing.")] = False,
    wait: Annotated[bool, typer.Option(help="Follow it to its verdict.")] = True,
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.0)] = 1.0,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Run a drill; exits 1 if it was refused, could not be brought to its end, or missed its objective."""
    client = connect(api, region)
    order = {"kind": kind.value, **({"zone": zone} if zone else {}), **({"dry_run": True} if dry_run else {})}
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
    drill: Id = "",
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


def watch(
    name: Name,
    drill: Id = "",
    every: Annotated[float, typer.Option(help="Seconds between two looks.", min=0.0)] = 1.0,
    api: Api = None,
    region: Region = None,
) -> None:
    """Follow a drill that runs to its end, whoever asked for it."""
    client = connect(api, region)
    told = _follow(client, name, drill or _newest(client, name), every, quiet=False)
    show_drill(Console(highlight=False), told)


def stop(
    name: Name,
    drill: Id = "",
    reason: Annotated[str, typer.Option(help="Why; it goes to the ledger.")] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Stop a drill: within seconds what it broke or muted is put back."""
    client = connect(api, region)
    address = f"/environments/{name}/drills/{drill or _newest(client, name)}/stop"
    told = document_of(client.post(address, {"reason": reason} if reason else {}))
    words = f"{told['id']}: {told['stop_reason']}"
    emit(told, lambda console: console.print(words), as_json=as_json)


def schedule(
    name: Name,
    every: Annotated[
        list[str] | None, typer.Option(help="KIND=DAYS: how often it is due; may be given several times.")
    ] = None,
    window: Annotated[str, typer.Option(help="When drills may run: mon-fri 09:00-16:00 UTC.")] = ALWAYS,
    holidays: Annotated[list[str] | None, typer.Option(help="YYYY-MM-DD: not on this day.")] = None,
    after_change: Annotated[
        bool, typer.Option(help="A failover is due when the database has another version or class.")
    ] = False,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Have an environment drilled by calendar; without options it is drilled on request only."""
    policy = {
        "every_days": dict(map(_due, every or [])),
        "window": schedule_of(window, holidays or [], "--window"),
        "after_change": after_change,
    }
    wanted = policy if any(policy.values()) else None
    told = document_of(connect(api, region).patch(f"/environments/{name}", {"drills": wanted}))
    emit(told["drills"], lambda console: show_policy(console, told["drills"]), as_json=as_json)


def _due(text: str) -> tuple[str, int]:
    kind, _, days = text.partition("=")
    if kind not in set(Kind) or not days.isdigit():
        kinds = ", ".join(Kind)
        fault = Fault("--every", f"{text!r} cannot be read", f"KIND=DAYS with one of {kinds}")
        raise BadInputError("this is no kind with its days", [fault])
    return kind, int(days)


def _follow(client: ApiClient, name: str, drill: str, every: float, *, quiet: bool) -> Any:
    if quiet:
        return _ended(client, name, drill, every, lambda _: None)
    with LiveDrill(Console(highlight=False)) as live:
        return _ended(client, name, drill, every, live.look)


def _ended(client: ApiClient, name: str, drill: str, every: float, look: Any) -> Any:
    while True:
        told = _of(client, name, drill)
        look(told)
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
    if told["status"] in OVER - {"SCORED"}:
        ended = "was stopped" if told["status"] == "STOPPED" else "failed"
        raise FailedError(f"the drill {ended}: {told['reason']}")
    if wait and told["result"]["verdict"] != "met":
        raise FailedError(f"the objective was {told['result']['verdict']}: {told['reason']}")
