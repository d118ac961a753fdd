"""Alarms on metric math: kept and described as they were declared."""

from __future__ import annotations

from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]


def single_metric(properties: Properties) -> Properties:
    """MiniStack knows alarms on one metric only: of `Metrics`, it is given the first that is one."""
    queries = properties.get("Metrics") or []
    stat = next((query["MetricStat"] for query in queries if query.get("MetricStat")), None)
    if stat is None:
        return properties
    return {
        **{key: value for key, value in properties.items() if key != "Metrics"},
        "MetricName": stat["Metric"]["MetricName"],
        "Namespace": stat["Metric"]["Namespace"],
        "Dimensions": stat["Metric"].get("Dimensions", []),
        "Statistic": stat["Stat"],
        "Period": stat["Period"],
    }


def create_alarm(logical_id: str, properties: Properties, stack_name: str) -> Created:
    created = provisioners._cw_metric_alarm_create(logical_id, single_metric(properties), stack_name)
    return with_queries(created, properties)


def update_alarm(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> Created:
    updated = provisioners._cw_metric_alarm_update(
        name, single_metric(old), single_metric(new), stack_name, logical_id
    )
    return with_queries(updated, new)


def with_queries(made: Created, properties: Properties) -> Created:
    if properties.get("Metrics"):
        cloudwatch._alarms[made[0]]["Metrics"] = properties["Metrics"]
    return made


HANDLERS = {
    "AWS::CloudWatch::Alarm": {
        "create": create_alarm,
        "update": update_alarm,
        "update_with_logical_id": True,
    },
}
TAGGED = ()
