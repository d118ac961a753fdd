"""What every part of the story has at hand: the door, the cloud's own word, the screen and the checks."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.credentials import Credentials

from cli.client import Answer, ApiClient
from local.demo.connection import Connection
from local.demo.report import Check, Report
from local.demo.screen import Screen
from local.demo.witness import Witness

NAME = "sandbox"

Document = dict[str, Any]


class StoryError(Exception):
    """The story cannot go on: what follows would measure nothing."""


@dataclass
class Teller:
    connection: Connection
    screen: Screen
    report: Report
    api: ApiClient = field(init=False)
    witness: Witness = field(init=False)

    def __post_init__(self) -> None:
        connection = self.connection
        own = Credentials(connection.access_key_id, connection.secret_access_key)
        self.api = ApiClient(connection.api, connection.region, own)
        self.witness = Witness(connection)

    def found(self, answer: Answer, status: int | None = None) -> Document:
        if answer.status != status and (status or answer.status not in (200, 202)):
            raise StoryError(f"HTTP {answer.status}: {answer.text}")
        found: Document = answer.document
        return found

    def same(self, name: str, measured: object, bound: object) -> Check:
        check = self.report.same(name, measured, bound)
        self.screen.checked(check)
        return check

    def at_most(self, name: str, measured: float, bound: float, unit: str = "") -> None:
        self.screen.checked(self.report.at_most(name, measured, bound, unit))

    def at_least(self, name: str, measured: float, bound: float, unit: str = "") -> None:
        self.screen.checked(self.report.at_least(name, measured, bound, unit))


def moment(value: str) -> float:
    """Seconds since the epoch of a moment that the API told."""
    return datetime.fromisoformat(value).timestamp()
