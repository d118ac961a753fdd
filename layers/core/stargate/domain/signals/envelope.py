"""What every event of EventBridge has around its detail, read without trust."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from stargate.domain.environment import NAME_PATTERN, RESERVED_NAMES
from stargate.domain.signals.signal import Ignored, Seen, Signal

LONGEST_TEXT = 500
EVERY = "*"  # in the place of an environment's name: it concerns each one of the account or region
CONTROL_PLANE = "control-plane"  # in that place too: it concerns Stargate itself; no environment is named so
OWN_TIMES = ("stoppedAt", "stoppingAt", "updatedAt", "createdAt", "Date", "eventTime")
EARLIEST, LATEST = 1_400_000_000.0, 4_000_000_000.0  # 2014, when EventBridge's forerunner began, and 2096


@dataclass(frozen=True)
class Envelope:
    event_id: str
    at: float
    region: str
    resources: tuple[str, ...]
    detail: Mapping[str, Any]

    def ignored(self, reason: str, environment: str | None = None, seen: Seen | None = None) -> Ignored:
        return Ignored(self.event_id, reason, environment, self.at, seen)

    def told(self, seen: Seen, environment: str | None, what: str) -> Signal | Ignored:
        """The signal, if it is about an environment of ours; `what` names what else it is about."""
        if environment is None:
            return self.ignored(f"not ours: {what}", seen=seen)
        return Signal(
            event_id=self.event_id,
            at=self.at,
            environment=environment,
            kind=seen.kind,
            subject=seen.subject,
            severity=seen.severity,
            turn=seen.turn,
            source=seen.source,
            region=self.region,
            facts=seen.facts,
        )


def opened(event: Mapping[str, Any]) -> Envelope | Ignored:
    """The event's envelope, or why it is none."""
    event_id, at, detail = text(event, "id"), _time(event), event.get("detail")
    region = text(event, "region") if "region" in event else _region(event)
    missing = [name for name, value in (("id", event_id), ("time", at), ("region", region)) if not value]
    if missing or at is None:
        return Ignored(event_id, f"malformed: {', '.join(missing)} missing or unreadable", None, at)
    if not isinstance(detail, Mapping):
        return Ignored(event_id, "malformed: its detail is no object", None, at)
    resources = event.get("resources")
    names = tuple(one for one in resources if isinstance(one, str)) if isinstance(resources, list) else ()
    return Envelope(event_id, at, region, names, detail)


def _time(event: Mapping[str, Any]) -> float | None:
    """The event's, or where the sender left it out, the newest that its detail names."""
    if "time" in event:
        return moment(event, "time")
    found = (moment(event, "detail", name) for name in OWN_TIMES)
    return max((at for at in found if at is not None), default=None)


def _region(event: Mapping[str, Any]) -> str:
    """Of the first resource that has one: `arn:aws:<service>:<region>:…`."""
    resources = event.get("resources")
    parts = (
        (one.split(":") for one in resources if isinstance(one, str)) if isinstance(resources, list) else ()
    )
    return next((one[3] for one in parts if len(one) > 4 and one[3]), "")


def text(document: object, *path: str) -> str:
    """The text under the path, cut to a sane length, or "" if there is none."""
    value = under(document, *path)
    if not isinstance(value, str):
        return ""
    return value[:LONGEST_TEXT].encode(errors="replace").decode()  # JSON may hold half a surrogate pair


def under(document: object, *path: str) -> Any:
    for name in path:
        if not isinstance(document, Mapping):
            return None
        document = document.get(name)
    return document


def moment(document: object, *path: str) -> float | None:
    """Seconds since 1970 of a full ISO 8601 moment, or None if it is none or cannot be true."""
    try:
        read = datetime.fromisoformat(text(document, *path))
    except ValueError:
        return None
    if read.tzinfo is None or not 1970 < read.year < 9999:
        return None
    seconds = read.timestamp()
    return seconds if EARLIEST < seconds < LATEST else None


def number(document: object, *path: str) -> float | None:
    value = under(document, *path)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if abs(value) < 1e15 else None  # neither infinite nor NaN


def environment_in(name: str) -> str | None:
    """The environment in a name that begins with `stargate-<environment>`, if it may be one of ours."""
    parts = name.split("-", 2)
    if len(parts) < 2 or parts[0] != "stargate" or parts[1] in RESERVED_NAMES:
        return None
    return parts[1] if re.match(NAME_PATTERN, parts[1]) else None
