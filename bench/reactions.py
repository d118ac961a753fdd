"""What each signal led to, by the ledger, and when, by the journal of the local cloud."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.local_cloud import StageError
from bench.stage import GATEWAYS, SOURCE, Stage

Document = dict[str, Any]
WRITES, REGISTERS = "TransactWriteItems", "RegisterScalableTarget"
PAGE = "100"
RECEIVER = "receive_signal"  # who the ledger names for what was decided as the event came


@dataclass(frozen=True)
class Reaction:
    """Seconds since the event; `action` None if nothing was done. `calls`: what AWS was asked to decide."""

    verdict: str
    decision: float
    action: float | None
    calls: tuple[str, ...]


@dataclass(frozen=True)
class Caused:
    """One decision on a rule: the event at its beginning, and whether an action came of it."""

    event: str
    decision: str
    verdict: str
    acted: bool


@dataclass(frozen=True)
class Journal:
    events: dict[str, float]
    invocations: dict[str, list[Document]]
    calls: dict[str, list[Document]]

    def of(self, key: str) -> list[Document]:
        """The calls of all invocations that were given this key, in order."""
        return [call for invocation in self.invocations.get(key, []) for call in self._during(invocation)]

    def _during(self, invocation: Document) -> list[Document]:
        """A trace goes on into what the invocation set going, so its calls are those up to its end."""
        calls = self.calls.get(root(invocation["trace"]), [])
        return [call for call in calls if invocation["began"] <= call["began"] <= invocation["ended"]]


def root(trace: str) -> str:
    """What a trace header's parts have in common: below it, each call is a segment of its own."""
    return next(part for part in trace.split(";") if part.startswith("Root="))


def bare_seconds(stage: Stage, journal: Document, since: float) -> list[float]:
    began = {one["id"]: one["at"] for one in journal["events"] if one["source"] == SOURCE}
    reached = stage.reached_at()
    lost = [event for event in began if event not in reached]
    if lost:
        raise StageError(f"{len(lost)} bare events did not reach their function")
    return [reached[event] - at for event, at in began.items() if at >= since]


def ledgers(stage: Stage) -> list[list[Document]]:
    """Of every gateway. Read before the journal: what is written down later, the journal would not have."""
    return [_ledger(stage, name) for name in GATEWAYS]


def reactions(written: list[list[Document]], journal: Document, since: float) -> list[Reaction]:
    """Of every event since then that led to a decision by itself."""
    known = _sorted_out(journal)
    found = (one for entries in written for one in _caused(entries))
    return [_reaction(known, one) for one in found if known.events.get(one.event, 0.0) >= since]


def _reaction(journal: Journal, caused: Caused) -> Reaction:
    began, calls = journal.events[caused.event], journal.of(caused.event)
    decided = _moment(calls, WRITES)
    acted = _moment(journal.of(caused.decision), REGISTERS) - began if caused.acted else None
    before = tuple(call["operation"] for call in calls if call["began"] <= decided)
    return Reaction(caused.verdict, decided - began, acted, before)


def _moment(calls: list[Document], operation: str) -> float:
    """When it was answered; the last one, if the first was refused."""
    found = [float(call["ended"]) for call in calls if call["operation"] == operation]
    if not found:
        raise StageError(f"the journal has no {operation} of a decision that the ledger has")
    return found[-1]


def _sorted_out(journal: Document) -> Journal:
    invocations: dict[str, list[Document]] = {}
    for invocation in journal["invocations"]:
        if invocation["key"] and invocation.get("trace"):
            invocations.setdefault(invocation["key"], []).append(invocation)
    calls: dict[str, list[Document]] = {}
    for call in journal["calls"]:
        calls.setdefault(root(call["trace"]), []).append(call)
    return Journal({one["id"]: one["at"] for one in journal["events"]}, invocations, calls)


def _caused(entries: list[Document]) -> Iterator[Caused]:
    """What the event itself led to: what the minute decides later, once a guard has lifted, is its own."""
    signals = {one["id"]: one for one in entries if one["kind"] == "signal"}
    acted = {one["cause"] for one in entries if one["kind"] == "action"}
    for entry in entries:
        signal = signals.get(entry["cause"])
        by_itself = entry["kind"] == "decision" and entry["actor"] == RECEIVER
        if by_itself and signal is not None and "verdict" in entry["detail"]:
            yield Caused(signal["cause"], entry["id"], entry["detail"]["verdict"], entry["id"] in acted)


def _ledger(stage: Stage, name: str) -> list[Document]:
    entries: list[Document] = []
    query = {"limit": PAGE}
    while True:
        answer = stage.api.get(f"/environments/{name}/ledger", **query).document
        entries.extend(answer["entries"])
        if not answer.get("next"):
            return entries
        query = {"limit": PAGE, "next": answer["next"]}
