"""`stargate env …`: ask for environments, look at them, follow, change, repair and remove them."""

import uuid
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from cli.answers import document_of
from cli.budgets import budget_of
from cli.client import ApiClient
from cli.commands.drift import drift, repair
from cli.completing import presets
from cli.connection import connect
from cli.failure import BadInputError
from cli.hours import ALWAYS, schedule_of
from cli.options import Api, Awake, Every, Holidays, Json, Name, Place, Preset, Region, Settings
from cli.output import emit
from cli.overrides import overrides_of
from cli.pages import all_of
from cli.skips import skips_of
from cli.spans import NEVER, seconds_of
from cli.views.environments import headline as headline_of
from cli.views.environments import list_environments, say_next, show_environment
from cli.watching import raise_unless_well
from cli.watching import watch as watch_environment

Plan = Annotated[str | None, typer.Option(help="Refuse unless the world is as this plan found it.")]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Follow it until the work is over.")]
Version = Annotated[
    str | None, typer.Option("--version", help="The gateway's version: latest, or one that was published.")
]
Ttl = Annotated[
    str | None, typer.Option(help="Retire by itself after this time: 90m, 8h, 3d; never takes it back.")
]

Budget = Annotated[
    str | None, typer.Option(help="Dollars that it may spend in a calendar month; none takes it back.")
]
Ceiling = Annotated[
    str | None,
    typer.Option(help="Dollars a month that no change may take its price above; none takes it back."),
]

NOBODY = "none"
Approvers = Annotated[
    list[str] | None,
    typer.Option(
        "--approver", help="Who may answer for it, as IAM knows them; repeat; none: nobody by name."
    ),
]

EVERY = 2.0


class ModeChoice(StrEnum):
    OBSERVE = "observe"
    ADVISE = "advise"
    ACT = "act"


Mode = Annotated[ModeChoice | None, typer.Option(help="How far the control plane may go by itself.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Environments: create, look at, follow, change, repair and remove them.")
    for command in (create, list_, show, watch, update, resume, check, drift, repair, sleep, wake, delete):
        group.command(command.__name__.rstrip("_"))(command)
    app.add_typer(group, name="env", no_args_is_help=True)


def create(
    name: Name,
    preset: Annotated[
        str, typer.Option(help="The set of defaults to start from: sandbox or poc.", autocompletion=presets)
    ],
    settings: Settings = None,
    place: Place = None,
    mode: Mode = None,
    ttl: Ttl = None,
    budget: Budget = None,
    ceiling: Ceiling = None,
    awake: Awake = None,
    holidays: Holidays = None,
    plan: Plan = None,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Ask for an environment. The same again resumes one that failed, and starts nothing twice."""
    request: dict[str, Any] = {"name": name, "preset": preset}
    if settings:
        request["overrides"] = overrides_of(settings)
    if place is not None:
        request["region"] = place
    if mode is not None:
        request["mode"] = mode.value
    if ttl is not None and ttl != NEVER:
        request["ttl"] = seconds_of("--ttl", ttl)
    if budget is not None or ceiling is not None:
        request["budget"] = budget_of(budget, ceiling)
    if awake is not None and awake != ALWAYS:
        request["schedule"] = schedule_of(awake, holidays or [])
    if plan is not None:
        request["plan"] = plan
    client = connect(api, region)
    document = document_of(client.post("/environments", request, idempotency_key=str(uuid.uuid4())))
    _answer(client, document, follow=follow, every=every, as_json=as_json)


def list_(
    limit: Annotated[int, typer.Option(help="How many at most.", min=1)] = 100,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """List the environments, the oldest first."""
    found = all_of(connect(api, region), "/environments", "environments", {}, limit)
    emit(found, lambda console: list_environments(console, found), as_json=as_json)


def show(name: Name, api: Api = None, region: Region = None, as_json: Json = False) -> None:
    """Show one environment: its stacks, addresses, checks, and why it failed if it did."""
    document = document_of(connect(api, region).get(f"/environments/{name}"))
    emit(document, lambda console: show_environment(console, document), as_json=as_json)


def watch(
    name: Name, every: Every = EVERY, api: Api = None, region: Region = None, as_json: Json = False
) -> None:
    """Follow an environment until the work on it is over; exits 1 if it did not end well."""
    _follow(connect(api, region), name, every=every, as_json=as_json)


def update(
    name: Name,
    mode: Mode = None,
    protection: Annotated[
        bool | None, typer.Option(help="Whether it may be deleted only after this is lifted.")
    ] = None,
    ttl: Ttl = None,
    budget: Budget = None,
    ceiling: Ceiling = None,
    awake: Awake = None,
    holidays: Holidays = None,
    settings: Settings = None,
    preset: Preset = None,
    version: Version = None,
    approver: Approvers = None,
    plan: Plan = None,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Change an environment: how it is run and ends at once, its gateway by an update."""
    change = _other_gateway(settings, preset, version)
    if mode is not None:
        change["mode"] = mode.value
    if protection is not None:
        change["deletion_protection"] = protection
    if ttl is not None:
        change["ttl"] = seconds_of("--ttl", ttl)
    if budget is not None or ceiling is not None:
        change["budget"] = budget_of(budget, ceiling)
    if awake is not None:
        change["schedule"] = schedule_of(awake, holidays or [])
    change |= _approvers(approver)
    if not change:
        raise BadInputError(
            "nothing is to be changed: give --set, --preset, --version, --mode, --protection, --ttl,"
            " --budget, --ceiling, --awake or --approver"
        )
    if plan is not None:
        change["plan"] = plan
    client = connect(api, region)
    document = document_of(client.patch(f"/environments/{name}", change))
    _answer(client, document, follow=follow, every=every, as_json=as_json)


def _approvers(named: list[str] | None) -> dict[str, Any]:
    return {"approvers": [] if named == [NOBODY] else named} if named else {}


def _other_gateway(settings: list[str] | None, preset: str | None, version: str | None) -> dict[str, Any]:
    """What is changed of the gateway itself."""
    asked = {
        "overrides": overrides_of(settings) if settings else None,
        "preset": preset,
        "gateway_version": version,
    }
    return {name: value for name, value in asked.items() if value is not None}


def resume(
    name: Name,
    skip: Annotated[
        list[str] | None,
        typer.Option(
            "--skip", help="Leave this as it is where its stack is stuck at it: data.Database. Repeat."
        ),
    ] = None,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Go on with what failed: the same work again, from where it stopped."""
    order = {"skip": skips_of(skip)} if skip else {}
    client = connect(api, region)
    document = document_of(client.post(f"/environments/{name}/resume", order))
    _answer(client, document, follow=follow, every=every, as_json=as_json)


def check(
    name: Name,
    rate_limit: Annotated[
        bool, typer.Option("--rate-limit", help="Whether the web ACL blocks who asks too often.")
    ] = False,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Have something tried that disturbs: what was found will be among the environment's checks."""
    if not rate_limit:
        raise BadInputError("say what is to be tried: --rate-limit")
    client = connect(api, region)
    document = document_of(client.post(f"/environments/{name}/checks", {"check": "rate limit"}))
    emit(document, lambda console: show_environment(console, document), as_json=as_json)


def sleep(
    name: Name,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Put a gateway to sleep: no task runs, the database is stopped, everything else stays."""
    _begin("sleep", connect(api, region), name, follow=follow, every=every, as_json=as_json)


def wake(
    name: Name,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Wake a gateway exactly as it was before it slept."""
    _begin("wake", connect(api, region), name, follow=follow, every=every, as_json=as_json)


def delete(
    name: Name,
    snapshot: Annotated[bool, typer.Option(help="Keep a last snapshot of the database.")] = True,
    recovery: Annotated[bool, typer.Option(help="Give the secrets a window to be restored in.")] = True,
    follow: Watch = False,
    every: Every = EVERY,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Remove an environment, in the reverse order of its making.

    Of one that is gone already, what was kept is given up by --no-snapshot and --no-recovery.
    """
    client = connect(api, region)
    farewell = {"final_snapshot": snapshot, "secrets_recovery": recovery}
    given_up = {wish: "no" for wish, kept in farewell.items() if not kept}
    document = document_of(client.delete(f"/environments/{name}", **given_up))
    _answer(client, document, follow=follow, every=every, as_json=as_json)


def _begin(work: str, client: ApiClient, name: str, *, follow: bool, every: float, as_json: bool) -> None:
    document = document_of(client.post(f"/environments/{name}/{work}", {}))
    _answer(client, document, follow=follow, every=every, as_json=as_json)


def _answer(
    client: ApiClient, document: dict[str, Any], *, follow: bool, every: float, as_json: bool
) -> None:
    if follow:
        _follow(client, document["name"], every=every, as_json=as_json)
        return
    emit(document, lambda console: _accepted(console, document), as_json=as_json)


def _accepted(console: Console, document: dict[str, Any]) -> None:
    console.print(headline_of(document))
    say_next(console, document)


def _follow(client: ApiClient, name: str, *, every: float, as_json: bool) -> None:
    """With --json only the end is told: the way there is for eyes."""
    console = Console(highlight=False, quiet=as_json)
    document = watch_environment(client, name, every, console)
    emit(document, lambda told: say_next(told, document), as_json=as_json)
    raise_unless_well(document)
