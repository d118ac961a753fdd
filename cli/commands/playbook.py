"""`stargate playbook`: show an environment's rules, check others, put them in force, replay what it heard."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import BadInputError
from cli.options import Api, Json, Name, Region
from cli.output import emit
from cli.pages import all_of
from cli.views import playbooks as view
from stargate.domain.faults import Fault
from stargate.domain.operating.playbook import LAST, Playbook
from stargate.domain.playbook.default import WRITTEN
from stargate.domain.playbook.document import rules_kept, rules_of
from stargate.domain.playbook.faults import faults_of
from stargate.domain.playbook.layout import laid_out
from stargate.domain.playbook.lines import read_text
from stargate.domain.playbook.replay import recorded, replayed
from stargate.domain.signals.kinds import CONDITIONS
from stargate.domain.signals.signal import Signal

MOST_SIGNALS = 10_000
MEANT = ("rules", "version", "follows")  # what of an environment's playbook, as it was shown, is put again
File = Annotated[Path, typer.Argument(help="A playbook, as `stargate playbook show --json` prints it.")]

playbook = typer.Typer(
    no_args_is_help=True,
    help="Playbooks: show an environment's rules, check others, put them in force, replay what it heard.",
)


def register(app: typer.Typer) -> None:
    app.add_typer(playbook, name="playbook")


@playbook.command("show")
def show(
    name: Annotated[
        str | None, typer.Argument(help="The environment; without one the default is shown.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="Another version than the one in force.")] = None,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Show the rules in their order; with --json as a file that can be changed and put in force."""
    if name is None:
        document: dict[str, Any] = json.loads(WRITTEN)
    else:
        query = {} if version is None else {"version": str(version)}
        document = document_of(connect(api, region).get(f"/environments/{name}/playbook", **query))
    if as_json:
        typer.echo(laid_out(document), nl=False)
        return
    emit(document, lambda console: view.rules(console, document), as_json=False)


@playbook.command("check")
def check(file: File, as_json: Json = False) -> None:
    """Find every fault of a playbook, each with its line; nothing is sent anywhere."""
    document = _read(file)
    rules = rules_of(document)
    missing = sorted(CONDITIONS - {rule.condition.partition("#")[0] for rule in rules})
    told = {"rules": len(rules) - len(LAST), "conditions_without_a_rule": missing}
    emit(told, lambda console: view.checked(console, told), as_json=as_json)


@playbook.command("set")
def put(
    name: Name,
    file: Annotated[Path | None, typer.Argument(help="A playbook; left out with --default.")] = None,
    default: Annotated[bool, typer.Option("--default", help="Follow the default again.")] = False,
    version: Annotated[
        int | None, typer.Option(help="Made from this version; by default the one that the file names.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for the ledger.")] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Put a playbook in force, unless another than the one that it was made from is in force by now."""
    if (file is None) is not default:
        rule = "a file, or --default to follow the default"
        raise BadInputError("what is to be put in force?", [Fault("FILE", "is missing, or too much", rule)])
    client = connect(api, region)
    given = {"follows": "default"} if file is None else _read(file)
    request = {name: given[name] for name in ("rules", "note", "follows") if name in given}
    made_from = version if version is not None else given.get("version")
    if made_from is None:
        made_from = document_of(client.get(f"/environments/{name}/playbook"))["version"]
    told = {"version": made_from, **request, **({"note": note} if note else {})}
    document = document_of(client.put(f"/environments/{name}/playbook", told))
    emit(document, lambda console: view.put(console, document), as_json=as_json)


@playbook.command("test")
def compare(
    files: Annotated[
        list[str], typer.Argument(metavar="[NAME] FILE", help="The environment, and a playbook.")
    ],
    signals: Annotated[
        Path | None, typer.Option(help="Replay these, as `stargate ledger --json` printed them.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this playbook, not with the one in force.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this moment on: 2026-11-24T03:00:00Z.")] = None,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Replay what an environment heard against a changed playbook: each decision that would differ.

    Without a NAME the signals come from a file and the default is compared with: no cloud is needed.
    """
    name, file = (files[0], Path(files[1])) if len(files) == 2 else (None, Path(files[0]))
    if len(files) > 2 or (name is None and signals is None):
        rule = "an environment and a file, or a file and --signals"
        raise BadInputError("whose signals are to be replayed?", [Fault("[NAME] FILE", "is not clear", rule)])
    changed = rules_of(_read(file))
    client = connect(api, region) if name and (signals is None or against is None) else None
    before = rules_of(_read(against)) if against else _in_force(client, name)
    heard = _from_file(signals) if signals else _from_ledger(client, name, since)
    document = replayed(heard, before, changed).document()
    emit(document, lambda console: view.replay(console, document), as_json=as_json)


def _read(file: Path) -> dict[str, Any]:
    """A playbook without faults; BadInputError names each with its line."""
    text = read_text(_bytes(file).decode(errors="replace"))
    document = text.document
    if isinstance(document, dict) and "versions" in document:  # as `show --json` prints an environment's
        document = {field: document[field] for field in MEANT if field in document}
    faults = text.faults or tuple(map(text.named, faults_of(document)))
    if faults:
        raise BadInputError(f"{file} has faults", faults)
    return dict(document)


def _in_force(client: ApiClient | None, name: str | None) -> Playbook:
    if client is None:
        return rules_of(json.loads(WRITTEN))
    return rules_kept(document_of(client.get(f"/environments/{name}/playbook")))


def _from_ledger(client: ApiClient | None, name: str | None, since: str | None) -> list[Signal]:
    assert client is not None  # noqa: S101  (whoever names an environment has one)
    query = {"kind": "signal", **({"since": since} if since else {})}
    entries = all_of(client, f"/environments/{name}/ledger", "entries", query, MOST_SIGNALS)
    return _signals(entries)


def _from_file(file: Path) -> list[Signal]:
    try:
        entries = json.loads(_bytes(file))
    except ValueError as error:
        raise BadInputError(f"{file} is no JSON: {error}") from error
    found = _signals(entries if isinstance(entries, list) else [])
    if not found:
        told = "a list of entries, as `stargate ledger NAME --kind signal --json` prints it"
        raise BadInputError(f"{file} has no signals", [Fault(str(file), "has no entry of a signal", told)])
    return found


def _signals(entries: list[Any]) -> list[Signal]:
    return [signal for entry in entries if isinstance(entry, dict) and (signal := recorded(entry))]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        fault = Fault(str(file), f"cannot be read: {error.strerror}", "a file")
        raise BadInputError(f"{file} cannot be read", [fault]) from error
