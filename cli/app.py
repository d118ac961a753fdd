"""The command `stargate`: every verb of cli/commands, and how each of them may fail."""

import sys
from collections.abc import Sequence

import requests
import typer
from botocore.exceptions import BotoCoreError, ClientError
from typer.core import TyperGroup

from cli.commands import (
    action,
    approval,
    capacity,
    cost,
    drill,
    env,
    explain,
    hook,
    incident,
    ledger,
    plan,
    playbook,
    redrive,
    switch,
)
from cli.failure import BadInputError, CommandError, FailedError
from stargate.errors import InvalidRequestError

VERBS = (
    action,
    approval,
    capacity,
    cost,
    drill,
    env,
    explain,
    hook,
    incident,
    ledger,
    plan,
    playbook,
    redrive,
    switch,
)


class EnvironmentsFirst(TyperGroup):
    """The verbs as help lists them: first those that everything else begins with."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        return sorted(super().list_commands(ctx), key=lambda name: name != "env")


app = typer.Typer(
    name="stargate",
    cls=EnvironmentsFirst,
    help="LLM gateways on AWS: create them, watch them, change them, drill them, and know what they cost.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for verb in VERBS:
    verb.register(app)


@app.callback()
def stargate() -> None:
    """Exits 0 when done, 1 when it failed, 2 when the input was bad."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with `arguments` (those of the process by default); the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    # Asked of the arguments as they came: what fails may be reading them.
    as_json = "--json" in given
    try:
        app(given, prog_name="stargate")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except CommandError as failure:
        return _told(failure, as_json=as_json)
    except InvalidRequestError as refusal:
        return _told(BadInputError("this is refused as it stands", refusal.faults), as_json=as_json)
    except (BotoCoreError, ClientError) as failure:  # all that is asked of AWS's library is to sign
        told = f"the request cannot be signed: {failure}; sign in as for the AWS CLI, or set AWS_PROFILE"
        return _told(FailedError(told), as_json=as_json)
    except requests.RequestException as failure:
        return _told(FailedError(f"the API does not answer: {failure}"), as_json=as_json)
    return 0


def _told(failure: CommandError, *, as_json: bool) -> int:
    failure.tell(as_json=as_json)
    return failure.exit_code


def run() -> None:
    """What the console script calls."""
    sys.exit(main())
