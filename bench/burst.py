"""A thousand signals at once: none is lost, none is acted on twice.

The product's own wiring takes them in sixteen threads against moto's table, which answers one call at a time:
so the calls of all of them are mixed as they come. A taker that fails is called again twice, as Lambda does;
what fails three times would be a dead letter and counts as lost. The signals are alarms that flap, tasks of
one service that crash, so that all of them change one condition, an alarm that ends the service's deployment,
which answers the crashes too, and a copy of every third.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from bench.signals import IDENTIFIER, NAME, TABLE, Sender, one_cloud
from stargate.adapters.state.attributes import decode_row
from stargate.wiring.operating import receive_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

RESULT = Path(__file__).resolve().parents[1] / "out" / "bench" / "burst.json"
EACH, SUBJECTS, AT_ONCE, TRIES = 375, 25, 16, 3
HEARD = frozenset({"signal", "note"})


def run() -> bool:
    with one_cloud():
        _one_call_at_a_time(cast("boto3.Session", boto3.DEFAULT_SESSION))
        events = _thousand(Sender(time.time()))
        began = time.monotonic()
        failures = _taken(receive_signal(), events)
        seconds = time.monotonic() - began
        document = {**_counted(events, _ledger()), "again": failures, "seconds": round(seconds, 1)}
    wrong = document["lost"] or document["doubled"] or document["acted_twice"]
    document["ok"] = bool(document["actions"]) and not wrong
    _print(document)
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return bool(document["ok"])


def _one_call_at_a_time(session: boto3.Session) -> None:
    """No threads for moto: who waits for the lock is in the middle of taking a signal all the same."""
    lock = threading.Lock()

    def wait_for_turn(**_: Any) -> None:
        lock.acquire()

    session.events.register("before-call", wait_for_turn)
    for end in ("after-call", "after-call-error"):
        session.events.register(end, lambda **_: lock.release())


def _thousand(send: Sender) -> list[dict[str, Any]]:
    """The copies are spread among the others."""
    alarms = [_flapping(send, number) for number in range(EACH - 1)]
    crashes = [send.task(1_000 + number, f"stargate-{NAME}") for number in range(EACH)]
    errors = send.alarm(9_000, "litellm-errors-critical", "ALARM")
    different = [errors, *(one for pair in zip(alarms, crashes, strict=False) for one in pair), crashes[-1]]
    return [one for number, event in enumerate(different) for one in [event] * (2 if number % 3 == 0 else 1)]


def _flapping(send: Sender, number: int) -> dict[str, Any]:
    value = "ALARM" if number // SUBJECTS % 2 == 0 else "OK"
    rang = send.alarm(2_000 + number, f"custom{number % SUBJECTS}-warning", value, later=number / 1000 - 5)
    rang["detail"]["previousState"] = {"value": "ALARM"}
    return rang


def _taken(take: Callable[[object], object], events: Sequence[object]) -> int:
    """How often a taker had to be called again."""
    again: Counter[str] = Counter()

    def until_taken(event: object) -> None:
        for _ in range(TRIES):
            try:
                take(event)
            except Exception as failure:  # noqa: BLE001  (Lambda calls again whatever it was)
                again[type(failure).__name__] += 1
            else:
                return

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        list(crowd.map(until_taken, events))
    return again.total()


def _ledger() -> list[dict[str, Any]]:
    pages = (
        boto3.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=TABLE,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :ledger)",
            ExpressionAttributeValues={":pk": {"S": f"env#{IDENTIFIER}"}, ":ledger": {"S": "ledger#"}},
        )
    )
    return [decode_row(cast("Any", row)) for page in pages for row in page["Items"]]


def _counted(events: Sequence[Mapping[str, Any]], ledger: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    heard = Counter(entry["cause"] for entry in ledger if entry["kind"] in HEARD)
    different = {event["id"] for event in events}
    started = boto3.client("stepfunctions").list_executions(stateMachineArn=_machine())["executions"]
    acted = Counter(entry["cause"] for entry in ledger if entry["kind"] == "decision" and _acts(entry))
    return {
        "signals": len(events),
        "different": len(different),
        "lost": len([one for one in different if not heard[one]]),
        "doubled": len([one for one in different if heard[one] > 1]),
        "actions": len(started),
        "acted_twice": len([one for one in acted.values() if one > 1]),
    }


def _acts(entry: Mapping[str, Any]) -> bool:
    return bool(entry["detail"].get("verdict") == "act")


def _machine() -> str:
    return str(boto3.client("stepfunctions").list_state_machines()["stateMachines"][0]["stateMachineArn"])


def _print(told: Mapping[str, Any]) -> None:
    print(
        f"burst: {told['signals']} signals at once, {told['different']} of them different, in "
        f"{told['seconds']} s: {told['lost']} lost, {told['doubled']} taken twice, {told['actions']} "
        f"actions, {told['acted_twice']} begun twice; a taker was called again {told['again']} times"
    )
