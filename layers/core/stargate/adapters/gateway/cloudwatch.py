"""What CloudWatch knows of a gateway: the minutes of a service, and the state of its alarms."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.domain.drills.alarms import Rang
from stargate.domain.operating.facts import AlarmState, Minute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from stargate.domain.environment import Environment

MINUTE = 60
MOST_NAMES = 100  # that DescribeAlarms takes at once
# Query id, which is also the field of Minute, to metric and statistic.
OF_TARGETS = {
    "tasks": ("HealthyHostCount", "Average"),
    "requests": ("RequestCount", "Sum"),
    "response_seconds": ("TargetResponseTime", "Average"),
}


class CloudWatchMetrics:
    def minutes(
        self, environment: Environment, outputs: Mapping[str, str], service: str, since: float, until: float
    ) -> tuple[Minute, ...]:
        last = until - until % MINUTE  # a minute that has not ended would show too little
        if since >= last:
            return ()
        with named("GetMetricData"):
            answer = client("cloudwatch", environment.region).get_metric_data(
                MetricDataQueries=list(_queries(f"stargate-{environment.name}", outputs, service)),
                StartTime=since - since % MINUTE,
                EndTime=last,
                ScanBy="TimestampAscending",
            )
        found: dict[float, dict[str, float]] = {}
        for result in answer["MetricDataResults"]:
            for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
                found.setdefault(moment.timestamp(), {})[result["Id"]] = value
        return tuple(Minute(at, **found[at]) for at in sorted(found))


class CloudWatchAlarms:
    def states(self, regions: Sequence[str], names: Sequence[str]) -> dict[str, AlarmState]:
        found: dict[str, AlarmState] = {}
        for region, start in product(regions, range(0, len(names), MOST_NAMES)):
            found.update(_described(region, AlarmNames=list(names[start : start + MOST_NAMES])))
        return found

    def ringing(self, region: str, prefix: str) -> dict[str, AlarmState]:
        return _described(region, AlarmNamePrefix=prefix, StateValue="ALARM")


class CloudWatchAlarmHistory:
    def rang(self, regions: Sequence[str], prefix: str, since: float) -> tuple[Rang, ...]:
        found = (
            Rang(one["AlarmName"].removeprefix(prefix), one["Timestamp"].timestamp())
            for region in regions
            for one in _history(region, since)
            if one["AlarmName"].startswith(prefix) and _new_state(one) == "ALARM"
        )
        return tuple(sorted(found, key=lambda one: one.at))


def _history(region: str, since: float) -> Iterator[Mapping[str, Any]]:
    pages = client("cloudwatch", region).get_paginator("describe_alarm_history")
    asked: dict[str, Any] = {
        "HistoryItemType": "StateUpdate",
        "StartDate": since,
        "ScanBy": "TimestampAscending",
    }
    with named("DescribeAlarmHistory"):
        for page in pages.paginate(**asked):
            yield from page["AlarmHistoryItems"]


def _new_state(item: Mapping[str, Any]) -> str:
    return str(json.loads(item["HistoryData"])["newState"]["stateValue"])


def _described(region: str, **asked: Any) -> dict[str, AlarmState]:
    pages = client("cloudwatch", region).get_paginator("describe_alarms")
    with named("DescribeAlarms"):
        return {
            alarm["AlarmName"]: AlarmState(alarm["StateValue"], _turned_at(alarm))
            for page in pages.paginate(AlarmTypes=["MetricAlarm"], MaxRecords=MOST_NAMES, **asked)
            for alarm in page["MetricAlarms"]
        }


def _turned_at(alarm: Mapping[str, Any]) -> float:
    """When its value changed; StateUpdatedTimestamp moves with every change of the reason, too."""
    moment: datetime = alarm.get("StateTransitionedTimestamp") or alarm["StateUpdatedTimestamp"]
    return moment.timestamp()


def _queries(cluster: str, outputs: Mapping[str, str], service: str) -> Iterator[dict[str, Any]]:
    own = {"ClusterName": cluster, "ServiceName": service}
    yield _query("cpu", "AWS/ECS", "CPUUtilization", "Average", own)
    balancer, targets = outputs.get("BalancerFullName"), outputs.get(_full_name_output(service))
    if balancer and targets:
        dimensions = {"LoadBalancer": balancer, "TargetGroup": targets}
        for identifier, (metric, statistic) in OF_TARGETS.items():
            yield _query(identifier, "AWS/ApplicationELB", metric, statistic, dimensions)


def _full_name_output(service: str) -> str:
    """The output of the stack `balancer` with the dimension that CloudWatch knows the target group by."""
    return "".join(word.capitalize() for word in service.split("-")) + "TargetGroupFullName"


def _query(
    identifier: str, namespace: str, metric: str, statistic: str, dimensions: Mapping[str, str]
) -> dict[str, Any]:
    listed = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {
        "Id": identifier,
        "MetricStat": {
            "Metric": {"Namespace": namespace, "MetricName": metric, "Dimensions": listed},
            "Period": MINUTE,
            "Stat": statistic,
        },
    }
