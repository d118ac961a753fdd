"""`stargate explain`: what would be decided on an event, rule by rule; nothing is touched.

For an environment that an API can be asked about it is that environment's own playbook and state that speak;
otherwise, and always without a name, nobody is asked: what is ours is told by the names alone.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import requests
import typer

from cli.answers import document_of
from cli.connection import NoApiError, connect
from cli.failure import BadInputError, FailedError
from cli.options import Api, Json, Region
from cli.output import emit
from cli.views import explanation as view
from stargate.domain.faults import Fault
from stargate.domain.operating.explanation import explained
from stargate.domain.signals.envelope import environment_in
from stargate.domain.signals.shapes import as_sent, is_event

STANDARD_INPUT = "-"
LARGEST_BYTES = 4_000_000  # EventBridge, SNS and SQS all stop well below


def register(app: typer.Typer) -> None:
    app.command("explain")(explain)


def explain(
    event: Annotated[str, typer.Option(help="A file with the event as AWS sent it; - reads standard input.")],
    environment: Annotated[
        str | None,
        typer.Option(help="By this environment's playbook and state; or for it, if the event is about all."),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no API: by the default playbook and the names alone.")
    ] = False,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Show what an event says, and what would be decided on it and why; nothing is touched."""
    if environment is not None and environment_in(f"stargate-{environment}") != environment:
        rule = "a small letter, then up to fifteen small letters and digits"
        raise BadInputError("no environment is called so", [Fault("--environment", f"{environment!r}", rule)])
    found = _read(event)
    if not is_event(found):
        raise BadInputError(
            f"{event} is no event",
            [Fault(event, "has nothing of an event in it", "one as AWS sends it, as JSON")],
        )
    asked = None if environment is None or offline else _asked(environment, found, api, region)
    told = explained(found, environment) if asked is None else asked
    document: Any = told[0] if len(told) == 1 else told
    emit(document, lambda console: view.explanations(console, told), as_json=as_json)


def _asked(environment: str, event: Any, api: str | None, region: str | None) -> list[dict[str, Any]] | None:
    """What the environment's own API says; None, and why on standard error, if none can."""
    try:
        client = connect(api, region)
        answer = client.post(f"/environments/{environment}/explain", event)
        document: dict[str, Any] = document_of(answer)
    except NoApiError:
        return None
    except (FailedError, requests.RequestException) as error:
        typer.echo(f"by the names alone, without the state of {environment}: {error}", err=True)
        return None
    found: list[dict[str, Any]] = document["explained"]
    return found


def _read(name: str) -> Any:
    """The JSON in the file; BadInputError says what is wrong with it."""
    written = _bytes(name)
    if len(written) > LARGEST_BYTES:
        raise BadInputError(f"{name} is too large", [Fault(name, f"has {len(written)} bytes", "up to 4 MB")])
    try:
        return json.loads(written)
    except RecursionError as error:
        raise BadInputError(f"{name} is no event: it is nested too deeply") from error
    except ValueError as error:
        message = as_sent(written.decode(errors="replace"))
        if message is not None:
            return message
        raise BadInputError(
            f"{name} is no event", [Fault(name, f"is no JSON: {error}", "a JSON object")]
        ) from error


def _bytes(name: str) -> bytes:
    if name == STANDARD_INPUT:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        fault = Fault("--event", f"cannot be read: {error.strerror}", "a file, or - for standard input")
        raise BadInputError(f"{name} cannot be read", [fault]) from error
