"""A dead letter: an event or a call that was given up, as its queue has it, and whom it was for.

Three senders put them there, each in its own form: Lambda with the payload that a function failed on,
EventBridge with the event that it could not deliver and the reason in attributes, SNS with the notification.
What a letter carries is never shown: it says of what kind it is, for whom, why it was given up, and no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stargate.domain.faults import Fault
from stargate.domain.moments import told
from stargate.domain.signals.envelope import text, under

TAKER = "receive-signal"  # whoever gets what comes by SNS
MOST_NAMED = 100


@dataclass(frozen=True)
class Message:
    """As the queue hands it out; `receipt` is good for this one handing out."""

    message_id: str
    receipt: str
    body: str
    sent_at: float
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Letter:
    """`function` is what follows the control plane's name in the function's; "" if it is for nobody known."""

    message: Message
    function: str
    payload: Any
    about: str
    reason: str

    def document(self) -> dict[str, Any]:
        return {
            "id": self.message.message_id,
            "at": told(self.message.sent_at),
            "function": self.function,
            "about": self.about,
            "reason": self.reason,
        }


def letter_of(message: Message, prefix: str) -> Letter:
    """`prefix` begins the names of the control plane's functions."""
    body = _json(message.body)
    if (
        isinstance(body, Mapping)
        and "requestPayload" in body
        and isinstance(body.get("requestContext"), Mapping)
    ):
        return _of_function(message, body, prefix)
    if "TARGET_ARN" in message.attributes:
        given = message.attributes
        reason = f"{given.get('ERROR_CODE', '')}: {given.get('ERROR_MESSAGE', '')}".strip(": ")
        function = _function(given["TARGET_ARN"], prefix)
        return Letter(message, function, body, _about(body), _cut(reason) or "could not be delivered")
    if isinstance(body, Mapping) and text(body, "Type") == "Notification":
        return Letter(message, TAKER, body, _about(body), "SNS could not deliver it")
    return Letter(message, "", body, _about(body), "nobody known has put it here")


def _of_function(message: Message, body: Mapping[str, Any], prefix: str) -> Letter:
    payload, context, failure = body["requestPayload"], body["requestContext"], body.get("responsePayload")
    kind, words = text(failure, "errorType"), text(failure, "errorMessage")
    reason = f"{kind}: {words}".strip(": ") or text(context, "condition") or "given up"
    return Letter(message, _function(text(context, "functionArn"), prefix), payload, _about(payload), reason)


def _function(arn: str, prefix: str) -> str:
    """`arn:aws:lambda:<region>:<account>:function:<name>[:<version>]`."""
    parts = arn.split(":")
    name = parts[6] if len(parts) > 6 else ""
    return name.removeprefix(prefix) if name.startswith(prefix) else ""


def _about(payload: Any) -> str:
    """Names and kinds only: what an event says may be for nobody else's eyes."""
    if not isinstance(payload, Mapping):
        return "no JSON object"
    named = [
        " ".join(filter(None, (text(payload, "source"), text(payload, "detail-type"), text(payload, "id")))),
        " ".join(f"{name} {found}" for name in NAMES if (found := text(payload, name))),
        f"hook {text(payload, 'hook')}" if text(payload, "hook") else "",
        text(payload, "TopicArn"),
        _records(payload),
    ]
    return _cut(", ".join(filter(None, named))) or "of an unknown form"


NAMES = ("environment_id", "node", "action_id", "cause")


def _records(payload: Mapping[str, Any]) -> str:
    records = payload.get("Records")
    if not isinstance(records, list):
        return ""
    topics = {text(under(one, "Sns"), "TopicArn") or text(one, "eventSourceARN") for one in records}
    return f"{len(records)} of {', '.join(sorted(filter(None, topics)))}"


def _cut(words: str) -> str:
    return words[:300]


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def faults_of_order(request: Any) -> list[Fault]:
    """Of `{"letters": [...], "discard": true}`: without names all of them, brought back if not discarded."""
    if not isinstance(request, dict):
        return [Fault("/", "is no JSON object", '{"letters": ["…"], "discard": false}')]
    faults = [
        Fault(f"/{name}", "is not known", "discard, letters")
        for name in sorted(request)
        if name not in {"letters", "discard"}
    ]
    letters, discard = request.get("letters"), request.get("discard", False)
    if letters is not None and not _are_ids(letters):
        faults.append(
            Fault("/letters", "is not allowed", f"a list of 1 to {MOST_NAMED} ids, as GET told them")
        )
    if not isinstance(discard, bool):
        faults.append(Fault("/discard", "is not allowed", "true or false"))
    if discard is True and not letters:
        faults.append(Fault("/letters", "is missing", "what is thrown away is named, one by one"))
    return faults


def _are_ids(letters: Any) -> bool:
    return (
        isinstance(letters, list)
        and 0 < len(letters) <= MOST_NAMED
        and all(isinstance(one, str) and one for one in letters)
    )
