"""CloudTrail's service events and calls: a secret that was rotated, a quota that was passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import environment_in, text
from stargate.domain.signals.quotas import read_service_event
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

SECRETS: Mapping[str, tuple[str, Severity, Turn]] = {
    "RotationSucceeded": ("secret-rotated", Severity.WARNING, Turn.TELLS),
    "PutSecretValue": ("secret-rotated", Severity.WARNING, Turn.TELLS),
    "UpdateSecret": ("secret-rotated", Severity.WARNING, Turn.TELLS),
    "RotationFailed": ("rotation-failed", Severity.CRITICAL, Turn.OPENS),
    "RotationAbandoned": ("rotation-failed", Severity.CRITICAL, Turn.OPENS),
    "DeleteSecret": ("secret-deleted", Severity.CRITICAL, Turn.TELLS),
    "StartSecretVersionDelete": ("secret-deleted", Severity.INFO, Turn.TELLS),
}
SECRETS_MANAGER, SERVICE_QUOTAS = "secretsmanager.amazonaws.com", "servicequotas.amazonaws.com"


def read_record(envelope: Envelope) -> Signal | Ignored:
    source, name = text(envelope.detail, "eventSource"), text(envelope.detail, "eventName")
    if source == SERVICE_QUOTAS:
        return read_service_event(envelope)
    if source == SECRETS_MANAGER and name in SECRETS:
        return _secret(envelope, name)
    return envelope.ignored(f"of no concern: {source or 'no service'} {name or 'without a name'}")


def _secret(envelope: Envelope, event: str) -> Signal | Ignored:
    """The secret is named by ARN or by name, in one of three places."""
    record = envelope.detail
    named = (
        text(record, "additionalEventData", "SecretId")
        or text(record, "requestParameters", "secretId")
        or text(record, "responseElements", "arn")
        or next(iter(envelope.resources), "")
    )
    name = named.rpartition(":secret:")[2] or named
    cluster, slash, secret = name.partition("/")
    environment = environment_in(cluster) if slash else None
    ours = environment if cluster == f"stargate-{environment}" else None
    kind, severity, turn = SECRETS[event]
    error = text(record, "errorMessage")
    seen = Seen(
        kind, severity, turn, _bare(secret or name), "secrets-manager", {"error": error} if error else {}
    )
    return envelope.told(seen, ours, f"the secret {_bare(name) or 'without a name'}")


def _bare(name: str) -> str:
    """Without the six random characters that an ARN adds."""
    stem, dash, suffix = name.rpartition("-")
    return stem if dash and len(suffix) == 6 else name
