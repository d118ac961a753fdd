"""Cost Explorer, which is asked in us-east-1 only, and takes a cent for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, message_of
from stargate.adapters.refusals import named
from stargate.domain.costs.actuals.bill import BESIDE
from stargate.domain.gateway.tags import ENVIRONMENT_TAG
from stargate.errors import AwsDeniedError, AwsThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

REGION = "us-east-1"
METRICS = ["UnblendedCost", "AmortizedCost", "UsageQuantity"]
NOT_USE = {"Dimensions": {"Key": "RECORD_TYPE", "Values": sorted(BESIDE)}}


class CostExplorer:
    def use(self, environment: str, since: date, until: date) -> list[dict[str, Any]]:
        """Answers by service and usage type, of each day before `until`; none where AWS has no data yet."""
        return _asked(since, until, {"And": [_of(environment), {"Not": NOT_USE}]}, "SERVICE", "USAGE_TYPE")

    def beside(self, environment: str, since: date, until: date) -> list[dict[str, Any]]:
        """Answers by record type and service of what is no use."""
        return _asked(since, until, {"And": [_of(environment), NOT_USE]}, "RECORD_TYPE", "SERVICE")

    def tag_is_active(self) -> bool | None:
        """Whether bills know environments by their tag; None if that may not be asked."""
        try:
            with named("ListCostAllocationTags"):
                ours = {"TagKeys": [ENVIRONMENT_TAG], "Type": "UserDefined"}
                found = client("ce", REGION).list_cost_allocation_tags(**ours)
        except (AwsDeniedError, ClientError):
            return None
        return any(one["Status"] == "Active" for one in found["CostAllocationTags"])


def _of(environment: str) -> dict[str, Any]:
    return {"Tags": {"Key": ENVIRONMENT_TAG, "Values": [environment], "MatchOptions": ["EQUALS"]}}


def _asked(since: date, until: date, wanted: dict[str, Any], *groups: str) -> list[dict[str, Any]]:
    return list(_pages(since, until, wanted, *groups))


def _pages(since: date, until: date, wanted: dict[str, Any], *groups: str) -> Iterator[dict[str, Any]]:
    """All of them: botocore has no paginator for it."""
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": since.isoformat(), "End": until.isoformat()},
        "Granularity": "DAILY",
        "Metrics": METRICS,
        "Filter": wanted,
        "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in groups],
    }
    while True:
        try:
            with named("GetCostAndUsage"):
                page = client("ce", REGION).get_cost_and_usage(**asked)
        except ClientError as error:
            if code_of(error) == "DataUnavailableException":
                return
            if code_of(error) == "LimitExceededException":  # its own word for a throttle
                raise AwsThrottledError(f"GetCostAndUsage: {message_of(error)}") from error
            raise
        yield page
        if not page.get("NextPageToken"):
            return
        asked["NextPageToken"] = page["NextPageToken"]
