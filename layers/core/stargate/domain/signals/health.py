"""AWS Health: issues, scheduled changes and notifications, for the services and regions that gateways are in.

An event that names entities is about those; one that names none is about everybody in its region. The
region it was delivered in is not the one it is about: that is `eventRegion`. The same news comes several
times (to a second region as a copy, entity by entity in pages), each with an id of its own: what is one is
told by `communicationId` and page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from stargate.domain.gateway.tags import ENVIRONMENT_TAG
from stargate.domain.signals.envelope import EVERY, environment_in, text, under
from stargate.domain.signals.quotas import breach
from stargate.domain.signals.scope import is_in_use
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.signals.envelope import Envelope

IN_USE = frozenset(
    {"ACM", "APIGATEWAY", "APPLICATION_AUTOSCALING", "BACKUP", "BEDROCK", "CLOUDFORMATION", "CLOUDFRONT"}
    | {"CLOUDMAP", "CLOUDWATCH", "DYNAMODB", "EC2", "ECR", "ECS", "EFS", "ELASTICFILESYSTEM"}
    | {"ELASTICLOADBALANCING", "EVENTS", "FARGATE", "IAM", "INTERNETCONNECTIVITY", "KMS", "LAMBDA"}
    | {"MULTIPLE_SERVICES", "NATGATEWAY", "RDS", "ROUTE53", "S3", "SECRETSMANAGER", "SERVICEDISCOVERY"}
    | {"SNS", "SQS", "STATES", "STEPFUNCTIONS", "STS", "VPC", "WAF"}
)
OF_THE_ACCOUNT = frozenset({"RISK", "ABUSE", "BILLING", "ACCOUNT"})
RETIREMENTS = ("TASK_PATCHING_RETIREMENT", "FARGATE_TASK_RETIREMENT", "TASK_RETIREMENT")
QUOTA_BREACH = "AWS_SERVICEQUOTAS_THRESHOLD_BREACH"
NAME = re.compile(r"stargate-[a-z][a-z0-9]{1,15}(?![a-z0-9])")
# AWS writes that it is over before it sets the status.
OVER = re.compile(r"\[RESOLVED\]|current severity level:\s*operating normally", re.IGNORECASE)
ZONE = re.compile(r"\b(?:[a-z]{3,4}\d-az\d|[a-z]{2}(?:-[a-z]+)+-\d[a-f])\b")


def read_health(envelope: Envelope) -> tuple[Signal | Ignored, ...]:
    """One for each environment that is named, or one for all."""
    detail = envelope.detail
    region = text(detail, "eventRegion") or envelope.region
    told = replace(envelope, region=region, event_id=_identity(envelope), at=_at(envelope))
    service = text(detail, "service").upper()
    if text(detail, "eventTypeCode") == QUOTA_BREACH:
        return (_of_all(told, breach(_entities(told)), "a quota"),)
    seen = _seen(told, service)
    if owners := _owners(told, seen):
        return tuple(told.told(one, owner, "") for owner, one in owners)
    if service in OF_THE_ACCOUNT:
        return (told.told(seen, EVERY, ""),)
    if service not in IN_USE:
        reason = f"of no concern: a gateway has nothing of {service or 'no service'}"
        return (told.ignored(reason, seen=seen),)
    if any(_entities(told)) and text(detail, "eventScopeCode") != "PUBLIC":
        return (told.told(seen, None, f"what AWS Health names of {service}"),)
    return (_of_all(told, seen, f"AWS Health on {service}"),)


def _owners(envelope: Envelope, seen: Seen) -> list[tuple[str, Seen]]:
    """Each environment that is named; what retires is a service's, so each service of each environment."""
    named = {found for entity in _entities(envelope) for found in _named(entity)}
    if seen.kind != "task-retirement":
        return [(owner, seen) for owner in sorted({owner for owner, _ in named})]
    return [(owner, replace(seen, subject=service or seen.subject)) for owner, service in sorted(named)]


def _of_all(envelope: Envelope, seen: Seen, what: str) -> Signal | Ignored:
    if not is_in_use(envelope.region):
        return envelope.ignored(f"of no concern: {what} in {envelope.region}, where no gateway is", seen=seen)
    return envelope.told(seen, EVERY, "")


def _identity(envelope: Envelope) -> str:
    communication = text(envelope.detail, "communicationId")
    if not communication:
        return envelope.event_id
    return f"{communication} page {text(envelope.detail, 'page') or '1'}"


def _at(envelope: Envelope) -> float:
    """The same for each copy: when the news was written, not when it was delivered."""
    written = text(envelope.detail, "lastUpdatedTime") or text(envelope.detail, "startTime")
    try:
        at = parsedate_to_datetime(written).timestamp()
    except (ValueError, OverflowError):
        return envelope.at
    return min(at, envelope.at) if at > 0 else envelope.at


def _seen(envelope: Envelope, service: str) -> Seen:
    detail, said = envelope.detail, _description(envelope.detail)
    code = text(detail, "eventTypeCode")
    kind, severity, turn = _meaning(text(detail, "eventTypeCategory"), code, service)
    over = text(detail, "statusCode").lower() == "closed" or bool(OVER.search(said))
    if over and turn is Turn.OPENS:
        turn = Turn.CLOSES
    facts = {
        "code": code,
        "starts": text(detail, "startTime"),
        "ends": text(detail, "endTime"),
        "says": said,
        "zones": sorted(set(ZONE.findall(" ".join([said, text(detail, "availabilityZone")])))),
        "entities": sorted(set(_entities(envelope)))[:20],
        "arn": text(detail, "eventArn"),
    }
    told = {name: value for name, value in facts.items() if value}
    return Seen(kind, severity, turn, service.lower() or "aws", text(detail, "eventArn") or code, told)


def _meaning(category: str, code: str, service: str) -> tuple[str, Severity, Turn]:
    if service in {"RISK", "ABUSE"}:
        return "security-risk", Severity.CRITICAL, Turn.OPENS
    if any(word in code for word in RETIREMENTS):
        return "task-retirement", Severity.WARNING, Turn.OPENS
    if category == "issue":
        return "health-issue", Severity.CRITICAL, Turn.OPENS
    if category == "investigation":  # AWS looks whether there is an issue at all
        return "health-issue", Severity.WARNING, Turn.OPENS
    if category == "scheduledChange":
        return "health-scheduled-change", Severity.WARNING, Turn.TELLS
    return "health-notice", Severity.INFO, Turn.TELLS


def _entities(envelope: Envelope) -> Iterator[str]:
    yield from envelope.resources
    listed = under(envelope.detail, "affectedEntities")
    for entity in listed if isinstance(listed, list) else ():
        if value := text(entity, "entityValue"):
            yield value
        if name := text(entity, "tags", ENVIRONMENT_TAG):
            yield f"stargate-{name}"


def _named(entity: str) -> Iterator[tuple[str, str]]:
    """Environment and service, "" where none is told: ECS names what retires `<cluster>|<service>`."""
    for name in NAME.findall(entity):
        environment = environment_in(name)
        cluster, bar, service = entity.partition("|")
        told = bar and cluster.endswith(f"stargate-{environment}")
        if environment:
            yield environment, service if told else ""


def _description(detail: Mapping[str, object]) -> str:
    listed = under(detail, "eventDescription")
    texts = [text(one, "latestDescription") for one in listed] if isinstance(listed, list) else []
    return next((one for one in texts if one), "")
