"""RDS: what happens to the database, by the number of its event, else by its category.

Source: the Amazon RDS user guide, "Amazon RDS event categories and event messages".
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
RECOVERED: Meaning = ("database-recovered", Severity.INFO, Turn.CLOSES)
RECOVERING: Meaning = ("database-recovering", Severity.WARNING, Turn.TELLS)
RESTARTED: Meaning = ("database-restarted", Severity.WARNING, Turn.TELLS)
OFFLINE: Meaning = ("database-maintenance", Severity.WARNING, Turn.TELLS)  # it is away meanwhile
MAINTAINED: Meaning = ("database-maintenance", Severity.INFO, Turn.TELLS)
CHANGED: Meaning = ("database-changed", Severity.INFO, Turn.TELLS)
WARNED: Meaning = ("database-warned", Severity.WARNING, Turn.TELLS)
STORAGE_FULL: Meaning = ("storage-full", Severity.CRITICAL, Turn.OPENS)
STORAGE_LOW: Meaning = ("storage-low", Severity.WARNING, Turn.OPENS)
STORAGE_GREW: Meaning = ("storage-grew", Severity.INFO, Turn.CLOSES)

BY_NUMBER: Mapping[str, Meaning] = {
    # failover, of an instance and of a cluster
    "0013": STARTED,
    "0050": STARTED,
    "0070": STARTED,
    "0072": STARTED,
    "0073": STARTED,
    "0015": COMPLETED,
    "0049": COMPLETED,
    "0051": COMPLETED,
    "0065": COMPLETED,
    "0071": COMPLETED,
    "0034": ("failover-refused", Severity.WARNING, Turn.TELLS),
    "0069": ("failover-failed", Severity.CRITICAL, Turn.TELLS),
    # availability and failure
    "0004": ("database-shut-down", Severity.WARNING, Turn.TELLS),
    "0006": RESTARTED,
    "0022": ("database-restart-failed", Severity.CRITICAL, Turn.TELLS),
    "0031": FAILED,
    "0035": FAILED,
    "0036": FAILED,
    "0315": FAILED,
    "0419": FAILED,  # without its KMS key it is put out of reach
    "0418": ("database-key-lost", Severity.CRITICAL, Turn.OPENS),
    "0420": ("database-key-back", Severity.INFO, Turn.CLOSES),
    "0404": ("database-memory-low", Severity.WARNING, Turn.TELLS),
    # failures that leave the database serving, and say so
    "0079": WARNED,
    "0080": WARNED,
    "0188": WARNED,
    "0219": WARNED,
    "0220": WARNED,
    "0237": WARNED,
    "0278": WARNED,
    "0306": WARNED,
    "0353": WARNED,
    "0356": WARNED,
    # storage
    "0007": STORAGE_FULL,
    "0221": STORAGE_FULL,
    "0222": ("storage-low", Severity.CRITICAL, Turn.OPENS),
    "0089": STORAGE_LOW,
    "0223": ("storage-low", Severity.CRITICAL, Turn.OPENS),  # RDS would enlarge it, and cannot
    "0224": STORAGE_LOW,
    "0225": STORAGE_LOW,
    "0254": STORAGE_LOW,
    "0217": ("storage-growing", Severity.INFO, Turn.TELLS),
    "0218": STORAGE_GREW,
    "0017": STORAGE_GREW,
    # recovery
    "0020": RECOVERING,
    "0052": RECOVERING,
    "0361": RECOVERING,  # of the standby: until it is done there is nothing to fail over to
    "0021": RECOVERED,
    "0053": RECOVERED,
    "0362": RECOVERED,
    # maintenance
    "0026": OFFLINE,
    "0266": OFFLINE,
    "0270": ("upgrade-failed", Severity.WARNING, Turn.TELLS),
    "0412": ("upgrade-failed", Severity.WARNING, Turn.TELLS),
    "0425": WARNED,
    "0429": WARNED,
    # notifications that somebody should read
    "0067": WARNED,
    "0086": WARNED,
    "0158": WARNED,
    "0189": WARNED,
    "0231": WARNED,
    "0327": WARNED,
    "0087": ("database-stopped", Severity.CRITICAL, Turn.OPENS),
    "0088": ("database-started", Severity.INFO, Turn.CLOSES),
    "0154": ("database-started", Severity.INFO, Turn.CLOSES),  # AWS started it after seven days
    "0003": ("database-deleted", Severity.CRITICAL, Turn.OPENS),
    "0171": ("database-deleted", Severity.CRITICAL, Turn.OPENS),
}
BY_CATEGORY: Mapping[str, Meaning] = {
    "failure": FAILED,  # of a number that nobody knew when this was written: rather once too often
    "low storage": STORAGE_LOW,
    "failover": STARTED,
    "availability": RESTARTED,
    "recovery": RECOVERING,
    "maintenance": MAINTAINED,
    "security patching": MAINTAINED,
    "configuration change": CHANGED,
    "creation": CHANGED,
    "restoration": CHANGED,
    "deletion": ("database-deleted", Severity.CRITICAL, Turn.OPENS),
}


def read_database(envelope: Envelope) -> Signal | Ignored:
    """An instance's event, or a cluster's: the numbers are of one list."""
    named = text(envelope.detail, "SourceArn") or " ".join(envelope.resources)[:200]
    name = named.rpartition(":")[2] or text(envelope.detail, "SourceIdentifier").removeprefix("rds:")
    meaning = _meaning(envelope.detail)
    environment = _environment(name)
    what = f"the database {name or 'without a name'}"
    if meaning is None:
        said = text(envelope.detail, "Message") or text(envelope.detail, "EventID")
        reason = f"of no concern: {said}"
        return envelope.ignored(reason if environment else f"not ours: {what}; {reason}", environment)
    kind, severity, turn = meaning
    facts = {
        "event": text(envelope.detail, "EventID"),
        "message": text(envelope.detail, "Message"),
    }
    return envelope.told(Seen(kind, severity, turn, DATABASE, "rds", facts), environment, what)


def read_other(envelope: Envelope) -> Ignored:
    """Proxies, snapshots, parameter groups: a gateway has none that would tell by itself."""
    kind = text(envelope.detail, "SourceType").lower().replace("_", " ") or "something of RDS"
    return envelope.ignored(f"of no concern: a {kind}, {text(envelope.detail, 'Message')}".rstrip(", "))


def _meaning(detail: Mapping[str, object]) -> Meaning | None:
    number = text(detail, "EventID").rpartition("-")[2]
    if number in BY_NUMBER:
        return BY_NUMBER[number]
    categories = under(detail, "EventCategories")
    told = [one for one in categories if isinstance(one, str)] if isinstance(categories, list) else []
    words = [word.strip() for one in told for word in one.lower().split(",")]  # "maintenance, failure"
    return next((meaning for word, meaning in BY_CATEGORY.items() if word in words), None)


def _environment(name: str) -> str | None:
    environment = environment_in(name)
    return environment if name == f"stargate-{environment}" else None
