"""The chain of causes: from what was done and found back to the event that began it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.demo.teller import moment

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Chain:
    """Entries of the ledger, first cause first; `root` is what no entry bears: an event's id, or a person."""

    root: str
    entries: tuple[Entry, ...]

    @property
    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.entries]

    def rows(self) -> list[tuple[str, str, str]]:
        """For each entry its kind, how long after the first it was, and what it says."""
        began = happened(self.entries[0])
        return [
            (entry["kind"], f"+{happened(entry) - began:.0f} s", entry["summary"]) for entry in self.entries
        ]


def chain_to(last: Entry, entries: Sequence[Entry]) -> Chain:
    """Walk from an entry to its cause, and on, as far as the ledger goes."""
    known = {entry["id"]: entry for entry in entries}
    walked = [last]
    while (cause := known.get(walked[-1]["cause"])) is not None and cause not in walked:
        walked.append(cause)
    return Chain(walked[-1]["cause"], tuple(reversed(walked)))


def happened(entry: Entry) -> float:
    return moment(entry["at"])
