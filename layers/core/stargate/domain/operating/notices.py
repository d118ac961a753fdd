"""One piece of news for whoever has subscribed, in the forms of those who read it.

People get a subject and a text; a chat gets the schema of Amazon Q Developer's custom notifications, in which
one thread is one incident; programs get the facts as JSON, and may filter by the attributes. Email knows
threads by the subject alone: so all that is told of one incident has the same.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

ItemT = TypeVar("ItemT")

LONGEST_SUBJECT = 100  # SNS takes no more, and ASCII only
LONGEST_CHAT = 4000  # a chat takes 8000 characters, but nobody reads them there
LONGEST_TITLE = 250
MOST_LISTED = 20  # lines of one list: more nobody reads, and SNS takes 256 KiB of all forms together
FORM = "1"


@dataclass(frozen=True)
class Notice:
    """`news` is its kind, `notice_id` the same however often it is sent, `thread` what it belongs to."""

    news: str
    notice_id: str
    environment: str
    thread: str
    severity: str
    subject: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    next_steps: tuple[str, ...] = ()

    @property
    def attributes(self) -> dict[str, str]:
        """For filter policies."""
        told = {
            "news": self.news,
            "environment": self.environment,
            "severity": self.severity,
            "thread": self.thread,
        }
        return {name: value for name, value in told.items() if value}

    @property
    def plain_subject(self) -> str:
        return as_subject(self.subject)

    def for_machines(self) -> dict[str, Any]:
        return {"version": FORM, "id": self.notice_id, **self.attributes, **self.facts}

    def for_chat(self) -> dict[str, Any]:
        """Amazon Q Developer in chat applications, custom notifications, version 1.0."""
        content = {
            "textType": "client-markdown",
            "title": self.subject[:LONGEST_TITLE],
            "description": self.text[:LONGEST_CHAT],
            **({"nextSteps": list(self.next_steps)} if self.next_steps else {}),
            "keywords": [word for word in (self.environment, self.severity) if word],
        }
        metadata = {
            **({"threadId": self.thread} if self.thread else {}),
            "summary": self.subject[:LONGEST_TITLE],
            "eventType": self.news,
            "additionalContext": self.attributes,
        }
        around = {"version": "1.0", "source": "custom", "id": self.notice_id}
        return {**around, "content": content, "metadata": metadata}

    def by_protocol(self) -> dict[str, str]:
        """As SNS takes it with the structure `json`: what is not named gets `default`, and is a program."""
        return {
            "default": json.dumps(self.for_machines()),
            "email": self.text,
            "https": json.dumps(self.for_chat()),
            "sms": self.plain_subject,
        }


def as_subject(words: str) -> str:
    """In ASCII, in one line, and short enough; it may be of an alarm that somebody else has named."""
    return " ".join(words.split()).encode("ascii", "replace").decode()[:LONGEST_SUBJECT]


def note(environment: str, about: str, subject: str, text: str, part: str = "") -> Notice:
    """Of what is no incident's: a drill, a day's costs. `part` tells apart what is told of the same."""
    thread = f"{environment}-{about}"
    return Notice(
        news="note",
        notice_id=f"{thread}-{part}" if part else thread,
        environment=environment,
        thread=thread,
        severity="info",
        subject=subject,
        text=text,
        facts={"subject": subject, "text": text},
    )


def listed(lines: Iterable[str], none: str = "nothing") -> list[str]:
    """A line for each; of a great many the beginning, the end, and how many lie between."""
    told = list(lines)
    shown = both_ends(told)
    left_out = len(told) - len(shown)
    if left_out:
        shown.insert(MOST_LISTED // 2, f"({left_out} more)")
    return [f"- {line}" for line in shown or [none]]


def both_ends(items: Sequence[ItemT]) -> list[ItemT]:
    """All, if they are few; else as many from the beginning as from the end."""
    half = MOST_LISTED // 2
    return list(items) if len(items) <= MOST_LISTED else [*items[:half], *items[-half:]]
