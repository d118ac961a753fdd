"""AWS Health: issues, scheduled changes and notifications, for the services that a gateway is made of.

An event that names entities is about those; one that names none is about everybody in its region. The
region it was delivered in is not the one it is about: that is `eventRegion`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, environment_in, text, under
from stargate.domain.signals.quotas import breach
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.signals.envelope import Envelope

IN_USE = frozenset(
    {
        "ACM",
        "EC2",
        "APPLICATION_AUTOSCALING",
        "AUTOSCALING",
        "BACKUP",
        "BEDROCK",
        "CLOUDFORMATION",
        "CLOUDFRONT",
    }
    | {"CLOUDWATCH", "DYNAMODB", "ECS", "ELASTICFILESYSTEM", "EFS", "ELASTICLOADBALANCING", "EVENTS"}
    | {"FARGATE", "IAM", "KMS", "LAMBDA", "NATGATEWAY", "RDS", "ROUTE53", "S3", "SECRETSMANAGER", "SNS"}
    | {"SQS", "STATES", "STEPFUNCTIONS", "VPC", "WAF", "INTERNETCONNECTIVITY", "MULTIPLE_SERVICES"}
)
OF_THE_ACCOUNT = frozenset({"RISK", "ABUSE", "BILLING", "ACCOUNT"})
RETIREMENTS = ("TASK_PATCHING_RETIREMENT", "FARGATE_TASK_RETIREMENT", "TASK_RETIREMENT")
QUOTA_BREACH = "AWS_SERVICEQUOTAS_THRESHOLD_BREACH"
NAME = re.compile(r"stargate-[a-z][a-z0-9]{1,15}(?![a-z0-9])")


def read_health(envelope: Envelope) -> Signal | Ignored:
    detail = envelope.detail
    code, service = text(detail, "eventTypeCode"), text(detail, "service").upper()
    if code == QUOTA_BREACH:
        return envelope.told(breach(_entities(envelope)), EVERY, "")
    seen = _seen(detail, code, service)
    owners = sorted({name for entity in _entities(envelope) for name in _environments(entity)})
    regional = replace(envelope, region=text(detail, "eventRegion") or envelope.region)
    if owners:
        return regional.told(seen, owners[0], "")
    if service in OF_THE_ACCOUNT:
        return regional.told(seen, EVERY, "")
    if service not in IN_USE:
        return regional.ignored(
            f"of no concern: a gateway has nothing of {service or 'no service'}", seen=seen
        )
    if any(_entities(envelope)) and text(detail, "eventScopeCode") != "PUBLIC":
        return regional.told(seen, None, f"what AWS Health names of {service}")
    return regional.told(seen, EVERY, "")


def _seen(detail: Mapping[str, object], code: str, service: str) -> Seen:
    category = text(detail, "eventTypeCategory")
    over = text(detail, "statusCode").lower() == "closed"
    kind, severity, turn = _meaning(category, code, service)
    if over and turn is Turn.OPENS:
        turn = Turn.CLOSES
    facts = {
        "code": code,
        "starts": text(detail, "startTime"),
        "ends": text(detail, "endTime"),
        "says": _description(detail),
        "arn": text(detail, "eventArn"),
    }
    told = {name: value for name, value in facts.items() if value}
    return Seen(kind, severity, turn, service.lower() or "aws", text(detail, "eventArn") or code, told)


def _meaning(category: str, code: str, service: str) -> tuple[str, Severity, Turn]:
    if service in {"RISK", "ABUSE"}:
        return "security-risk", Severity.CRITICAL, Turn.OPENS
    if any(word in code for word in RETIREMENTS):
        return "task-retirement", Severity.WARNING, Turn.TELLS
    if category == "issue":
        return "health-issue", Severity.CRITICAL, Turn.OPENS
    if category == "scheduledChange":
        return "health-scheduled-change", Severity.WARNING, Turn.TELLS
    return "health-notice", Severity.INFO, Turn.TELLS


def _entities(envelope: Envelope) -> Iterator[str]:
    yield from envelope.resources
    listed = under(envelope.detail, "affectedEntities")
    for entity in listed if isinstance(listed, list) else ():
        if value := text(entity, "entityValue"):
            yield value
        if name := text(entity, "tags", "stargate:environment"):
            yield f"stargate-{name}"


def _environments(entity: str) -> Iterator[str]:
    for name in NAME.findall(entity):
        if environment := environment_in(name):
            yield environment


def _description(detail: Mapping[str, object]) -> str:
    listed = under(detail, "eventDescription")
    texts = [text(one, "latestDescription") for one in listed] if isinstance(listed, list) else []
    return next((one for one in texts if one), "")
