"""CloudWatch that judges: metrics by their dimensions, and alarms as AWS evaluates them.

MiniStack keeps alarms, pages them, tags them and knows composite alarms; metrics, metric math, evaluation,
history, actions and events are ours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from local.services.cloudwatch import own_metrics, transitions
from local.services.cloudwatch.engine import Engine
from local.services.cloudwatch.gateways import follow
from local.services.cloudwatch.operations import Operations
from local.services.cloudwatch.store import Metric
from local.services.cloudwatch.wire import RefusedError, served

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.clock import Clock

__all__ = ["Engine", "Metric", "RefusedError", "follow", "install"]


def install(clock: Clock) -> Engine:
    engine = Engine(clock)
    operations = Operations(engine)
    _serve(operations)
    _silence()
    cloudwatch._transition_composite = transitions.telling(cloudwatch._transition_composite)
    own_metrics.install(engine)
    provisioners._cw_metric_alarm_put = _declaring(operations)
    return engine


def _serve(ours: Operations) -> None:
    cloudwatch._put_metric_data = served("PutMetricData", ours.put_metric_data)
    cloudwatch._get_metric_data = served("GetMetricData", ours.get_metric_data)
    cloudwatch._get_metric_statistics = served("GetMetricStatistics", ours.get_metric_statistics)
    cloudwatch._list_metrics = served("ListMetrics", ours.list_metrics)
    cloudwatch._put_metric_alarm = served("PutMetricAlarm", ours.put_metric_alarm)
    cloudwatch._describe_alarms_for_metric = served(
        "DescribeAlarmsForMetric", ours.describe_alarms_for_metric
    )
    cloudwatch._set_alarm_state = served("SetAlarmState", ours.set_alarm_state)


def _silence() -> None:
    """MiniStack's own evaluation, its history and its actions: the engine has better ones."""
    cloudwatch._evaluate_alarm = _nothing
    cloudwatch._record_history = _nothing
    cloudwatch._dispatch_alarm_actions = _nothing


def _nothing(*_given: Any) -> None:
    pass


def _declaring(operations: Operations) -> Callable[..., Any]:
    """An alarm of a template, on one metric or on an expression, made or changed."""

    def put(name: str, properties: dict[str, Any]) -> tuple[str, dict[str, str]]:
        try:
            operations.put_metric_alarm({**properties, "AlarmName": name, "Tags": []})
        except RefusedError as refused:
            raise ValueError(str(refused)) from refused
        cloudwatch.cloudformation_set_metric_alarm_tags(name, properties.get("Tags") or [])
        return name, {"Arn": cloudwatch._alarms[name]["AlarmArn"]}

    return put
