"""RDS: what happens to the database, by the number of its event, else by its category.

Source: the Amazon RDS user guide's list of event categories and messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

Meaning = tuple[str, Severity, Turn]
DATABASE = "database"
STARTED: Meaning = ("failover-started", Severity.CRITICAL, Turn.OPENS)
COMPLETED: Meaning = ("failover-completed", Severity.INFO, Turn.CLOSES)
FAILED: Meaning = ("database-failed", Severity.CRITICAL, Turn.OPENS)
RESTARTED: Meaning = ("database-restarted", Severity.WARNING, Turn.TELLS)
RECOVERING: Meaning = ("database-recovering", Severity.WARNING, Turn.TELLS)
RECOVERED: Meaning = ("database-recovered", Severity.INFO, Turn.CLOSES)
MAINTAINED: Meaning = ("database-maintenance", Severity.INFO, Turn.TELLS)
CHANGED: Meaning = ("database-changed", Severity.INFO, Turn.TELLS)

BY_NUMBER: Mapping[str, Meaning] = {
    "0013": STARTED,
    "0050": STARTED,
    "0015": COMPLETED,
    "0049": COMPLETED,
    "0051": COMPLETED,
    "0034": ("failover-refused", Severity.WARNING, Turn.TELLS),
    "0065": COMPLETED,
    "0004": ("database-stopped", Severity.WARNING, Turn.TELLS),
    "0006": RESTARTED,
    "0022": ("database-restart-failed", Severity.CRITICAL, Turn.TELLS),
    "0007": ("storage-full", Severity.CRITICAL, Turn.OPENS),
    "0089": ("storage-low", Severity.WARNING, Turn.OPENS),
    "0221": ("storage-full", Severity.CRITICAL, Turn.OPENS),
    "0222": ("storage-low", Severity.CRITICAL, Turn.OPENS),
    "0223": ("storage-low", Severity.WARNING, Turn.OPENS),
    "0224": ("storage-low", Severity.WARNING, Turn.OPENS),
    "0217": ("storage-grew", Severity.INFO, Turn.TELLS),
    "0218": ("storage-grew", Severity.INFO, Turn.TELLS),
    "0020": RECOVERING,
    "0021": RECOVERED,
    "0031": FAILED,
    "0035": FAILED,
    "0036": FAILED,
    "0026": MAINTAINED,
    "0027": MAINTAINED,
    "0047": MAINTAINED,
    "0087": ("database-stopped", Severity.INFO, Turn.TELLS),
    "0088": ("database-started", Severity.INFO, Turn.TELLS),
    "0154": ("database-started", Severity.WARNING, Turn.TELLS),  # AWS started it after seven days
}
BY_CATEGORY: Mapping[str, Meaning] = {
    "failure": FAILED,
    "low storage": ("storage-low", Severity.WARNING, Turn.OPENS),
    "failover": STARTED,
    "availability": RESTARTED,
    "recovery": RECOVERING,
    "maintenance": MAINTAINED,
    "maintenance, availability": MAINTAINED,
    "maintenance, failover": STARTED,
    "configuration change": CHANGED,
    "deletion": ("database-deleted", Severity.WARNING, Turn.TELLS),
}


def read_database(envelope: Envelope) -> Signal | Ignored:
    named = text(envelope.detail, "SourceArn") or " ".join(envelope.resources)[:200]
    name = named.rpartition(":")[2] or text(envelope.detail, "SourceIdentifier").removeprefix("rds:")
    meaning = _meaning(envelope.detail)
    environment = _environment(name)
    what = f"the database {name or 'without a name'}"
    if meaning is None:
        said = text(envelope.detail, "Message") or text(envelope.detail, "EventID")
        reason = f"of no concern: {said}" if environment else f"not ours: {what}"
        return envelope.ignored(reason, environment)
    kind, severity, turn = meaning
    facts = {
        "event": text(envelope.detail, "EventID"),
        "message": text(envelope.detail, "Message"),
    }
    return envelope.told(Seen(kind, severity, turn, DATABASE, "rds", facts), environment, what)


def read_other(envelope: Envelope) -> Ignored:
    """Proxies, clusters, snapshots, parameter groups: a gateway has none that would tell by itself."""
    kind = text(envelope.detail, "SourceType").lower().replace("_", " ") or "something of RDS"
    return envelope.ignored(f"of no concern: a {kind}, {text(envelope.detail, 'Message')}".rstrip(", "))


def _meaning(detail: Mapping[str, object]) -> Meaning | None:
    number = text(detail, "EventID").rpartition("-")[2]
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    categories = under(detail, "EventCategories")
    found = (
        [one.lower() for one in categories if isinstance(one, str)] if isinstance(categories, list) else []
    )
    return next((BY_CATEGORY[one] for one in found if one in BY_CATEGORY), None)


def _environment(name: str) -> str | None:
    environment = environment_in(name)
    return environment if name == f"stargate-{environment}" else None
