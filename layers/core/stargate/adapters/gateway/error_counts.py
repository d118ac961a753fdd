"""How many requests failed, hour by hour, as the load balancer counted them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.domain.drills.budget import WINDOW_SECONDS, Hour

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.environment import Environment

HOUR = 3600
# Query id to the metric, and whether it is counted per target group. What found no target is no request.
COUNTED = {
    "requests": ("RequestCount", True),
    "failed": ("HTTPCode_Target_5XX_Count", True),
    "refused": ("HTTPCode_ELB_5XX_Count", False),
}


class BalancerErrorCounts:
    def hours(self, environment: Environment, outputs: Mapping[str, str], until: float) -> tuple[Hour, ...]:
        balancer, targets = outputs.get("BalancerFullName"), outputs.get("LitellmTargetGroupFullName")
        if not balancer or not targets:
            return ()
        asked: dict[str, Any] = {
            "MetricDataQueries": list(_queries(balancer, targets)),
            "StartTime": until - until % HOUR - WINDOW_SECONDS,
            "EndTime": until,
        }
        found: dict[float, dict[str, float]] = {}
        pages = client("cloudwatch", environment.region).get_paginator("get_metric_data").paginate(**asked)
        with named("GetMetricData"):
            for result in (one for page in pages for one in page["MetricDataResults"]):
                for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
                    found.setdefault(moment.timestamp(), {})[result["Id"]] = value
        return tuple(_hour(found[at]) for at in sorted(found))


def _hour(counts: Mapping[str, float]) -> Hour:
    refused = counts.get("refused", 0.0)
    return Hour(counts.get("requests", 0.0) + refused, counts.get("failed", 0.0) + refused)


def _queries(balancer: str, targets: str) -> Iterator[dict[str, Any]]:
    for identifier, (metric, of_targets) in COUNTED.items():
        dimensions = [{"Name": "LoadBalancer", "Value": balancer}]
        if of_targets:
            dimensions.append({"Name": "TargetGroup", "Value": targets})
        yield {
            "Id": identifier,
            "MetricStat": {
                "Metric": {"Namespace": "AWS/ApplicationELB", "MetricName": metric, "Dimensions": dimensions},
                "Period": HOUR,
                "Stat": "Sum",
            },
        }
