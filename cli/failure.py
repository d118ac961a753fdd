"""How the command says no: every fault at once, what to do, and an exit code that tells whose it was."""

import json
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console

from stargate.domain.faults import Fault

FAILED, BAD_INPUT = 1, 2


class CommandError(Exception):
    """What ends the command: a title, and the faults behind it, if there is more to say than one sentence."""

    exit_code = FAILED

    def __init__(self, title: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(title)
        self.title = title
        self.faults = tuple(faults)

    def document(self) -> dict[str, Any]:
        """The same as RFC 9457 problem details, as the API would give them."""
        problem: dict[str, Any] = {"title": self.title}
        return {**problem, "faults": [fault.document() for fault in self.faults]} if self.faults else problem

    def tell(self, *, as_json: bool) -> None:
        """Say it on standard error: standard output bears results alone."""
        if as_json:
            sys.stderr.write(json.dumps(self.document(), indent=2) + "\n")
            return
        console = Console(stderr=True, highlight=False, markup=False)
        console.print(f"stargate: {self.title}")
        for fault in self.faults:
            where = f"{fault.path}: " if fault.path else ""  # it may be all of the document
            console.print(f"  {where}{fault.fault}; {fault.allowed}")


class FailedError(CommandError):
    """The command was understood and could not be done."""


class BadInputError(CommandError):
    """The command cannot be meant as it was given."""

    exit_code = BAD_INPUT
