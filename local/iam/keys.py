"""Condition keys that a request carries and MiniStack does not tell: some of our rights hang on them."""

import json
from collections.abc import Mapping
from typing import Any

from ministack.core import iam_actions


def install() -> None:
    told = iam_actions.request_tag_context

    def told_too(service: str, iam_action: str, body: bytes, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**told(service, iam_action, body, dict(params)), **keys_of(iam_action, body or b"")}

    iam_actions.request_tag_context = told_too


def keys_of(action: str, body: bytes) -> dict[str, Any]:
    """By their names in small letters, as MiniStack looks for them; of several events all sources."""
    if action != "events:PutEvents":
        return {}
    entries = json.loads(body or b"{}").get("Entries", [])
    sources = sorted({str(entry.get("Source", "")) for entry in entries})
    return {"events:source": sources[0] if len(sources) == 1 else sources}
