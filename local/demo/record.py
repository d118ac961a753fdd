"""What the control plane wrote down of one environment: its ledger, and the workflows that it started."""

from datetime import UTC, datetime
from typing import Any

from cli.client import ApiClient
from local.demo.chain import Entry
from local.demo.witness import Witness

Document = dict[str, Any]


class Record:
    def __init__(self, api: ApiClient, witness: Witness, environment: Document) -> None:
        self._api = api
        self._witness = witness
        self._id = environment["id"]
        self._path = f"/environments/{environment['name']}"

    def ledger(self, since: float | None = None) -> list[Document]:
        """All entries, page by page, from the oldest on."""
        query = {"limit": "100"}
        if since is not None:
            query["since"] = datetime.fromtimestamp(since, UTC).isoformat().replace("+00:00", "Z")
        entries: list[Document] = []
        while True:
            page = self._api.get(f"{self._path}/ledger", **query).document
            entries += page["entries"]
            if not page.get("next"):
                return entries
            query["next"] = page["next"]

    def conditions(self) -> list[Document]:
        found: list[Document] = self._api.get(f"{self._path}/conditions", status="all").document["conditions"]
        return found

    def condition(self, kind: str, subject: str) -> Document:
        """One of them, or nothing: `{}`."""
        found = (one for one in self.conditions() if (one["kind"], one["subject"]) == (kind, subject))
        return next(found, {})

    def last(self, kind: str, action: str, since: float | None = None) -> Document | None:
        """The newest entry of a kind about an action."""
        found = (entry for entry in reversed(self.ledger(since)) if is_about(entry, kind, action))
        return next(found, None)

    def count(self, kind: str, action: str) -> int:
        return sum(is_about(entry, kind, action) for entry in self.ledger())

    def remedies(self) -> list[str]:
        """The executions of `remediate` that were started for the environment, by their names."""
        return self._witness.executions("remediate", self._id)


def is_about(entry: Entry, kind: str, action: str) -> bool:
    return bool(entry["kind"] == kind and entry["detail"].get("action") == action)
