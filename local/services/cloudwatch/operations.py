"""CloudWatch's operations on metrics and metric alarms, as documents to documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch

from local.services.cloudwatch import history, transitions
from local.services.cloudwatch.alarms import InvalidAlarmError, document_of
from local.services.cloudwatch.evaluation import moment
from local.services.cloudwatch.metric_math import ExpressionError
from local.services.cloudwatch.queries import Queries, Query, metric_of
from local.services.cloudwatch.statistics import BASIC, Samples, is_statistic, of_set, of_values, statistic
from local.services.cloudwatch.store import MINUTE, Metric, Window
from local.services.cloudwatch.wire import RefusedError

if TYPE_CHECKING:
    from local.services.cloudwatch.engine import Engine

Document: TypeAlias = dict[str, Any]

MOST_DATAPOINTS = 100_800
LISTED_AT_ONCE = 500
STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")


@dataclass(frozen=True)
class Operations:
    engine: Engine

    def put_metric_data(self, request: Document) -> Document:
        namespace = request.get("Namespace", "")
        if not namespace or namespace.startswith("AWS/"):
            raise RefusedError(
                "InvalidParameterValue", f"The value {namespace} for parameter Namespace is invalid."
            )
        for datum in request.get("MetricData") or []:
            metric = metric_of({**datum, "Namespace": namespace})
            at = epoch(datum.get("Timestamp")) or self.engine.clock.now()
            step = 1 if int(datum.get("StorageResolution") or MINUTE) == 1 else MINUTE
            self.engine.store().put(metric, at, samples_of(datum), datum.get("Unit") or "None", step)
        return {}

    def get_metric_data(self, request: Document) -> Document:
        try:
            queries = Queries.of(request.get("MetricDataQueries") or [])
            results = [self._result(queries, query, request) for query in queries.returned()]
        except (ExpressionError, KeyError) as fault:
            raise RefusedError("ValidationError", f"Error in expression: {fault}") from fault
        return {"MetricDataResults": results, "Messages": []}

    def _result(self, queries: Queries, query: Query, request: Document) -> Document:
        window = window_of(request, query.period or queries.period(), self.engine.clock.now())
        values = queries.values(query.name, window, self.engine.store().read)
        points = [(at, v) for at, v in zip(window.moments(), values, strict=True) if v is not None]
        if request.get("ScanBy") != "TimestampAscending":
            points.reverse()
        return {
            "Id": query.name,
            "Label": query.label,
            "Timestamps": [at for at, _ in points],
            "Values": [value for _, value in points],
            "StatusCode": "Complete",
        }

    def get_metric_statistics(self, request: Document) -> Document:
        wanted = [*(request.get("Statistics") or []), *(request.get("ExtendedStatistics") or [])]
        if not wanted or not all(is_statistic(name) for name in wanted):
            raise RefusedError(
                "InvalidParameterCombination",
                "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
            )
        metric, store = metric_of(request), self.engine.store()
        window = window_of(request, int(request.get("Period") or MINUTE), self.engine.clock.now())
        found = zip(window.moments(), store.samples(metric, window), strict=True)
        unit = store.unit(metric)
        points = [shown(at, samples, wanted, unit) for at, samples in found if samples is not None]
        return {"Label": metric.name, "Datapoints": points}

    def list_metrics(self, request: Document) -> Document:
        found = sorted(
            (metric for metric in self.engine.store().metrics() if wants(request, metric)),
            key=lambda metric: (metric.namespace, metric.name, metric.dimensions),
        )
        start = int(request.get("NextToken") or 0)
        end = start + LISTED_AT_ONCE
        following = {"NextToken": str(end)} if end < len(found) else {}
        return {"Metrics": [listed(metric) for metric in found[start:end]], **following}

    def put_metric_alarm(self, request: Document) -> Document:
        name = request.get("AlarmName") or ""
        if not name:
            raise RefusedError("ValidationError", "AlarmName is required")
        arn = f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"
        known, now = cloudwatch._alarms.get(name), self.engine.clock.now()
        try:
            alarm = document_of(request, known, arn, now)
        except InvalidAlarmError as fault:
            raise RefusedError("ValidationError", str(fault)) from fault
        cloudwatch._alarms[name] = alarm
        if known is None and request.get("Tags"):
            cloudwatch._resource_tags[arn] = {tag["Key"]: tag["Value"] for tag in request["Tags"]}
        history.note_configuration(alarm, "Update" if known else "Create", now)
        self.engine.watch(alarm)
        return {}

    def describe_alarms_for_metric(self, request: Document) -> Document:
        """Alarms on that one metric; those on expressions over it are left out, as on AWS."""
        metric = metric_of(request)
        told = {
            name: request[name] for name in ("Statistic", "ExtendedStatistic", "Unit") if request.get(name)
        }
        if request.get("Period"):
            told["Period"] = int(request["Period"])
        return {
            "MetricAlarms": [
                alarm
                for alarm in cloudwatch._alarms.values()
                if "Metrics" not in alarm
                and metric_of(alarm) == metric
                and all(alarm.get(name) == value for name, value in told.items())
            ]
        }

    def set_alarm_state(self, request: Document) -> Document:
        """Until the next evaluation judges again; of a composite alarm, until one below it changes."""
        name = request.get("AlarmName", "")
        alarm = cloudwatch._alarms.get(name) or cloudwatch._composite_alarms.get(name)
        if alarm is None:
            raise RefusedError("ResourceNotFound", f"Alarm {name} not found", 404)
        state, now = request.get("StateValue", ""), self.engine.clock.now()
        if state not in STATES:
            raise RefusedError("ValidationError", f"StateValue {state!r} is not one of {', '.join(STATES)}")
        reason, data = request.get("StateReason", ""), request.get("StateReasonData") or ""
        if alarm["StateValue"] != state:
            transitions.change_state(alarm, state, reason, data, now)
        else:
            alarm |= {"StateReason": reason, "StateUpdatedTimestamp": now}
        return {}


def epoch(value: Any) -> float:
    """A moment in any protocol: seconds, a text of ISO 8601 or a datetime; 0 where there is none."""
    if isinstance(value, str) and not value.replace(".", "", 1).isdigit():
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return value.timestamp()
    return float(value or 0)


def window_of(request: Document, period: int, now: float) -> Window:
    """The whole periods that the time asked for touches."""
    start, end = epoch(request.get("StartTime")), epoch(request.get("EndTime"))
    first = int(start // period * period)
    count = int(-(-(end - first) // period))
    if end <= start or count > MOST_DATAPOINTS:
        raise RefusedError(
            "ValidationError",
            f"from {moment(start)} to {moment(end)} is no time of {period} seconds' periods",
        )
    return Window(first, period, count, now)


def samples_of(datum: Document) -> Samples:
    """The samples of one MetricDatum: a value, values with counts, or a statistic set."""
    given = datum.get("StatisticValues")
    if given:
        return of_set(*(float(given[name]) for name in ("SampleCount", "Sum", "Minimum", "Maximum")))
    values = [float(value) for value in datum.get("Values") or [datum.get("Value") or 0]]
    counts = [float(count) for count in datum.get("Counts") or [1.0] * len(values)]
    if len(counts) != len(values):
        raise RefusedError("InvalidParameterValue", "Values and Counts must be of the same length.")
    return of_values(zip(values, counts, strict=True))


def shown(at: int, samples: Samples, wanted: list[str], unit: str) -> Document:
    values = {name: statistic(samples, name) for name in wanted}
    known = {name: value for name, value in values.items() if value is not None}
    extended = {name: value for name, value in known.items() if name not in BASIC}
    return {
        "Timestamp": at,
        **{name: value for name, value in known.items() if name in BASIC},
        **({"ExtendedStatistics": extended} if extended else {}),
        "Unit": unit,
    }


def wants(request: Document, metric: Metric) -> bool:
    dimensions = dict(metric.dimensions)
    return (
        request.get("Namespace") in (None, "", metric.namespace)
        and request.get("MetricName") in (None, "", metric.name)
        and all(
            wanted["Name"] in dimensions and wanted.get("Value") in (None, "", dimensions[wanted["Name"]])
            for wanted in request.get("Dimensions") or []
        )
    )


def listed(metric: Metric) -> Document:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
