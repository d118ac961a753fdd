"""CloudFormation: stacks that failed or changed, and drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from stargate.domain.signals.envelope import Envelope


def read_stack(envelope: Envelope) -> Signal | Ignored:
    status = text(envelope.detail, "status-details", "status")
    reason = text(envelope.detail, "status-details", "status-reason")
    if "FAILED" in status or "ROLLBACK" in status:
        return _told(envelope, "stack-failed", Severity.CRITICAL, Turn.OPENS, status, reason)
    if status.endswith("_COMPLETE"):
        return _told(envelope, "stack-changed", Severity.INFO, Turn.CLOSES, status, reason)
    return envelope.ignored(f"under way: the stack is {status or 'in no state'}", _owner(envelope))


def read_resource(envelope: Envelope) -> Signal | Ignored:
    """A resource that fails takes its stack with it, and the stack's own event tells of both."""
    status = text(envelope.detail, "status-details", "status")
    return envelope.ignored(f"told by its stack: a resource is {status or 'in no state'}", _owner(envelope))


def read_drift(envelope: Envelope) -> Signal | Ignored:
    found = text(envelope.detail, "status-details", "stack-drift-status")
    if found == "DRIFTED":
        return _told(envelope, "drift-detected", Severity.WARNING, Turn.OPENS, found, "")
    if found == "IN_SYNC":
        return _told(envelope, "drift-over", Severity.INFO, Turn.CLOSES, found, "")
    return envelope.ignored(f"no result: drift is {found or 'not known'}", _owner(envelope))


def _told(
    envelope: Envelope, kind: str, severity: Severity, turn: Turn, status: str, reason: str
) -> Signal | Ignored:
    owner, name = _owner(envelope), _name(envelope)
    part = name.removeprefix(f"stargate-{owner}-") if owner else name
    facts = {"status": status, **({"reason": reason} if reason else {})}
    return envelope.told(
        Seen(kind, severity, turn, part, "cloudformation", facts), owner, f"the stack {name}"
    )


def _name(envelope: Envelope) -> str:
    """`arn:…:stack/<name>/<id>`."""
    named = text(envelope.detail, "stack-id") or next(iter(envelope.resources), "")
    return named.partition(":stack/")[2].partition("/")[0] or named


def _owner(envelope: Envelope) -> str | None:
    name = _name(envelope)
    environment = environment_in(name)
    return environment if environment and name.startswith(f"stargate-{environment}-") else None
