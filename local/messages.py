"""What topics were told, kept so that a person can read it: no mailbox is at the end of the local cloud.

`GET /_stargate/messages` has the newest, in the order in which they were published; `python -m local
messages` prints them as their email would look.
"""

import json
from collections import deque
from typing import Any

from ministack.services import sns

from local import control

MOST_KEPT = 200
_kept: deque[dict[str, Any]] = deque(maxlen=MOST_KEPT)


def install() -> None:
    fan_out = sns._fanout

    def fan_out_and_keep(
        topic_arn: str, msg_id: str, message: str, subject: str, *rest: Any, **given: Any
    ) -> Any:
        structure = rest[0] if rest else given.get("message_structure", "")
        attributes = rest[1] if len(rest) > 1 else given.get("message_attributes")
        keep(topic_arn, message, subject, structure, attributes or {})
        return fan_out(topic_arn, msg_id, message, subject, *rest, **given)

    sns._fanout = fan_out_and_keep
    control.route("GET", "/_stargate/messages", lambda _body: {"messages": list(_kept)})


def keep(topic_arn: str, message: str, subject: str, structure: str, attributes: dict[str, Any]) -> None:
    told = {name: one.get("StringValue") or one.get("Value") for name, one in attributes.items()}
    _kept.append(
        {
            "topic": topic_arn.rsplit(":", 1)[-1],
            "subject": subject or None,
            "attributes": told,
            "by_protocol": json.loads(message) if structure == "json" else {"default": message},
        }
    )


def as_emails(messages: list[dict[str, Any]]) -> str:
    """One after the other, the oldest first."""
    return "\n\n".join(map(_email, messages)) if messages else "nobody was told anything yet"


def _email(message: dict[str, Any]) -> str:
    forms = message["by_protocol"]
    text = forms.get("email", forms["default"])
    return f"To: {message['topic']}\nSubject: {message['subject'] or 'none'}\n\n{text}\n{'-' * 80}"
