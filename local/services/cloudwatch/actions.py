"""What an alarm does when it changes state: tell a topic, run a function, trigger a scaling policy.

Only policies are triggered again each minute that the alarm stays; topics and functions hear of changes.
"""

from __future__ import annotations

import functools
import json
import logging
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import botocore.session
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, sns

from local.services.cloudwatch.alarms import queries_of
from local.services.cloudwatch.evaluation import moment

if TYPE_CHECKING:
    from collections.abc import Callable

Document: TypeAlias = dict[str, Any]

ACTIONS = {
    "ALARM": "AlarmActions",
    "OK": "OKActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}
SCALING_POLICY = "autoscaling"
_log = logging.getLogger("stargate.cloudwatch")
_policies: list[Callable[[Ringing], None]] = []  # who performs scaling policies


@dataclass(frozen=True)
class Ringing:
    """What a scaling policy is told: which alarm triggered it, and the newest value that was judged."""

    policy_arn: str
    alarm: Document
    value: float | None
    at: float


def performs_policies(perform: Callable[[Ringing], None]) -> None:
    _policies[:] = [perform]


def perform(alarm: Document, change: Document) -> None:
    """All actions for the alarm's present state. `change` has the state and previousState of the event."""
    for arn in arns(alarm):
        service = arn.split(":")[2]
        if service == "sns":
            _tell_topic(arn, alarm, change)
        elif service == "lambda":
            _run_function(arn, alarm, change)
        elif service != SCALING_POLICY:
            _log.warning("%s: action %s is not performed here", alarm["AlarmName"], arn)


def trigger_policies(alarm: Document, value: float | None, at: float) -> None:
    for arn in arns(alarm):
        if arn.split(":")[2] == SCALING_POLICY:
            for trigger in _policies:
                trigger(Ringing(arn, alarm, value, at))


def arns(alarm: Document) -> list[str]:
    return list(alarm.get(ACTIONS[alarm["StateValue"]]) or []) if alarm.get("ActionsEnabled", True) else []


def _run_function(arn: str, alarm: Document, change: Document) -> None:
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if not function or not config:
        _log.warning("%s: function %s does not exist", alarm["AlarmName"], arn)
        return
    event = {
        "source": "aws.cloudwatch",
        "alarmArn": alarm["AlarmArn"],
        "accountId": get_account_id(),
        "time": change["state"]["timestamp"],
        "region": get_region(),
        "alarmData": change,
    }
    record = lambda_svc._execution_record_for_config(function, config)
    lambda_svc.invoke_async_with_retry(record, event)


def _tell_topic(arn: str, alarm: Document, change: Document) -> None:
    region = region_name(get_region())
    subject = f'{alarm["StateValue"]}: "{alarm["AlarmName"]}" in {region}'[:100]
    sns._fanout(arn, str(uuid.uuid4()), json.dumps(message(alarm, change, region)), subject)


def message(alarm: Document, change: Document, region: str) -> Document:
    """The notification that a topic's subscribers get."""
    return {
        "AlarmName": alarm["AlarmName"],
        "AlarmDescription": alarm.get("AlarmDescription") or None,
        "AWSAccountId": get_account_id(),
        "AlarmConfigurationUpdatedTimestamp": moment(alarm["AlarmConfigurationUpdatedTimestamp"]),
        "NewStateValue": change["state"]["value"],
        "NewStateReason": change["state"]["reason"],
        "StateChangeTime": change["state"]["timestamp"],
        "Region": region,
        "AlarmArn": alarm["AlarmArn"],
        "OldStateValue": change["previousState"]["value"],
        **{name: alarm.get(name, []) for name in ("OKActions", "AlarmActions", "InsufficientDataActions")},
        "Trigger": _composite(alarm) if "AlarmRule" in alarm else _trigger(alarm),
    }


def _composite(alarm: Document) -> Document:
    return {"AlarmRule": alarm["AlarmRule"]}


def _trigger(alarm: Document) -> Document:
    judged = {
        "EvaluationPeriods": alarm["EvaluationPeriods"],
        **({"DatapointsToAlarm": alarm["DatapointsToAlarm"]} if "DatapointsToAlarm" in alarm else {}),
        "ComparisonOperator": alarm["ComparisonOperator"],
        "Threshold": alarm["Threshold"],
        "TreatMissingData": alarm["TreatMissingData"],
        "EvaluateLowSampleCountPercentile": "",
    }
    if "Metrics" in alarm:
        period = queries_of(alarm).period()
        return {"Period": period, "Metrics": [_lowered(query) for query in alarm["Metrics"]], **judged}
    extended = alarm.get("ExtendedStatistic")
    return {
        "MetricName": alarm["MetricName"],
        "Namespace": alarm["Namespace"],
        "StatisticType": "ExtendedStatistic" if extended else "Statistic",
        "Statistic": extended or _constant(alarm["Statistic"]),
        "Unit": alarm.get("Unit"),
        "Dimensions": _dimensions(alarm),
        "Period": alarm["Period"],
        **judged,
    }


def _lowered(query: Document) -> Document:
    if "MetricStat" not in query:
        return query
    stat = query["MetricStat"]
    metric = {**stat["Metric"], "Dimensions": _dimensions(stat["Metric"])}
    return {**query, "MetricStat": {**stat, "Metric": metric}}


def _dimensions(metric: Document) -> list[dict[str, str]]:
    return [{"value": one["Value"], "name": one["Name"]} for one in metric.get("Dimensions") or []]


def _constant(statistic: str) -> str:
    return "SAMPLE_COUNT" if statistic == "SampleCount" else statistic.upper()


@functools.cache
def region_name(region: str) -> str:
    """What AWS calls the region in sentences, such as `US East (N. Virginia)`."""
    partitions = botocore.session.get_session().get_data("endpoints")["partitions"]
    regions: Document = partitions[0]["regions"]
    return str(regions.get(region, {}).get("description", region))
