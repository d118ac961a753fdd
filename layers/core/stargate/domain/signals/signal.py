"""Something that happened to a gateway, and the other possibility: an event that is none of our concern."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.ledger import derived_id

if TYPE_CHECKING:
    from collections.abc import Mapping


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return tuple(Severity).index(self)


class Turn(StrEnum):
    """What a signal does to the condition that it is about."""

    OPENS = "opens"
    CLOSES = "closes"
    TELLS = "tells"


@dataclass(frozen=True)
class Signal:
    """`source` is who reports (an alarm's name, a task's id): two sources may keep one condition open."""

    event_id: str
    at: float
    environment: str
    kind: str
    subject: str
    severity: Severity
    turn: Turn
    source: str
    region: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry_id(self) -> str:
        """The same for each copy of an event, so that the ledger takes it once."""
        return derived_id(self.at, self.event_id)


@dataclass(frozen=True)
class Seen:
    """What an event says, whomever it is about. `source` is who reports, `subject` what it is about."""

    kind: str
    severity: Severity
    turn: Turn
    subject: str
    source: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Ignored:
    """`environment` is the name of ours that the event speaks of, if it does: then its ledger says so.

    `seen` is what it would have been, were it of our concern.
    """

    event_id: str
    reason: str
    environment: str | None = None
    at: float | None = None
    seen: Seen | None = None
