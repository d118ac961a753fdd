"""The readings of running gateways become metrics, under the names of each environment's real resources.

The names are those that alarms in gateway/stacks use: cluster and service, the balancer's and the target
group's full names, the DB instance, and the inference profile's id as Bedrock's ModelId.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, bedrock, cloudfront, cloudwatch_logs, ec2, ecs, efs, rds

from local.gateways import registry
from local.services.cloudwatch.parameters import DELIVERY_SECONDS
from local.services.cloudwatch.statistics import Samples
from local.services.cloudwatch.store import MINUTE, Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.services.cloudwatch.engine import Engine
    from local.twin import Gateway, Reading
    from local.twin.fleet import Happening

Dimensions: TypeAlias = dict[str, str]

GLOBAL_REGION = "us-east-1"

ECS = {"cpu": "CPUUtilization", "memory": "MemoryUtilization"}
INSIGHTS = {"running_tasks": "RunningTaskCount", "pending_tasks": "PendingTaskCount"}
BALANCING = {
    "requests": "RequestCount",
    "response_seconds": "TargetResponseTime",
    "active_connections": "ActiveConnectionCount",
    "target_2xx": "HTTPCode_Target_2XX_Count",
    "target_4xx": "HTTPCode_Target_4XX_Count",
    "target_5xx": "HTTPCode_Target_5XX_Count",
    "elb_4xx": "HTTPCode_ELB_4XX_Count",
    "elb_5xx": "HTTPCode_ELB_5XX_Count",
    "elb_502": "HTTPCode_ELB_502_Count",
    "elb_503": "HTTPCode_ELB_503_Count",
    "unit_hours": "ConsumedLCUs",
    "healthy": "HealthyHostCount",
    "unhealthy": "UnHealthyHostCount",
}
RDS = {
    "cpu": "CPUUtilization",
    "connections": "DatabaseConnections",
    "free_storage_bytes": "FreeStorageSpace",
    "freeable_memory_bytes": "FreeableMemory",
    "read_iops": "ReadIOPS",
    "write_iops": "WriteIOPS",
}
BEDROCK = {
    "invocations": "Invocations",
    "throttles": "InvocationThrottles",
    "client_errors": "InvocationClientErrors",
    "server_errors": "InvocationServerErrors",
    "input_tokens": "InputTokenCount",
    "output_tokens": "OutputTokenCount",
    "latency_ms": "InvocationLatency",
    "first_token_ms": "TimeToFirstToken",
    "quota_tokens": "EstimatedTPMQuotaUsage",
}

EDGE = {"requests": "Requests", "bytes_up": "BytesUploaded", "bytes_down": "BytesDownloaded"}
NAT = {"bytes_from_source": "BytesInFromSource", "bytes_from_destination": "BytesInFromDestination"}
STORED, FILES = {"stored": "StorageBytes"}, {"read": "DataReadIOBytes", "written": "DataWriteIOBytes"}
LOGS = {"bytes": "IncomingBytes"}


@dataclass(frozen=True)
class Place:
    """What a subject is in CloudWatch. Bedrock may be another region's."""

    namespace: str
    names: dict[str, str]
    dimensions: Dimensions
    region: str


def follow(engine: Engine) -> None:
    """Take in what running gateways tell; to be called once the gateways are installed."""

    def take(cluster: str, _gateway: Gateway, _happenings: list[Happening], readings: list[Reading]) -> None:
        whole = [reading for reading in readings if reading.period == MINUTE]
        found: dict[str, list[Place]] = {}
        for reading in whole:
            if reading.subject not in found:
                found[reading.subject] = list(places(cluster, reading.subject))
            for place in found[reading.subject]:
                put(engine, place, reading)

    registry.on_advance(take)
    engine.before_evaluating(catch_up)


def catch_up(now: float) -> None:
    """See that what could be delivered by now is: a server that was held up must not make data go missing."""
    minute = (now - DELIVERY_SECONDS) // MINUTE * MINUTE
    for entry in registry.every():
        if entry.gateway is not None and entry.looked_at < minute:
            registry.advance(entry)


def put(engine: Engine, place: Place, reading: Reading) -> None:
    name = place.names.get(reading.measure)
    if name is None:
        return
    seen = reading.samples
    samples = Samples(seen.count, seen.total, seen.least, seen.most, seen.values)
    metric = Metric.of(place.namespace, name, place.dimensions)
    engine.stores[get_account_id(), place.region].put(metric, reading.at, samples)


def places(cluster: str, subject: str) -> Iterator[Place]:
    """Where the readings of a subject belong; nowhere while the resource does not exist."""
    kind, _, name = subject.partition(":")
    find = FINDERS.get(kind)
    if find is not None:
        yield from find(cluster, name)


def _service(cluster: str, name: str) -> Iterator[Place]:
    dimensions = {"ClusterName": cluster, "ServiceName": name}
    yield Place("AWS/ECS", ECS, dimensions, get_region())
    settings = (ecs._clusters.get(cluster) or {}).get("settings") or []
    if {"name": "containerInsights", "value": "enabled"} in settings:
        yield Place("ECS/ContainerInsights", INSIGHTS, dimensions, get_region())


def _balancer(cluster: str, _name: str) -> Iterator[Place]:
    for arn, balancer in alb._lbs.items():
        if {"Key": "Name", "Value": cluster} in (alb._tags.get(arn) or []):
            yield Place("AWS/ApplicationELB", BALANCING, _of_balancer(balancer), get_region())


def _of_balancer(balancer: dict[str, str]) -> Dimensions:
    return {"LoadBalancer": balancer["LoadBalancerArn"].split("loadbalancer/")[-1]}


def _targets(cluster: str, name: str) -> Iterator[Place]:
    service = ecs._services.get(f"{cluster}/{name}") or {}
    for attached in service.get("loadBalancers") or []:
        group = attached.get("targetGroupArn", "")
        for balancer in _balancer(cluster, ""):
            dimensions = {**balancer.dimensions, "TargetGroup": group.split(":")[-1]}
            yield Place(balancer.namespace, BALANCING, dimensions, balancer.region)


def _database(cluster: str, _name: str) -> Iterator[Place]:
    instance = rds._instances.get(cluster)
    if instance is not None and instance["DBInstanceStatus"] != "stopped":
        yield Place("AWS/RDS", RDS, {"DBInstanceIdentifier": cluster}, get_region())


def _model(cluster: str, name: str) -> Iterator[Place]:
    """The environment's profile of the model, in whatever region serves Bedrock."""
    for (account, region, profile), known in bedrock._inference_profiles_apps.all_items():
        if account == get_account_id() and known["InferenceProfileName"].startswith(
            f"{cluster}-claude-{name}"
        ):
            yield Place("AWS/Bedrock", BEDROCK, {"ModelId": profile}, region)


def _edge(cluster: str, _name: str) -> Iterator[Place]:
    """CloudFront publishes in one region, whichever its origin is in."""
    for name, distribution in cloudfront._distributions.items():
        if _is_of(cluster, cloudfront._tags.get(distribution.get("ARN"))):
            dimensions = {"DistributionId": name, "Region": "Global"}
            yield Place("AWS/CloudFront", EDGE, dimensions, GLOBAL_REGION)


def _nat(cluster: str, _name: str) -> Iterator[Place]:
    """Where there are several, all goes through the first: a zone has what goes out of it."""
    gateways = [name for name in ec2._nat_gateways if _is_of(cluster, ec2._tags.get(name))]
    for name in gateways[:1]:
        yield Place("AWS/NATGateway", NAT, {"NatGatewayId": name}, get_region())


def _files(cluster: str, _name: str) -> Iterator[Place]:
    for name, files in efs._file_systems.items():
        if _is_of(cluster, files.get("Tags")):
            dimensions = {"FileSystemId": name}
            stored = {**dimensions, "StorageClass": "Total"}
            yield Place("AWS/EFS", STORED, stored, get_region())
            yield Place(
                "AWS/EFS", {k: v for k, v in FILES.items() if k != "stored"}, dimensions, get_region()
            )


def _logs(cluster: str, name: str) -> Iterator[Place]:
    group = f"/stargate/{cluster.removeprefix(registry.ENVIRONMENT)}/{name}"
    if group in cloudwatch_logs._log_groups:
        yield Place("AWS/Logs", LOGS, {"LogGroupName": group}, get_region())


def _is_of(cluster: str, tags: list[dict[str, str]] | None) -> bool:
    environment = {"Key": "stargate:environment", "Value": cluster.removeprefix(registry.ENVIRONMENT)}
    return environment in (tags or [])


FINDERS: dict[str, Callable[[str, str], Iterator[Place]]] = {
    "service": _service,
    "balancer": _balancer,
    "targets": _targets,
    "database": _database,
    "model": _model,
    "edge": _edge,
    "nat": _nat,
    "files": _files,
    "logs": _logs,
}
