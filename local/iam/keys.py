"""Condition keys that a request carries and MiniStack does not tell: some of our rights hang on them."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ministack.core import iam_actions


def install() -> None:
    told = iam_actions.request_tag_context

    def told_too(service: str, iam_action: str, body: bytes, params: Mapping[str, Any]) -> dict[str, Any]:
        return {**told(service, iam_action, body, dict(params)), **keys_of(iam_action, body or b"")}

    iam_actions.request_tag_context = told_too


def keys_of(action: str, body: bytes) -> dict[str, Any]:
    """By their names in small letters, as MiniStack looks for them."""
    reader = READERS.get(action)
    return reader(_fields(body)) if reader else {}


def _sources(request: Mapping[str, Any]) -> dict[str, Any]:
    """Of several events all."""
    sources = sorted({str(entry.get("Source", "")) for entry in request.get("Entries", [])})
    return {"events:source": sources[0] if len(sources) == 1 else sources}


def _namespace(request: Mapping[str, Any]) -> dict[str, Any]:
    return {"cloudwatch:namespace": request["Namespace"]} if "Namespace" in request else {}


READERS = {"events:PutEvents": _sources, "cloudwatch:PutMetricData": _namespace}


def _fields(body: bytes) -> Mapping[str, Any]:
    """Of JSON, or of a form, whose values are lists."""
    text = body.decode(errors="replace")
    if text.startswith("{"):
        found: Mapping[str, Any] = json.loads(text)
        return found
    return {name: values[0] for name, values in parse_qs(text).items()}
