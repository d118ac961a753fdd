"""Bedrock's quotas and their use, as Service Quotas and CloudWatch have them, and as we publish them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named
from stargate.domain.scaling.model_quotas import SERVICE
from stargate.domain.scaling.quota_watch import Limit, UseMinute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stargate.domain.scaling.model_quotas import KnownQuota, ModelQuota
    from stargate.domain.scaling.quota_watch import Watched

MINUTE = 60
MOST_QUERIES = 500  # of one GetMetricData
NAMESPACE = "Stargate/Quota"
UNKNOWN = "NoSuchResourceException"
ASKED_OF_ALL = {"requests": "Invocations", "throttles": "InvocationThrottles"}
ASKED_OF_USED = {
    "input_tokens": "InputTokenCount",
    "output_tokens": "OutputTokenCount",
    "cache_write_tokens": "CacheWriteInputTokens",
    "quota_tokens": "EstimatedTPMQuotaUsage",
}


class ServiceQuotasOfModels:
    """By code; by name where Service Quotas knows no such code."""

    def granted(self, region: str, quotas: Sequence[ModelQuota]) -> dict[str, Limit]:
        by_name: dict[str, float] = {}
        found = {}
        for quota in quotas:
            tokens, requests = (_value(region, one, by_name) for one in (quota.tokens, quota.requests))
            if tokens is not None and requests is not None:
                found[quota.key] = Limit(tokens, requests, "Service Quotas")
        return found


def _value(region: str, quota: KnownQuota, by_name: dict[str, float]) -> float | None:
    try:
        with named("GetServiceQuota"):
            answer = client("service-quotas", region).get_service_quota(
                ServiceCode=SERVICE, QuotaCode=quota.code
            )
        return float(answer["Quota"]["Value"])
    except ClientError as error:
        if code_of(error) != UNKNOWN:
            raise
    if not by_name:
        by_name.update({one["QuotaName"]: float(one["Value"]) for one in _listed(region)})
    return by_name.get(quota.name)


def _listed(region: str) -> Iterator[dict[str, Any]]:
    pages = client("service-quotas", region).get_paginator("list_service_quotas")
    with named("ListServiceQuotas"):
        for page in pages.paginate(ServiceCode=SERVICE):
            yield from page["Quotas"]


class BedrockUse:
    """CloudWatch takes a price for each metric that is asked for: of what nobody calls two are enough."""

    def minutes(
        self, region: str, model_ids: Sequence[str], since: float, until: float
    ) -> dict[str, tuple[UseMinute, ...]]:
        found = _measured(region, model_ids, ASKED_OF_ALL, since, until)
        called = [model_id for model_id in model_ids if model_id in found]
        for model_id, minutes in _measured(region, called, ASKED_OF_USED, since, until).items():
            for at, values in minutes.items():
                found[model_id].setdefault(at, {}).update(values)
        return {
            model_id: tuple(UseMinute(at, **minutes[at]) for at in sorted(minutes))
            for model_id, minutes in found.items()
        }


def _measured(
    region: str, model_ids: Sequence[str], measures: Mapping[str, str], since: float, until: float
) -> dict[str, dict[float, dict[str, float]]]:
    """By model and moment, what CloudWatch tells of each measure; models without anything are left out."""
    queries = [
        _query(f"m{place}_{measure}", model_id, metric)
        for place, model_id in enumerate(model_ids)
        for measure, metric in measures.items()
    ]
    found: dict[str, dict[float, dict[str, float]]] = {}
    for result in _results(region, queries, since, until):
        place, _, measure = str(result["Id"]).removeprefix("m").partition("_")
        for moment, value in zip(result["Timestamps"], result["Values"], strict=True):
            minutes = found.setdefault(model_ids[int(place)], {})
            minutes.setdefault(moment.timestamp(), {})[measure] = float(value)
    return found


def _results(
    region: str, queries: Sequence[dict[str, Any]], since: float, until: float
) -> Iterator[dict[str, Any]]:
    for first in range(0, len(queries), MOST_QUERIES):
        with named("GetMetricData"):
            answer = client("cloudwatch", region).get_metric_data(
                MetricDataQueries=queries[first : first + MOST_QUERIES],
                StartTime=datetime.fromtimestamp(since, UTC),
                EndTime=datetime.fromtimestamp(until, UTC),
                ScanBy="TimestampAscending",
            )
        yield from answer["MetricDataResults"]


def _query(identifier: str, model_id: str, metric: str) -> dict[str, Any]:
    return {
        "Id": identifier,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/Bedrock",
                "MetricName": metric,
                "Dimensions": [{"Name": "ModelId", "Value": model_id}],
            },
            "Period": MINUTE,
            "Stat": "Sum",
        },
    }


class PublishedQuotas:
    """Those of models that somebody calls: a metric is paid for by the hours in which it is told."""

    def publish(self, region: str, watched: Sequence[Watched], at: float) -> None:
        moment = datetime.fromtimestamp(at, UTC)
        data = [datum for one in watched if one.shares for datum in _data(one, moment)]
        if not data:
            return
        with named("PutMetricData"):
            client("cloudwatch", region).put_metric_data(Namespace=NAMESPACE, MetricData=data)


def _data(one: Watched, at: datetime) -> Iterator[dict[str, Any]]:
    """Of the quota, and the part of it that each environment has used."""
    figures: Mapping[str, float | None] = {
        "UsedPercent": one.percent,
        "TokensUsed": one.tokens,
        "TokensHeld": one.held,
        "TokensLimit": one.limit.tokens,
        "TokensHeadroom": one.headroom_tokens,
        "RequestsUsed": one.requests,
        "RequestsLimit": one.limit.requests,
        "RequestsHeadroom": one.headroom_requests,
        "Throttles": one.throttles,
        "MinutesLeft": one.minutes_left,
    }
    for name, value in figures.items():
        if value is not None:
            yield _datum(name, value, at, {"Model": one.key})
    for environment, share in one.shares.items():
        yield _datum("SharePercent", 100.0 * share, at, {"Model": one.key, "Environment": environment})


def _datum(name: str, value: float, at: datetime, dimensions: Mapping[str, str]) -> dict[str, Any]:
    listed = [{"Name": key, "Value": text} for key, text in dimensions.items()]
    return {"MetricName": name, "Value": value, "Timestamp": at, "Dimensions": listed}
