"""CloudTrail's service events and calls: a secret rotated, a quota passed, a model that refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, environment_in, text, under
from stargate.domain.signals.hooks import is_hooks_secret
from stargate.domain.signals.quotas import read_service_event
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.signals.envelope import Envelope

ROTATED = ("secret-rotated", Severity.WARNING, Turn.OPENS)
SECRETS: Mapping[str, tuple[str, Severity, Turn]] = {
    "RotationSucceeded": ROTATED,
    "PutSecretValue": ROTATED,
    "UpdateSecret": ROTATED,
    "UpdateSecretVersionStage": ROTATED,
    "RotationFailed": ("rotation-failed", Severity.CRITICAL, Turn.OPENS),
    "RotationAbandoned": ("rotation-failed", Severity.CRITICAL, Turn.OPENS),
    "DeleteSecret": ("secret-deleted", Severity.CRITICAL, Turn.OPENS),
    "RestoreSecret": ("secret-restored", Severity.INFO, Turn.CLOSES),
    "SecretVersionDeletion": ("secret-aged", Severity.INFO, Turn.TELLS),
    "StartSecretVersionDelete": ("secret-aged", Severity.INFO, Turn.TELLS),
}
CURRENT = "AWSCURRENT"
SECRETS_MANAGER, SERVICE_QUOTAS = "secretsmanager.amazonaws.com", "servicequotas.amazonaws.com"
BEDROCK = frozenset({"bedrock.amazonaws.com", "bedrock-runtime.amazonaws.com"})
THROTTLES = frozenset({"ThrottlingException", "ServiceQuotaExceededException", "TooManyRequestsException"})


def read_record(envelope: Envelope) -> Signal | Ignored:
    source, name = text(envelope.detail, "eventSource"), text(envelope.detail, "eventName")
    if source == SERVICE_QUOTAS:
        return read_service_event(envelope)
    if source == SECRETS_MANAGER and name in SECRETS:
        return _secret(envelope, name)
    if source in BEDROCK and text(envelope.detail, "errorCode") in THROTTLES:
        return _throttled(envelope)
    return envelope.ignored(f"of no concern: {source or 'no service'} {name or 'without a name'}")


def _throttled(envelope: Envelope) -> Signal | Ignored:
    model = text(envelope.detail, "requestParameters", "modelId").rpartition("/")[2]
    facts = {"model": model, "error": text(envelope.detail, "errorCode")}
    told = {name: value for name, value in facts.items() if value}
    seen = Seen("model-throttled", Severity.WARNING, Turn.OPENS, "bedrock", model or "bedrock", told)
    return envelope.told(seen, EVERY, "")


def _secret(envelope: Envelope, event: str) -> Signal | Ignored:
    name = _name(envelope)
    cluster, slash, secret = name.partition("/")
    environment = environment_in(cluster) if slash else None
    ours = environment if cluster == f"stargate-{environment}" else None
    what = f"the secret {name or 'without a name'}"
    if _is_pending(envelope.detail):
        told = "a new value is prepared, and not in use yet"
        return envelope.ignored(told if ours else f"not ours: {what}; {told}", ours)
    if ours and is_hooks_secret(name):
        return envelope.ignored("of a hook: its newest value is asked for with every delivery", ours)
    kind, severity, turn = SECRETS[event]
    failed = text(envelope.detail, "errorMessage")
    facts = {"error": failed} if failed else {}
    return envelope.told(Seen(kind, severity, turn, secret or name, "secrets-manager", facts), ours, what)


def _name(envelope: Envelope) -> str:
    """The secret is named by ARN or by name, in one of four places."""
    record = envelope.detail
    named = (
        text(record, "additionalEventData", "SecretId")
        or text(record, "requestParameters", "secretId")
        or text(record, "responseElements", "arn")
        or text(record, "responseElements", "aRN")
        or next(iter(envelope.resources), "")
    )
    _, arn, name = named.rpartition(":secret:")
    return _bare(name) if arn else name


def _is_pending(record: Mapping[str, object]) -> bool:
    """Whether a call puts a value, or moves a label, that is not the one in use."""
    asked = under(record, "requestParameters")
    stages = under(asked, "versionStages")
    moved = text(asked, "versionStage")
    return (isinstance(stages, list) and CURRENT not in stages) or moved not in {"", CURRENT}


def _bare(name: str) -> str:
    """Without the six random characters that an ARN adds."""
    stem, dash, suffix = name.rpartition("-")
    return stem if dash and len(suffix) == 6 else name
