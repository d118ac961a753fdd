"""Metric data queries: metrics and the expressions over them, as GetMetricData and alarms ask them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from local.services.cloudwatch import metric_math
from local.services.cloudwatch.metric_math import ExpressionError, Scope, Series
from local.services.cloudwatch.store import MINUTE, Metric, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Document: TypeAlias = dict[str, Any]
Reader: TypeAlias = "Callable[[Metric, str, Window], Series]"


@dataclass(frozen=True)
class Query:
    """Either `metric` with `stat`, or `expression`; `returned` says whether the caller wants its data."""

    name: str
    metric: Metric | None
    stat: str
    expression: str
    label: str
    returned: bool
    period: int


def of_document(document: Mapping[str, Any]) -> Query:
    """A query as PutMetricAlarm and GetMetricData have it: numbers and booleans may be text."""
    stat = document.get("MetricStat")
    metric = metric_of(stat["Metric"]) if stat else None
    name = str(document["Id"])
    label = document.get("Label") or (metric.name if metric else name)
    returned = str(document.get("ReturnData", True)).lower() != "false"
    period = int(stat["Period"]) if stat else int(document.get("Period") or 0)
    wanted = str(stat["Stat"]) if stat else ""
    return Query(name, metric, wanted, str(document.get("Expression") or ""), str(label), returned, period)


def metric_of(document: Mapping[str, Any]) -> Metric:
    """A metric of a document with Namespace, MetricName and Dimensions."""
    dimensions = {one["Name"]: one["Value"] for one in document.get("Dimensions") or []}
    return Metric.of(document.get("Namespace", ""), document.get("MetricName", ""), dimensions)


@dataclass(frozen=True)
class Queries:
    every: tuple[Query, ...]
    _by_name: dict[str, Query] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {query.name: query for query in self.every})
        if len(self._by_name) < len(self.every):
            raise ExpressionError("the ids of the queries are not unique")
        for query in self.every:
            self._check(query, ())

    @classmethod
    def of(cls, documents: Sequence[Mapping[str, Any]]) -> Queries:
        return cls(tuple(of_document(document) for document in documents))

    def __getitem__(self, name: str) -> Query:
        return self._by_name[name]

    def returned(self) -> tuple[Query, ...]:
        return tuple(query for query in self.every if query.returned)

    def period(self) -> int:
        """The period of all: AWS lets an alarm's metrics have but one."""
        return max((query.period for query in self.every), default=0) or MINUTE

    def values(self, name: str, window: Window, read: Reader) -> Series:
        """The series of one query over a window. Raises ExpressionError."""
        return self._values(self[name], window, read, {})

    def _values(self, query: Query, window: Window, read: Reader, known: dict[str, Series]) -> Series:
        if query.name not in known:
            known[query.name] = (
                read(query.metric, query.stat, window)
                if query.metric
                else self._evaluated(query, window, read, known)
            )
        return known[query.name]

    def _evaluated(self, query: Query, window: Window, read: Reader, known: dict[str, Series]) -> Series:
        metrics = tuple(other.name for other in self.every if other.metric)
        needed = set(metrics) if "METRICS" in query.expression else set()
        needed |= metric_math.names(query.expression) & self._by_name.keys()
        series = {name: self._values(self[name], window, read, known) for name in needed}
        return metric_math.evaluate(query.expression, Scope(series, metrics, window.period, window.count))

    def _check(self, query: Query, above: tuple[str, ...]) -> None:
        """An expression must be sound, name what is there, and not itself by way of others."""
        if query.metric:
            return
        if query.name in above:
            raise ExpressionError(f"{query.name} is defined by itself")
        for name in metric_math.names(query.expression):
            if name not in self._by_name:
                raise ExpressionError(f"no metric or expression has the id {name!r}")
            self._check(self[name], (*above, query.name))
