"""An alarm as PutMetricAlarm declares it, DescribeAlarms shows it, and the engine needs it. Pure."""

from __future__ import annotations

import uuid
import zlib
from dataclasses import dataclass
from typing import Any, TypeAlias

from local.services.cloudwatch.evaluation import COMPARISONS, FILLED, Rule
from local.services.cloudwatch.metric_math import ExpressionError
from local.services.cloudwatch.parameters import PHASES
from local.services.cloudwatch.queries import Queries, Query
from local.services.cloudwatch.statistics import is_statistic
from local.services.cloudwatch.store import MINUTE, Metric, Window

Document: TypeAlias = dict[str, Any]

TEXTS = ("AlarmDescription", "MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Unit")
LISTS = ("OKActions", "AlarmActions", "InsufficientDataActions")
SINGLE = "single"  # the id of the only query of an alarm on one metric


class InvalidAlarmError(ValueError):
    """What PutMetricAlarm refuses as a ValidationError."""


@dataclass(frozen=True)
class Watch:
    """What the engine evaluates: the query that is returned, judged by the rule, at its own second."""

    queries: Queries
    watched: Query
    rule: Rule
    phase: float

    def statistic(self) -> str:
        """The statistic of an alarm on one metric, else nothing."""
        return self.watched.stat if self.watched.name == SINGLE else ""


def document_of(request: Document, known: Document | None, arn: str, now: float) -> Document:
    """The alarm as it is kept and described. A known alarm keeps its state. Raises InvalidAlarmError."""
    if request.get("Threshold") is None:
        raise InvalidAlarmError("Threshold is required; anomaly detection is not to be had here")
    document = {
        "AlarmName": request["AlarmName"],
        "AlarmArn": arn,
        **{name: request[name] for name in TEXTS if request.get(name)},
        **_measured(request),
        "EvaluationPeriods": int(request.get("EvaluationPeriods") or 0),
        "Threshold": float(request["Threshold"]),
        "ComparisonOperator": request.get("ComparisonOperator", ""),
        "TreatMissingData": request.get("TreatMissingData") or "missing",
        "ActionsEnabled": str(request.get("ActionsEnabled", True)).lower() != "false",
        **{name: list(request.get(name) or []) for name in LISTS},
        "AlarmConfigurationUpdatedTimestamp": now,
        **(_state(known) if known else _unchecked(now)),
    }
    if request.get("DatapointsToAlarm"):
        document["DatapointsToAlarm"] = int(request["DatapointsToAlarm"])
    watch_of(document)
    return document


def _measured(request: Document) -> Document:
    if request.get("Metrics"):
        return {"Metrics": [_typed(query) for query in request["Metrics"]]}
    return {"Dimensions": list(request.get("Dimensions") or []), "Period": int(request.get("Period") or 0)}


def _typed(query: Document) -> Document:
    typed = {**query, "ReturnData": str(query.get("ReturnData", True)).lower() != "false"}
    if "MetricStat" in query:
        stat = query["MetricStat"]
        typed["MetricStat"] = {**stat, "Period": int(stat["Period"])}
    if "Period" in query:
        typed["Period"] = int(query["Period"])
    return typed


def _state(known: Document) -> Document:
    return {name: value for name, value in known.items() if name.startswith("State")}


def _unchecked(now: float) -> Document:
    return {
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Unchecked: Initial alarm creation",
        "StateUpdatedTimestamp": now,
        "StateTransitionedTimestamp": now,
    }


def watch_of(document: Document) -> Watch:
    """Raises InvalidAlarmError for what CloudWatch refuses."""
    try:
        queries = queries_of(document)
        watched = _only_returned(queries)
        queries.values(watched.name, Window(0, MINUTE, 1, 0.0), _nothing)
    except (ExpressionError, KeyError) as fault:
        raise InvalidAlarmError(f"Invalid metrics list: {fault}") from fault
    for query in queries.every:
        if query.metric and not is_statistic(query.stat):
            raise InvalidAlarmError(f"The statistic {query.stat!r} is not known")
    phase = zlib.crc32(document["AlarmArn"].encode()) % int(PHASES * 1000) / 1000
    return Watch(queries, watched, _rule(document, queries.period()), phase)


def _only_returned(queries: Queries) -> Query:
    returned = queries.returned()
    if len(returned) != 1:
        raise ExpressionError("exactly one metric or expression returns data")
    return returned[0]


def _nothing(_metric: Metric, _stat: str, window: Window) -> tuple[None, ...]:
    """Reads no datapoint: enough to see whether an expression makes a time series."""
    return (None,) * window.count


def _rule(document: Document, period: int) -> Rule:
    periods = document["EvaluationPeriods"]
    to_alarm = document.get("DatapointsToAlarm") or periods
    missing = document["TreatMissingData"]
    if document["ComparisonOperator"] not in COMPARISONS:
        raise InvalidAlarmError(f"The comparison {document['ComparisonOperator']!r} is not known here")
    if not 1 <= to_alarm <= periods:
        raise InvalidAlarmError("DatapointsToAlarm must be between 1 and EvaluationPeriods")
    if period not in (10, 20, 30) and period % 60:
        raise InvalidAlarmError("Period must be 10, 20, 30 or a multiple of 60")
    if missing not in (*FILLED, "missing", "ignore"):
        raise InvalidAlarmError(f"TreatMissingData {missing!r} is not known")
    return Rule(document["ComparisonOperator"], document["Threshold"], period, periods, to_alarm, missing)


def queries_of(document: Document) -> Queries:
    """The queries of the alarm; of one on a single metric, that metric as the only one."""
    return Queries.of(document.get("Metrics") or [_single_query(document)])


def _single_query(document: Document) -> Document:
    return {"Id": SINGLE, "ReturnData": True, "MetricStat": _stat(document)}


def _stat(document: Document) -> Document:
    metric = {name: document.get(name) for name in ("Namespace", "MetricName", "Dimensions")}
    stat = document.get("ExtendedStatistic") or document.get("Statistic") or ""
    return {"Metric": metric, "Period": document.get("Period") or 0, "Stat": stat}


def configuration_of(document: Document) -> Document:
    """The alarm's configuration as CloudWatch's events have it."""
    described = {"description": document["AlarmDescription"]} if document.get("AlarmDescription") else {}
    queries = document.get("Metrics") or [{**_single_query(document), "Id": _query_id(document)}]
    return {**described, "metrics": [_told(query, document.get("Unit")) for query in queries]}


def _query_id(document: Document) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, document["AlarmArn"]))


def _told(query: Document, unit: str | None) -> Document:
    told: Document = {"id": query["Id"]}
    if "MetricStat" in query:
        told["metricStat"] = _told_stat(query["MetricStat"], unit)
    for name in ("Expression", "Label", "Period"):
        if query.get(name):
            told[name.lower()] = query[name]
    return {**told, "returnData": query["ReturnData"]}


def _told_stat(stat: Document, unit: str | None) -> Document:
    metric = stat["Metric"]
    dimensions = {one["Name"]: one["Value"] for one in metric.get("Dimensions") or []}
    return {
        "metric": {
            "namespace": metric["Namespace"],
            "name": metric["MetricName"],
            "dimensions": dimensions,
        },
        "period": stat["Period"],
        "stat": stat["Stat"],
        **({"unit": unit or stat.get("Unit")} if unit or stat.get("Unit") else {}),
    }
