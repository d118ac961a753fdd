"""The front door, as CloudFront sees it."""

from __future__ import annotations

from stargate.adapters.aws import client
from stargate.domain.gateway.graph import GLOBAL_REGION


def distribution(distribution_id: str) -> tuple[str, bool]:
    answer = client("cloudfront", GLOBAL_REGION).get_distribution(Id=distribution_id)["Distribution"]
    return answer["Status"], bool(answer["DistributionConfig"]["Enabled"])
