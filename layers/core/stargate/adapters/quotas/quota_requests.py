"""More of a quota, asked of Service Quotas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import QuotaFacts

if TYPE_CHECKING:
    from collections.abc import Iterator

UNANSWERED = frozenset({"PENDING", "CASE_OPENED"})
UNKNOWN = "NoSuchResourceException"


class ServiceQuotaRequests:
    def describe(self, region: str, service: str, name: str) -> QuotaFacts | None:
        found = next((one for one in _quotas(region, service) if one["QuotaName"] == name), None)
        if found is None:
            return None
        return QuotaFacts(
            service=service,
            code=found["QuotaCode"],
            name=name,
            value=float(found["Value"]),
            adjustable=bool(found.get("Adjustable")),
            asked=_asked(region, service, found["QuotaCode"]),
        )

    def ask(self, region: str, service: str, code: str, value: float) -> None:
        with refused("RequestServiceQuotaIncrease"):
            try:
                client("service-quotas", region).request_service_quota_increase(
                    ServiceCode=service, QuotaCode=code, DesiredValue=value
                )
            except ClientError as error:
                if code_of(error) != "ResourceAlreadyExistsException":  # a request that is not answered yet
                    raise


def _quotas(region: str, service: str) -> Iterator[dict[str, Any]]:
    try:
        with named("ListServiceQuotas"):
            for page in (
                client("service-quotas", region)
                .get_paginator("list_service_quotas")
                .paginate(ServiceCode=service)
            ):
                yield from page["Quotas"]
    except ClientError as error:
        if code_of(error) != UNKNOWN:
            raise


def _asked(region: str, service: str, code: str) -> float | None:
    pages = client("service-quotas", region).get_paginator(
        "list_requested_service_quota_change_history_by_quota"
    )
    with named("ListRequestedServiceQuotaChangeHistoryByQuota"):
        asked = [
            one["DesiredValue"]
            for page in pages.paginate(ServiceCode=service, QuotaCode=code)
            for one in page["RequestedQuotas"]
            if one["Status"] in UNANSWERED
        ]
    return max(asked, default=None)
