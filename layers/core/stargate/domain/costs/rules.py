"""How each type of resource is paid: by which lines, or why it is free.

A type that is in neither table has no price and stops the estimate: an amount that nobody knows is not zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.estimate import Kind, Line
from stargate.domain.gateway.template_conditions import holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stargate.domain.costs.assumptions import Usage
    from stargate.domain.costs.prices import PriceBook

MILLION, TEN_THOUSAND = Decimal(1_000_000), Decimal(10_000)
CPU_UNITS, MEGABYTES = Decimal(1024), Decimal(1024)
ONE = Decimal(1)
INSIGHTS_OF_CLUSTER, INSIGHTS_OF_SERVICE = Decimal(12), Decimal(25)
"""Metrics of Container Insights by AWS's list: of a cluster; of a service 15, of its family of tasks 10."""
MODELS = ("haiku", "sonnet", "opus")
TOKENS = ("input", "output", "cache_read", "cache_write")


@dataclass(frozen=True)
class Material:
    """One resource that an environment will have, and all that its price depends on.

    `conditions` are its template's.
    """

    stack: str
    name: str
    amounts: Mapping[str, Any]
    conditions: Mapping[str, Any]
    parameters: Mapping[str, str]
    region: str
    usage: Usage
    book: PriceBook

    def amount(self, name: str) -> str:
        value = self.amounts[name]
        return self.parameters[value["Ref"]] if isinstance(value, dict) else str(value)

    def number(self, name: str) -> Decimal:
        return Decimal(self.amount(name))

    def holds(self, name: str) -> bool:
        return holds(self.amounts[name]["Condition"], self.conditions, self.parameters)

    def line(
        self, what: str, item: str, quantity: Decimal, kind: Kind = "fixed", why: str = "", rests_on: str = ""
    ) -> Line:
        price = self.book.of(item, self.region)
        told = "" if rests_on in self.usage.known else rests_on
        return Line(self.stack, (self.name,), what, quantity, price, kind, why, told)

    def use(self, what: str, item: str, assumption: str, of_one: Decimal = ONE, why: str = "") -> Line:
        """Of what is used as much as the assumption says; `of_one` of it are paid as one."""
        return self.line(what, item, self.usage[assumption] / of_one, "usage", why, assumption)


def _service(one: Material) -> Iterator[Line]:
    spot = "spot_" if one.holds("spot") else ""
    architecture = one.parameters["CpuArchitecture"].lower()
    hours, why, rests_on = _task_hours(one)
    cpu, memory = one.number("cpu") / CPU_UNITS, one.number("memory") / MEGABYTES
    yield one.line("vCPU", f"fargate_{spot}vcpu_{architecture}", hours * cpu, "fixed", why, rests_on)
    yield one.line("memory", f"fargate_{spot}gb_{architecture}", hours * memory, "fixed", why, rests_on)
    metrics = INSIGHTS_OF_SERVICE * one.usage.months * (one.usage.awake if hours else 0)
    yield one.line("Container Insights", "custom_metric", metrics, why="metrics of the service")


def _task_hours(one: Material) -> tuple[Decimal, str, str]:
    """Hours of all its tasks together, how they were come by, and the assumption they rest on if one."""
    measured = one.usage.measured.get(f"{one.stack}_task_hours")
    if measured is not None:
        return measured, "hours of tasks, measured", ""
    tasks, scales = one.number("tasks"), one.amount("scales") == "True"
    why = f"{tasks} tasks all the time"
    if scales and one.usage["litellm_tasks"]:
        tasks = one.usage["litellm_tasks"]
        why = f"{tasks} tasks on average, as assumed"
    return tasks * one.usage.awake_hours, why, "litellm_tasks" if scales else "hours"


def _cluster(one: Material) -> Iterator[Line]:
    metrics = INSIGHTS_OF_CLUSTER * one.usage.months
    yield one.line("Container Insights", "custom_metric", metrics, why="metrics of the cluster")


def _database(one: Material) -> Iterator[Line]:
    zones = "multi" if one.amount("multi") == "true" else "single"
    kind, months = one.amount("class"), one.usage.months
    hours = one.usage.measured.get("database_hours")
    awake, rests_on = (one.usage.awake_hours, "hours") if hours is None else (hours, "")
    yield one.line(f"database {kind}", f"{kind}_{zones}", awake, why=f"{zones}-AZ", rests_on=rests_on)
    stored, kept = one.number("storage") * months, one.usage["backup_gb"] * months
    yield one.line("database storage", f"database_storage_{zones}", stored, why="as allocated")
    beyond = "beyond the free size"
    yield one.line("database backups", "database_backup", kept, "usage", beyond, "backup_gb")


def _file_system(one: Material) -> Iterator[Line]:
    stored, throughput = one.usage["file_gb"] * one.usage.months, "elastic throughput"
    yield one.line("file storage", "file_storage", stored, "usage", "metrics of 30 days", "file_gb")
    yield one.line("file backup", "file_backup", stored, "usage", "one copy, kept warm", "file_gb")
    yield one.use("file reads", "file_read", "file_read_gb", why=throughput)
    yield one.use("file writes", "file_write", "file_write_gb", why=throughput)


def _nat_gateway(one: Material) -> Iterator[Line]:
    gateways = Decimal(one.parameters["ZoneCount"]) if one.parameters["Nat"] == "per_zone" else ONE
    yield one.line("NAT gateway", "nat_gateway", one.usage["hours"])
    yield one.use("NAT data", "nat_gateway_data", "nat_gb", gateways, "split among gateways")


def _nat_instance(one: Material) -> Iterator[Line]:
    kind = one.amount("type")
    yield one.line(f"NAT instance {kind}", kind, one.usage["hours"])
    yield one.line("NAT instance disk", "disk_gp3", one.number("disk") * one.usage.months)
    yield one.line("NAT instance address", "public_address", one.usage["hours"])


def _address(one: Material) -> Iterator[Line]:
    yield one.line("public address of NAT", "public_address", one.usage["hours"])


def _network(one: Material) -> Iterator[Line]:
    yield one.use("transfer between zones", "zone_transfer", "zone_gb", ONE / 2, "paid on both sides")


def _balancer(one: Material) -> Iterator[Line]:
    hours = one.usage["hours"]
    load = hours * one.usage["balancer_lcu"]
    yield one.line("balancer", "balancer", hours)
    yield one.line("balancer load", "balancer_lcu", load, "usage", "average LCU", "balancer_lcu")
    if one.parameters["BalancerScheme"] == "public":
        zones = Decimal(one.parameters["ZoneCount"])
        yield one.line("balancer addresses", "public_address", hours * zones, why="one in each zone")


def _distribution(one: Material) -> Iterator[Line]:
    yield one.use("CloudFront requests", "cdn_requests", "cdn_requests", TEN_THOUSAND, "HTTPS")
    yield one.use("CloudFront to users", "cdn_out", "cdn_gb", why="first 10 TB, US and Europe")
    yield one.use("CloudFront to origin", "cdn_to_origin", "cdn_upload_gb")


def _web_acl(one: Material) -> Iterator[Line]:
    months = one.usage.months
    rules, bots = one.number("rules") * months, one.number("bot_control") * months
    yield one.line("web ACL", "firewall", months)
    yield one.line("web ACL rules", "firewall_rule", rules, why="rules and managed groups")
    yield one.use("web ACL requests", "firewall_requests", "cdn_requests", MILLION)
    yield one.line("bot control", "bot_control", bots)
    pages, outside = one.usage["cdn_requests"] / MILLION * one.usage["page_share"], "outside /v1/ alone"
    yield one.line("bot control requests", "bot_control_requests", pages, "usage", outside, "page_share")


def _secret(one: Material) -> Iterator[Line]:
    yield one.line("secrets", "secret", one.usage.months)


def _alarm(one: Material) -> Iterator[Line]:
    metrics = one.number("metrics") * one.usage.months
    yield one.line("alarms", "alarm_metric", metrics, why="each metric of an alarm")


def _log_group(one: Material) -> Iterator[Line]:
    written = one.usage.measured.get(f"log_gb:{one.amount('group')}")
    amount, rests_on = (one.usage["log_gb"], "log_gb") if written is None else (written, "")
    yield one.line("log ingestion", "log_ingest", amount, "usage", "each log group", rests_on)
    yield one.line("log storage", "log_storage", amount, "usage", "kept for 30 days", rests_on)


def _repository(one: Material) -> Iterator[Line]:
    stored = one.usage["image_gb"] * one.usage.months
    yield one.line("image storage", "image_storage", stored, "usage", "copies of all images", "image_gb")


def _private_zone(one: Material) -> Iterator[Line]:
    yield one.line("private DNS zone", "private_zone", one.usage.months)


def _function(one: Material) -> Iterator[Line]:
    calls = one.usage["observer_calls"]
    gigabyte_seconds = calls * one.usage["observer_seconds"] * one.number("memory") / MEGABYTES
    compute = "compute of the observer"
    yield one.use("calls of the observer", "function_calls", "observer_calls", MILLION)
    yield one.line(compute, "function_seconds", gigabyte_seconds, "usage", rests_on="observer_seconds")


def _profile(one: Material) -> Iterator[Line]:
    """Tokens of one model: the profile is named after it."""
    model = next(name for name in MODELS if one.name.lower().startswith(name))
    for part in TOKENS:
        tokens, why, rests_on = _tokens(one, model, part)
        if tokens is not None:
            what = f"{model} {part.replace('_', ' ')} tokens"
            yield one.line(what, f"{model}_{part}", tokens / MILLION, "tokens", why, rests_on)


def _tokens(one: Material, model: str, part: str) -> tuple[Decimal | None, str, str]:
    """How many, how they were come by, and on which assumption; None where nothing is asked of models."""
    measured = one.usage.measured.get(f"{model}_{part}")
    if measured is not None:
        return measured, "tokens, measured", ""
    calls = one.usage["requests"] * one.usage[f"{model}_share"]
    if not one.usage["requests"]:
        return None, "", ""
    return calls * one.usage[f"{part}_tokens"], f"{calls.normalize():f} calls a month", "requests"


PRICED: Mapping[str, Callable[[Material], Iterator[Line]]] = {
    "AWS::Bedrock::ApplicationInferenceProfile": _profile,
    "AWS::CloudFront::Distribution": _distribution,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::EC2::EIP": _address,
    "AWS::EC2::Instance": _nat_instance,
    "AWS::EC2::NatGateway": _nat_gateway,
    "AWS::EC2::VPC": _network,
    "AWS::ECR::Repository": _repository,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ECS::Service": _service,
    "AWS::EFS::FileSystem": _file_system,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _balancer,
    "AWS::Lambda::Function": _function,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::RDS::DBInstance": _database,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _private_zone,
    "AWS::WAFv2::WebACL": _web_acl,
}

_OF_NETWORK = "part of a VPC, which AWS does not charge for"
_OF_BALANCER = "part of the balancer, which is paid by hour and load"
FREE: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "Application Auto Scaling is free; its tasks are not",
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "the two alarms that target tracking makes are paid as alarms, $0.20 a month, and not counted"
    ),
    "AWS::CloudFront::VpcOrigin": "CloudFront takes nothing for it",
    "AWS::EC2::InternetGateway": _OF_NETWORK,
    "AWS::EC2::Route": _OF_NETWORK,
    "AWS::EC2::RouteTable": _OF_NETWORK,
    "AWS::EC2::SecurityGroup": _OF_NETWORK,
    "AWS::EC2::SecurityGroupIngress": _OF_NETWORK,
    "AWS::EC2::Subnet": _OF_NETWORK,
    "AWS::EC2::SubnetRouteTableAssociation": _OF_NETWORK,
    "AWS::EC2::VPCEndpoint": "a gateway endpoint, for S3, is free; one with an interface would not be",
    "AWS::EC2::VPCGatewayAttachment": _OF_NETWORK,
    "AWS::ECS::TaskDefinition": "only running tasks are paid, with their service",
    "AWS::EFS::AccessPoint": "part of the file system, which is paid by what it stores and moves",
    "AWS::EFS::MountTarget": "part of the file system, which is paid by what it stores and moves",
    "AWS::ElasticLoadBalancingV2::Listener": _OF_BALANCER,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _OF_BALANCER,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _OF_BALANCER,
    "AWS::Events::Rule": "events of AWS's own services are free",
    "AWS::IAM::Role": "IAM is free",
    "AWS::RDS::DBParameterGroup": "part of the database",
    "AWS::RDS::DBSubnetGroup": "part of the database",
    "AWS::ServiceDiscovery::Service": "ECS's own service discovery is free beside the zone",
}
