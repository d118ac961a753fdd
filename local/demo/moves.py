"""Moves of the bounds, as the ledger has them: which there were, why, and which of them were verified."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from local.demo.chain import Chain, Entry, chain_to
from local.demo.record import is_about

LOOPS_CHAIN = ["decision", "action", "verification"]

Detail = Mapping[str, Any]


def moves(detail: Detail) -> bool:
    return detail.get("action") == "move_bounds" and detail.get("verdict") == "move"


def adds_tasks(detail: Detail) -> bool:
    return moves(detail) and detail["target"]["minimum"] > detail["was"]["minimum"]


def is_held_by_the_quota(detail: Detail) -> bool:
    fewer = moves(detail) and detail["target"]["maximum"] < detail["was"]["maximum"]
    return bool(fewer and detail.get("at_quota"))


def verified_moves(
    ledger: Sequence[Entry], wanted: Callable[[Detail], bool], actions: Sequence[str] = ("move_bounds",)
) -> Iterator[Chain]:
    """The chains behind such moves that are verified by now; one that another followed at once never is."""
    for entry in ledger:
        if not any(is_about(entry, "verification", name) for name in actions):
            continue
        chain = chain_to(entry, ledger)
        # A signal may have asked for the look.
        if chain.kinds[-3:] == LOOPS_CHAIN and wanted(chain.entries[-3]["detail"]):
            yield chain
