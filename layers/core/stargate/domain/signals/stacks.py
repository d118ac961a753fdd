"""CloudFormation: stacks that failed or changed, and drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

DELETED = "DELETE_COMPLETE"
# A change that was taken back leaves what was there before: no harm to users, and a matter for the morning.
TAKEN_BACK = frozenset(
    {"UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"}
)


def read_stack(envelope: Envelope) -> Signal | Ignored:
    status = text(envelope.detail, "status-details", "status")
    if status == DELETED:
        return _told(envelope, "stack-deleted", Severity.CRITICAL, Turn.TELLS)
    if status in TAKEN_BACK:
        return _told(envelope, "stack-failed", Severity.WARNING, Turn.OPENS)
    if "FAILED" in status or "ROLLBACK" in status:
        return _told(envelope, "stack-failed", Severity.CRITICAL, Turn.OPENS)
    if status.endswith("_COMPLETE"):
        return _told(envelope, "stack-changed", Severity.INFO, Turn.CLOSES)
    return envelope.ignored(f"under way: the stack is {status or 'in no state'}", _owner(envelope))


def read_resource(envelope: Envelope) -> Signal | Ignored:
    """A resource that fails takes its stack with it, and the stack's own event tells of both."""
    status = text(envelope.detail, "status-details", "status")
    return envelope.ignored(f"told by its stack: a resource is {status or 'in no state'}", _owner(envelope))


def read_drift(envelope: Envelope) -> Signal | Ignored:
    found = text(envelope.detail, "status-details", "stack-drift-status")
    if found == "DRIFTED":
        return _told(envelope, "drift-detected", Severity.WARNING, Turn.OPENS)
    if found == "IN_SYNC":
        return _told(envelope, "drift-over", Severity.INFO, Turn.CLOSES)
    return envelope.ignored(f"no result: drift is {found or 'not known'}", _owner(envelope))


def _told(envelope: Envelope, kind: str, severity: Severity, turn: Turn) -> Signal | Ignored:
    owner, name = _owner(envelope), _name(envelope)
    part = name.removeprefix(f"stargate-{owner}-") if owner else name
    seen = Seen(kind, severity, turn, part, "cloudformation", _facts(envelope.detail))
    return envelope.told(seen, owner, f"the stack {name}")


def _facts(detail: Mapping[str, object]) -> dict[str, str]:
    found = {
        "status": text(detail, "status-details", "status"),
        "drift": text(detail, "status-details", "stack-drift-status"),
        "reason": text(detail, "status-details", "status-reason"),
    }
    return {name: value for name, value in found.items() if value}


def _name(envelope: Envelope) -> str:
    """`arn:…:stack/<name>/<id>`."""
    named = text(envelope.detail, "stack-id") or next(iter(envelope.resources), "")
    return named.partition(":stack/")[2].partition("/")[0] or named


def _owner(envelope: Envelope) -> str | None:
    name = _name(envelope)
    environment = environment_in(name)
    return environment if environment and name.startswith(f"stargate-{environment}-") else None
