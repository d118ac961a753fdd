"""Quota warnings, in the shapes in which they come: AWS Health, Trusted Advisor, a service event.

Always a share of the limit: a count alone says nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY, text, under
from stargate.domain.signals.signal import Ignored, Seen, Severity, Signal, Turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stargate.domain.signals.envelope import Envelope

WARNING_PERCENT, CRITICAL_PERCENT = 80.0, 95.0  # where Service Quotas itself warns
UTILIZATION = re.compile(r"Utilization:\s*([\d.]+)\s*%", re.IGNORECASE)
NAMED = re.compile(r"Service:\s*([^|]+?)\s*\|\s*Quota Name:\s*([^|]+?)\s*(?:\||$)", re.IGNORECASE)
LIMIT_CHECK = re.compile(r"service limits?|limit", re.IGNORECASE)
SEVERITY_OF_STATUS = {"WARN": Severity.WARNING, "ERROR": Severity.CRITICAL}


def breach(entities: Iterable[str]) -> Seen:
    """Of `Service: … | Quota Name: … | Utilization: 80.0%`; the fullest quota counts."""
    found = [(_percent(one), one) for one in entities]
    percent, fullest = max(found, default=(0.0, ""))
    named = NAMED.search(fullest)
    service, quota = named.groups() if named else ("", fullest)
    return _seen(service or "quotas", quota, percent)


def read_trusted_advisor(envelope: Envelope) -> Signal | Ignored:
    check, item = text(envelope.detail, "check-name"), under(envelope.detail, "check-item-detail")
    status = text(envelope.detail, "status")
    usage, limit = (_count(text(item, name)) for name in ("Current Usage", "Limit Amount"))
    if not text(item, "Limit Name") and not LIMIT_CHECK.search(check):
        return envelope.ignored(f"of no concern: Trusted Advisor's advice on {check or 'nothing'}")
    percent = 100.0 * usage / limit if usage is not None and limit else None
    if percent is not None and percent < WARNING_PERCENT and status not in SEVERITY_OF_STATUS:
        return envelope.ignored(f"of no concern: {check} stands at {percent:.0f} %")
    seen = _seen(text(item, "Service") or check, text(item, "Limit Name") or check, percent or 0.0, status)
    return envelope.told(seen, EVERY, "")


def read_service_event(envelope: Envelope) -> Signal | Ignored:
    """Service Quotas by CloudTrail: a request for more that changed its status, or a threshold passed."""
    record = envelope.detail
    found = under(record, "serviceEventDetails") or under(record, "additionalEventData") or record
    usage = _count(str(under(found, "utilization") or under(found, "utilizationPct") or ""))
    name = text(found, "quotaName") or text(found, "QuotaName") or text(record, "eventName")
    service = text(found, "serviceName") or text(found, "serviceCode") or "quotas"
    if usage is None and "threshold" not in text(record, "eventName").lower():
        seen = Seen("quota-changed", Severity.INFO, Turn.TELLS, service, "service-quotas", {"quota": name})
    else:
        seen = _seen(service, name, usage or 0.0)
    return envelope.told(seen, EVERY, "")


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
