"""Quota warnings, as AWS Health, Trusted Advisor, Service Quotas and Quota Monitor send them.

Always a share of the limit: a count alone says nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, text, under
from stargate.domain.signals.scope import is_in_use
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.signals.envelope import Envelope

WARNING_PERCENT, CRITICAL_PERCENT = 80.0, 95.0  # where Service Quotas itself warns
UTILIZATION = re.compile(r"Utilization:\s*([\d.]+)\s*%", re.IGNORECASE)
NAMED = re.compile(r"Service:\s*([^|]+?)\s*\|\s*Quota Name:\s*([^|]+?)\s*(?:\||$)", re.IGNORECASE)
LIMIT_CHECK = re.compile(r"service limits?", re.IGNORECASE)
EXPOSED = "exposed access keys"
SEVERITY_OF_STATUS = {"WARN": Severity.WARNING, "ERROR": Severity.CRITICAL}


def breach(entities: Iterable[str]) -> Seen:
    """Of `Service: … | Quota Name: … | Utilization: 80.0%`; the fullest quota counts."""
    found = [(_percent(one), one) for one in entities]
    percent, fullest = max(found, default=(0.0, ""))
    named = NAMED.search(fullest)
    service, quota = named.groups() if named else ("", fullest)
    return _seen(service or "quotas", quota, percent)


def read_trusted_advisor(envelope: Envelope) -> Signal | Ignored:
    """Trusted Advisor's checks of limits, and the one that finds the account's keys in public."""
    check, status = text(envelope.detail, "check-name"), text(envelope.detail, "status")
    item = under(envelope.detail, "check-item-detail")
    if check.lower() == EXPOSED and status in SEVERITY_OF_STATUS:
        return envelope.told(_exposed(item, text(envelope.detail, "uuid")), EVERY, "")
    limits = any(name in item for name in ("Limit Name", "Limit Amount")) if isinstance(item, dict) else False
    if not limits and not LIMIT_CHECK.search(check):
        return envelope.ignored(f"of no concern: Trusted Advisor's advice on {check or 'nothing'}")
    return _utilization(envelope, text(item, "Limit Name") or check)


def read_quota_monitor(envelope: Envelope) -> Signal | Ignored:
    """Of AWS's solution Quota Monitor, which writes Trusted Advisor's form."""
    item = under(envelope.detail, "check-item-detail")
    return _utilization(envelope, text(item, "Limit Name") or text(item, "Limit Code") or "a quota")


def _utilization(envelope: Envelope, quota: str) -> Signal | Ignored:
    item, status = under(envelope.detail, "check-item-detail"), text(envelope.detail, "status").upper()
    usage, limit = (_count(text(item, name)) for name in ("Current Usage", "Limit Amount"))
    percent = 100.0 * usage / limit if usage is not None and limit else 0.0
    region, service = text(item, "Region"), text(item, "Service") or quota
    seen = _seen(service, quota, percent, status)
    if status not in SEVERITY_OF_STATUS and percent < WARNING_PERCENT:
        measured = f" stands at {percent:.0f} %" if percent else f" is {status or 'without a status'}"
        return envelope.ignored(f"of no concern: {quota} of {service}{measured}")
    if region.count("-") >= 2 and not is_in_use(region):
        return envelope.ignored(f"of no concern: a quota in {region}, where no gateway is", seen=seen)
    return envelope.told(seen, EVERY, "")


def read_service_event(envelope: Envelope) -> Signal | Ignored:
    """Service Quotas by CloudTrail: a threshold passed, or a request for more that was made or has changed.

    `utilizationValue` is a count, whatever its name says; the threshold that was passed is the percentage.
    """
    record = envelope.detail
    found = under(record, "serviceEventDetails") or under(record, "additionalEventData") or {}
    asked = under(record, "responseElements", "requestedQuota") or under(record, "requestParameters")
    name = text(found, "quotaName") or text(asked, "quotaName") or text(found, "quotaCode")
    service = text(found, "serviceCode") or text(asked, "serviceCode") or text(found, "serviceName")
    threshold = _count(str(under(found, "breachingThreshold") or ""))
    if threshold is None and "threshold" not in text(record, "eventName").lower():
        told = {"quota": name, "event": text(record, "eventName")}
        facts = {fact: value for fact, value in told.items() if value}
        seen = Seen("quota-changed", Severity.INFO, Turn.TELLS, service or "quotas", "service-quotas", facts)
    else:
        seen = _seen(service or "quotas", name or text(record, "eventName"), threshold or 0.0)
    if not is_in_use(envelope.region):
        what = f"of no concern: a quota in {envelope.region}, where no gateway is"
        return envelope.ignored(what, seen=seen)
    return envelope.told(seen, EVERY, "")


def _exposed(item: object, source: str) -> Seen:
    facts = {"user": text(item, "User Name (IAM or Root)"), "where": text(item, "Location")}
    told = {name: value for name, value in facts.items() if value}
    return Seen("security-risk", Severity.CRITICAL, Turn.OPENS, "risk", source or EXPOSED, told)


def _seen(service: str, quota: str, percent: float, status: str = "") -> Seen:
    severity = Severity.CRITICAL if percent >= CRITICAL_PERCENT else Severity.WARNING
    facts = {"quota": quota, **({"percent": percent} if percent else {})}
    told = SEVERITY_OF_STATUS.get(status, severity)
    return Seen("quota-warning", told, Turn.OPENS, service.lower(), f"quota {service} {quota}", facts)


def _percent(entity: str) -> float:
    found = UTILIZATION.search(entity)
    return _count(found[1]) or 0.0 if found else 0.0


def _count(written: str) -> float | None:
    try:
        value = float(written.replace(",", "").rstrip("% "))
    except ValueError:
        return None
    return value if 0 <= value < 1e15 else None
