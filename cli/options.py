"""The options that several verbs share, each declared once."""

from typing import Annotated

import typer

from cli.completing import environments, presets, settings

Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="A setting other than the preset's: litellm.max_tasks=4. Repeat for more.",
        autocompletion=settings,
    ),
]
Name = Annotated[str, typer.Argument(help="The environment's name.", autocompletion=environments)]
Every = Annotated[float, typer.Option(help="Seconds between two looks.", min=0.0)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
Api = Annotated[
    str | None,
    typer.Option(
        "--api", envvar="STARGATE_API", help="Base URL of the API; by default that of the local cloud."
    ),
]
Awake = Annotated[
    str | None,
    typer.Option(help="Working hours: mon-fri 08:00-19:00 Europe/Berlin; always takes them back."),
]
Holidays = Annotated[
    list[str] | None, typer.Option("--holiday", help="A date to sleep through: 2026-12-25. Repeat.")
]
Preset = Annotated[
    str | None, typer.Option(help="A set of defaults: sandbox or poc.", autocompletion=presets)
]
Place = Annotated[
    str | None, typer.Option("--region", help="The AWS region to make it in; by default the preset's.")
]
Region = Annotated[
    str | None,
    typer.Option("--api-region", envvar="STARGATE_REGION", help="Region the API is deployed in."),
]
