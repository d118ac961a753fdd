"""Follow an environment until nobody works on it any more."""

import time
from collections.abc import Iterator
from typing import Any

import requests
from rich.console import Console
from rich.live import Live

from cli.answers import document_of
from cli.client import Answer, ApiClient
from cli.failure import FailedError
from cli.views.environments import board, headline

AT_WORK = frozenset({"PROVISIONING", "UPDATING", "WAKING", "RETIRING"})
NOT_WELL = frozenset({"FAILED", "DEGRADED"})
TRIES = 5  # an API that is being deployed anew, or a network that is away, is for a moment


def watch(client: ApiClient, name: str, every: float, console: Console) -> dict[str, Any]:
    """The environment's last document; bars on a terminal, otherwise a line for each change."""
    follow = _drawn if console.is_terminal else _told
    try:
        return follow(client, name, every, console)
    except KeyboardInterrupt as error:
        raise FailedError(
            f"no longer watched: the work on {name} goes on, and `stargate env watch {name}` follows it again"
        ) from error


def _drawn(client: ApiClient, name: str, every: float, console: Console) -> dict[str, Any]:
    last: dict[str, Any] = {}
    with Live(console=console, auto_refresh=False) as live:
        for last in _documents(client, name, every):
            live.update(board(last), refresh=True)
    return last


def _told(client: ApiClient, name: str, every: float, console: Console) -> dict[str, Any]:
    last: dict[str, Any] = {}
    known: dict[str, str] = {}
    for last in _documents(client, name, every):
        for stack in last["stacks"]:
            if known.get(stack["name"]) != stack["status"]:
                known[stack["name"]] = stack["status"]
                console.print(f"{stack['name']} {stack['status']}")
    console.print(headline(last))
    return last


def _documents(client: ApiClient, name: str, every: float) -> Iterator[dict[str, Any]]:
    failures = 0
    while True:
        answer = _answer(client, name, patient=failures < TRIES)
        if answer is None:
            failures += 1
            time.sleep(every)
            continue
        failures = 0
        document = document_of(answer)
        yield document
        if document["status"] not in AT_WORK:
            return
        time.sleep(every)


def _answer(client: ApiClient, name: str, *, patient: bool) -> Answer | None:
    """None if it is worth another try."""
    try:
        answer = client.get(f"/environments/{name}")
    except requests.RequestException:
        if not patient:
            raise
        return None
    return None if patient and answer.status >= 500 else answer


def raise_unless_well(document: dict[str, Any]) -> None:
    """FailedError with the environment's own reason, for the exit code."""
    if document["status"] not in NOT_WELL:
        return
    reason = (document["failure"] or {}).get("reason") or ", ".join(
        check["name"] for check in document["checks"] if not check["ok"]
    )
    raise FailedError(f"{document['name']} is {document['status']}: {reason or 'no reason was given'}")
