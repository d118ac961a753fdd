"""`stargate plan`: what a creation or a change would do, before anything is touched."""

from typing import Annotated, Any

import typer

from cli.answers import document_of
from cli.completing import environments
from cli.connection import connect
from cli.hours import schedule_of
from cli.options import Api, Awake, Holidays, Json, Place, Preset, Region, Settings
from cli.output import emit
from cli.overrides import overrides_of
from cli.views.plans import show_plan


def register(app: typer.Typer) -> None:
    app.command("plan")(plan)


def plan(
    name: Annotated[
        str, typer.Argument(help="The environment's name, taken or not.", autocompletion=environments)
    ],
    preset: Preset = None,
    place: Place = None,
    settings: Settings = None,
    version: Annotated[
        str | None, typer.Option("--version", help="Of one that stands: the gateway's version, or latest.")
    ] = None,
    awake: Awake = None,
    holidays: Holidays = None,
    repairs: Annotated[
        bool, typer.Option("--repairs", help="Tell where it differs from the specification, and why.")
    ] = False,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Tell, stack by stack, what would be added, changed or replaced, and what preflight says."""
    request: dict[str, Any] = {}
    if preset is not None:
        request["preset"] = preset
    if place is not None:
        request["region"] = place
    if settings:
        request["overrides"] = overrides_of(settings)
    if version is not None:
        request["gateway_version"] = version
    if awake is not None:
        request["schedule"] = schedule_of(awake, holidays or [])
    document = document_of(connect(api, region).post(f"/environments/{name}/plan", request))
    emit(document, lambda console: show_plan(console, document, repairs=repairs), as_json=as_json)
