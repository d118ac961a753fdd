"""Waiting for something to become true of an environment, as a user would: by asking again."""

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from cli.client import ApiClient

POLL_SECONDS = 0.7
LIMIT_SECONDS = 150
_never = threading.Event()

Document = dict[str, Any]
FoundT = TypeVar("FoundT")


def follow(api: ApiClient, name: str, until: Callable[[Document], bool]) -> list[Document]:
    """Ask for an environment until something holds of it; what was answered on the way is returned."""
    limit = time.monotonic() + LIMIT_SECONDS
    seen = [_ask(api, name)]
    while not until(seen[-1]):
        if time.monotonic() > limit:
            raise AssertionError(f"{name} is still {seen[-1]}")
        _never.wait(POLL_SECONDS)
        seen.append(_ask(api, name))
    return seen


def _ask(api: ApiClient, name: str) -> Document:
    answer = api.get(f"/environments/{name}")
    if answer.status == 404:
        return {"name": name, "status": "RETIRED"}
    assert answer.status == 200, answer.text
    document: Document = answer.document
    return document


def settled(document: Document) -> bool:
    return document["status"] not in {"PROVISIONING", "UPDATING", "WAKING", "RETIRING"}


def wait_until(holds: Callable[[], bool], words: str) -> None:
    """Ask until it is so; the words say what was waited for in vain."""
    awaited(holds, words)


def awaited(ask: Callable[[], FoundT], words: str) -> FoundT:
    """The first answer that is not empty, asked for again and again."""
    limit = time.monotonic() + LIMIT_SECONDS
    while not (found := ask()):
        if time.monotonic() > limit:
            raise AssertionError(f"not in {LIMIT_SECONDS} s: {words}")
        _never.wait(POLL_SECONDS)
    return found
