"""Alarms on metric math: kept and described as they were declared."""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
plain_record = provisioners._cw_metric_alarm_record


def record(name: str, properties: Properties) -> dict[str, Any]:
    """MiniStack's record, which knows one metric only; of `Metrics`, it is given the first that is one."""
    queries = properties.get("Metrics")
    if not queries:
        return dict(plain_record(name, properties))
    stat = next((query["MetricStat"] for query in queries if query.get("MetricStat")), None)
    if stat is None:
        raise ValueError("Metrics must have at least one metric that is no expression")
    single = {key: value for key, value in properties.items() if key != "Metrics"}
    single |= {
        "MetricName": stat["Metric"]["MetricName"],
        "Namespace": stat["Metric"]["Namespace"],
        "Dimensions": stat["Metric"].get("Dimensions", []),
        "Statistic": stat["Stat"],
        "Period": stat["Period"],
    }
    return {**plain_record(name, single), "Metrics": queries}


provisioners._cw_metric_alarm_record = record

HANDLERS: dict[str, dict[str, Any]] = {}
TAGGED = ()
