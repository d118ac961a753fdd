"""What an environment used in a stretch of time, as CloudWatch has it: in the regions where its parts are.

A measure without any datapoint is left out: whether that means nothing or not known is for the domain to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.domain.costs.actuals.metering import LOG_BYTES, SERVICES
from stargate.domain.gateway.graph import GLOBAL_REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stargate.domain.costs.actuals.month import Interval
    from stargate.domain.environment import Environment

    Outputs = Mapping[str, str]

MINUTE, FIVE_MINUTES = 60, 300
MINUTES_KEPT = 15 * 86400.0  # CloudWatch keeps datapoints of a minute so long, then those of five
HOUR = Decimal(3600)


@dataclass(frozen=True)
class Measure:
    """One series, and what becomes of its datapoints. Series of the same name add up.

    `reading` is their `sum`, their mean `level`, the `hours` of a count, or those in which there were any.
    """

    name: str
    region: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    reading: str = "sum"


STATISTICS = {"sum": "Sum", "level": "Average", "hours": "Average", "presence": "SampleCount"}
TOKEN_METRICS = {
    "input": ("InputTokenCount",),
    "output": ("OutputTokenCount",),
    # Documented by one name and published by another, it seems: one of the two has no datapoints.
    "cache_read": ("CacheReadInputTokens", "CacheReadInputTokenCount"),
    "cache_write": ("CacheWriteInputTokens", "CacheWriteInputTokenCount"),
}
MODELS = ("haiku", "sonnet", "opus")


class CloudWatchUsage:
    def measure(self, environment: Environment, outputs: Outputs, interval: Interval) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        by_region: dict[str, list[Measure]] = {}
        for measure in measures_of(environment, outputs):
            by_region.setdefault(measure.region, []).append(measure)
        for region, measures in by_region.items():
            for measure, values, period in _read(region, measures, interval):
                value = _value(measure, values, period)
                found[measure.name] = found.get(measure.name, Decimal(0)) + value
        return found


def measures_of(environment: Environment, outputs: Outputs) -> Iterator[Measure]:
    """Of all that stands: a part whose output is not there yet has no name to be asked by."""
    home = environment.region
    yield from _of_services(environment)
    database = {"DBInstanceIdentifier": environment.database}
    yield Measure("database_hours", home, "AWS/RDS", "CPUUtilization", database, "presence")
    for model in MODELS:
        yield from _of_model(environment.region_of("models"), model, outputs.get(f"{model.title()}ProfileId"))
    if balancer := outputs.get("BalancerFullName"):
        dimensions = {"LoadBalancer": balancer}
        yield Measure("balancer_lcu_hours", home, "AWS/ApplicationELB", "ConsumedLCUs", dimensions)
    if distribution := outputs.get("DistributionId"):
        yield from _of_edge(distribution)
    for gateway in filter(None, outputs.get("NatGatewayIds", "").split(",")):
        for metric in ("BytesInFromSource", "BytesInFromDestination"):
            yield Measure("nat_bytes", home, "AWS/NATGateway", metric, {"NatGatewayId": gateway})
    if files := outputs.get("FileSystemId"):
        yield from _of_files(home, files)
    yield from _of_logs(environment)
    if function := outputs.get("ObserverFunctionName"):
        for name, metric in (("observer_calls", "Invocations"), ("observer_milliseconds", "Duration")):
            yield Measure(name, home, "AWS/Lambda", metric, {"FunctionName": function})


def _of_services(environment: Environment) -> Iterator[Measure]:
    for service in SERVICES:
        dimensions = {"ClusterName": environment.cluster, "ServiceName": service}
        namespace = "ECS/ContainerInsights"
        name = f"{service}_task_hours"
        yield Measure(name, environment.region, namespace, "RunningTaskCount", dimensions, "hours")


def _of_model(region: str, model: str, profile: str | None) -> Iterator[Measure]:
    if profile is None:
        return
    dimensions = {"ModelId": profile}
    yield Measure("calls", region, "AWS/Bedrock", "Invocations", dimensions)
    for part, metrics in TOKEN_METRICS.items():
        for metric in metrics:
            yield Measure(f"{model}_{part}", region, "AWS/Bedrock", metric, dimensions)


def _of_edge(distribution: str) -> Iterator[Measure]:
    dimensions = {"DistributionId": distribution, "Region": "Global"}
    metrics = {
        "cdn_requests": "Requests",
        "cdn_bytes": "BytesDownloaded",
        "cdn_upload_bytes": "BytesUploaded",
    }
    for name, metric in metrics.items():
        yield Measure(name, GLOBAL_REGION, "AWS/CloudFront", metric, dimensions)


def _of_files(region: str, files: str) -> Iterator[Measure]:
    dimensions = {"FileSystemId": files}
    stored = {**dimensions, "StorageClass": "Total"}
    yield Measure("file_bytes", region, "AWS/EFS", "StorageBytes", stored, "level")
    yield Measure("file_read_bytes", region, "AWS/EFS", "DataReadIOBytes", dimensions)
    yield Measure("file_write_bytes", region, "AWS/EFS", "DataWriteIOBytes", dimensions)


def _of_logs(environment: Environment) -> Iterator[Measure]:
    name = environment.name
    steps = [step.name for step in environment.graph.steps]
    groups = [f"/stargate/{name}/{one}" for one in (*SERVICES, "observer", *steps)]
    for group in (*groups, f"/aws/rds/instance/{environment.database}/postgresql"):
        short = group.rpartition("/")[2]
        dimensions = {"LogGroupName": group}
        yield Measure(f"{LOG_BYTES}{short}", environment.region, "AWS/Logs", "IncomingBytes", dimensions)


def _read(
    region: str, measures: list[Measure], interval: Interval
) -> Iterator[tuple[Measure, list[float], int]]:
    """Each measure that has datapoints in the interval, with these and with their period."""
    cloudwatch = client("cloudwatch", region)
    period = MINUTE if interval.until - interval.since <= MINUTES_KEPT else FIVE_MINUTES
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(number, measure, period) for number, measure in enumerate(measures)],
        StartTime=interval.since,
        EndTime=interval.until,
        ScanBy="TimestampAscending",
    )
    with named("GetMetricData"):
        results = [result for page in pages for result in page["MetricDataResults"]]
    for number, values in _joined(results).items():
        if values:
            yield measures[number], values, period


def _joined(results: Iterable[Mapping[str, Any]]) -> dict[int, list[float]]:
    """A series may come in several pages."""
    found: dict[int, list[float]] = {}
    for result in results:
        found.setdefault(int(result["Id"].removeprefix("m")), []).extend(result["Values"])
    return found


def _query(number: int, measure: Measure, period: int) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in measure.dimensions.items()]
    metric = {"Namespace": measure.namespace, "MetricName": measure.metric, "Dimensions": dimensions}
    stat = {"Metric": metric, "Period": period, "Stat": STATISTICS[measure.reading]}
    return {"Id": f"m{number}", "MetricStat": stat}


def _value(measure: Measure, values: list[float], period: int) -> Decimal:
    exact = [Decimal(repr(value)) for value in values]
    if measure.reading == "hours":
        return sum(exact, Decimal(0)) * period / HOUR
    if measure.reading == "presence":
        return len(exact) * period / HOUR
    if measure.reading == "level":
        return sum(exact, Decimal(0)) / len(exact)
    return sum(exact, Decimal(0))
