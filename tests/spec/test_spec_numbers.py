"""The specification's numbers, one row each, against what a sandbox gets.

A row says where the specification has the value and what it is. What differs stands in
docs/spec-repairs.md, and is checked to be recorded there with the value that took its place.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.template.gateway_templates import (
    SANDBOX_PARAMETERS,
    TEMPLATES,
    containers,
    rendered,
    resources_of_type,
    sandbox_resources,
)

if TYPE_CHECKING:
    from collections.abc import Callable

REPAIRS = (Path(__file__).parents[2] / "docs/spec-repairs.md").read_text()


class Row(NamedTuple):
    place: str
    says: Any
    ours: Callable[[], Any]


def properties(stack: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = rendered(sandbox_resources(stack)[name]["Properties"])
    return found


def attribute(target_group: str, key: str) -> str:
    attributes = properties("balancer", target_group)["TargetGroupAttributes"]
    return next(entry["Value"] for entry in attributes if entry["Key"] == key)


def subnets(kind: str) -> list[str]:
    """Cut the subnets as Fn::Select over Fn::Cidr does: /24s counted from the VPC's start."""
    cut = list(ipaddress.ip_network(SANDBOX_PARAMETERS["VpcCidr"]).subnets(new_prefix=24))
    chosen = []
    for name, resource in sandbox_resources("network").items():
        if resource["Type"] == "AWS::EC2::Subnet" and name.startswith(kind):
            index, (_, _, bits) = _select_of_cidr(resource["Properties"]["CidrBlock"])
            assert bits == 8
            chosen.append(str(cut[index]))
    return chosen


def _select_of_cidr(value: dict[str, Any]) -> tuple[int, list[Any]]:
    index, cidr = value["Fn::Select"]
    return index, cidr["Fn::Cidr"]


def count(stack: str, resource_type: str) -> int:
    return sum(resource["Type"] == resource_type for resource in sandbox_resources(stack).values())


def task(stack: str) -> tuple[str, str]:
    found = properties(stack, "Task")
    return found["Cpu"], found["Memory"]


def threshold(stack: str, name: str) -> tuple[str, float]:
    found = properties(stack, name)
    return found["AlarmName"], found["Threshold"]


def rules() -> list[tuple[int, str]]:
    return [(rule["Priority"], rule["Name"]) for rule in properties("waf", "WebAcl")["Rules"]]


def tracking(key: str) -> Any:
    return properties("litellm", "ScalingPolicy")["TargetTrackingScalingPolicyConfiguration"][key]


def secret_names() -> list[str]:
    return [rendered(secret["Name"]) for _, _, secret in resources_of_type("AWS::SecretsManager::Secret")]


def database(key: str) -> Any:
    return properties("data", "Database")[key]


def _listener() -> tuple[str, int]:
    found = properties("balancer", "Listener")
    return found["Protocol"], found["Port"]


def _limits() -> tuple[str, str]:
    found = properties("litellm", "ScalableTarget")
    return found["MinCapacity"], found["MaxCapacity"]


def _health(key: str) -> set[int]:
    return {group[key] for _, _, group in resources_of_type("AWS::ElasticLoadBalancingV2::TargetGroup")}


def _health_path(target_group: str) -> str:
    path: str = properties("balancer", target_group)["HealthCheckPath"]
    return path


def _victoria_health() -> tuple[str, int, int, int]:
    check = containers("victoria-metrics")["victoria-metrics"]["HealthCheck"]
    path = "/-/healthy" if ":8428/-/healthy" in check["Command"][1] else check["Command"][1]
    return path, check["Timeout"], check["Retries"], check["StartPeriod"]


def _rate_limit() -> tuple[int, int, str]:
    statement = properties("waf", "WebAcl")["Rules"][4]["Statement"]["RateBasedStatement"]
    return statement["Limit"], statement["EvaluationWindowSec"], statement["AggregateKeyType"]


def _file_system_name() -> str:
    name: str = properties("storage", "FileSystem")["FileSystemTags"][0]["Value"]
    return name


def _database_storage() -> tuple[str, str, str]:
    return database("StorageType"), database("AllocatedStorage"), database("MaxAllocatedStorage")


MET = (
    Row("VPC", "10.20.0.0/16", lambda: properties("network", "Vpc")["CidrBlock"]),
    Row("private subnets", [f"10.20.{n}.0/24" for n in (1, 2, 3)], lambda: subnets("Private")),
    Row("public subnets", [f"10.20.{n}.0/24" for n in (101, 102, 103)], lambda: subnets("Public")),
    Row("NAT gateways", 1, lambda: count("network", "AWS::EC2::NatGateway")),
    Row("EFS mount targets", 3, lambda: count("storage", "AWS::EFS::MountTarget")),
    Row(
        "price class",
        "PriceClass_100",
        lambda: properties("edge", "Distribution")["DistributionConfig"]["PriceClass"],
    ),
    Row("balancer listens", ("HTTP", 80), _listener),
    Row("LiteLLM task", ("2048", "4096"), lambda: task("litellm")),
    Row("Grafana task", ("512", "1024"), lambda: task("grafana")),
    Row("Victoria Metrics task", ("512", "1024"), lambda: task("victoria-metrics")),
    Row("Langfuse task", ("1024", "2048"), lambda: task("langfuse")),
    Row("LiteLLM replicas", ("2", "6"), _limits),
    Row("Grafana replicas", "2", lambda: properties("grafana", "Service")["DesiredCount"]),
    Row("Langfuse replicas", "2", lambda: properties("langfuse", "Service")["DesiredCount"]),
    Row("Victoria Metrics replicas", 1, lambda: properties("victoria-metrics", "Service")["DesiredCount"]),
    Row("CPU target", 70, lambda: tracking("TargetValue")),
    Row("scale-out cooldown", 60, lambda: tracking("ScaleOutCooldown")),
    Row("scale-in cooldown", 300, lambda: tracking("ScaleInCooldown")),
    Row("LiteLLM port", 4000, lambda: properties("balancer", "LitellmTargetGroup")["Port"]),
    Row("Grafana port", 3000, lambda: properties("balancer", "GrafanaTargetGroup")["Port"]),
    Row("Langfuse port", 3000, lambda: properties("balancer", "LangfuseTargetGroup")["Port"]),
    Row(
        "LiteLLM health",
        "/health/liveliness",
        lambda: properties("balancer", "LitellmTargetGroup")["HealthCheckPath"],
    ),
    Row("health check timeout", {5}, lambda: _health("HealthCheckTimeoutSeconds")),
    Row("health check threshold", {3}, lambda: _health("UnhealthyThresholdCount")),
    Row("Victoria health", ("/-/healthy", 5, 3, 30), _victoria_health),
    Row("LiteLLM grace", 90, lambda: properties("litellm", "Service")["HealthCheckGracePeriodSeconds"]),
    Row("Grafana grace", 60, lambda: properties("grafana", "Service")["HealthCheckGracePeriodSeconds"]),
    Row("Langfuse grace", 60, lambda: properties("langfuse", "Service")["HealthCheckGracePeriodSeconds"]),
    Row(
        "retention",
        ["-retentionPeriod=30d"],
        lambda: [
            flag for flag in containers("victoria-metrics")["victoria-metrics"]["Command"] if "Period" in flag
        ],
    ),
    Row(
        "WAF rules in order",
        [
            (1, "AWS-AWSManagedRulesAmazonIpReputationList"),
            (2, "AWS-AWSManagedRulesCommonRuleSet"),
            (3, "AWS-AWSManagedRulesKnownBadInputsRuleSet"),
            (4, "AWS-AWSManagedRulesBotControlRuleSet"),
            (5, "rate-limit"),
        ],
        lambda: rules()[:5],
    ),
    Row("rate limit", (1000, 300, "IP"), _rate_limit),
    Row("WAF default", {"Allow": {}}, lambda: properties("waf", "WebAcl")["DefaultAction"]),
    Row(
        "seven secrets",
        [
            "stargate-sandbox/admin-header-secret",
            "stargate-sandbox/grafana-admin-password",
            "stargate-sandbox/langfuse-nextauth-secret",
            "stargate-sandbox/langfuse-public-key",
            "stargate-sandbox/langfuse-salt",
            "stargate-sandbox/langfuse-secret-key",
            "stargate-sandbox/litellm-master-key",
        ],
        lambda: sorted(set(secret_names()) - ADDED_SECRETS),
    ),
    Row("EFS name", "stargate-sandbox-victoria-metrics", _file_system_name),
    Row("EFS performance", "generalPurpose", lambda: properties("storage", "FileSystem")["PerformanceMode"]),
    Row("EFS backup", {"Status": "ENABLED"}, lambda: properties("storage", "FileSystem")["BackupPolicy"]),
    Row(
        "EFS directory",
        "/victoria-metrics-data",
        lambda: properties("storage", "AccessPoint")["RootDirectory"]["Path"],
    ),
    Row(
        "RDS engine",
        ("postgres", "16"),
        lambda: (database("Engine"), database("EngineVersion").split(".")[0]),
    ),
    Row("RDS class", "db.r6g.large", lambda: database("DBInstanceClass")),
    Row("RDS Multi-AZ", "true", lambda: database("MultiAZ")),
    Row("RDS storage", ("gp3", "100", "200"), _database_storage),
    Row("RDS backups", 7, lambda: database("BackupRetentionPeriod")),
    Row("RDS name", "stargate-sandbox", lambda: database("DBInstanceIdentifier")),
    *(
        Row(
            name,
            (f"stargate-sandbox-{name}", value),
            lambda stack=stack, alarm=alarm: threshold(stack, alarm),
        )
        for name, value, stack, alarm in (
            ("litellm-cpu-warning", 60, "litellm", "CpuWarning"),
            ("litellm-cpu-critical", 80, "litellm", "CpuCritical"),
            ("litellm-memory-warning", 70, "litellm", "MemoryWarning"),
            ("litellm-memory-critical", 85, "litellm", "MemoryCritical"),
            ("litellm-errors-warning", 1, "litellm", "ErrorsWarning"),
            ("litellm-errors-critical", 5, "litellm", "ErrorsCritical"),
            ("litellm-latency-warning", 5000, "litellm", "LatencyWarning"),
            ("litellm-latency-critical", 10000, "litellm", "LatencyCritical"),
            ("database-cpu-warning", 70, "data", "DatabaseCpuWarning"),
            ("database-cpu-critical", 85, "data", "DatabaseCpuCritical"),
            ("database-connections-warning", 80, "data", "DatabaseConnectionsWarning"),
            ("database-connections-critical", 90, "data", "DatabaseConnectionsCritical"),
        )
    ),
)

ADDED_SECRETS = {
    f"stargate-sandbox/{name}"
    for name in (
        "litellm-salt-key",
        "grafana-secret-key",
        "langfuse-encryption-key",
        "langfuse-init-password",
        "origin-secret",
        "database-master",
        "litellm-database",
        "langfuse-database",
        "grafana-database",
    )
}

# place in the specification → what it says, and what a sandbox gets instead
REPAIRED = (
    Row("Health check interval", ("30 s", 8), lambda: max(_health("HealthCheckIntervalSeconds"))),
    Row(
        "Grafana health check",
        ("`/api/health`", "/grafana/healthz"),
        lambda: _health_path("GrafanaTargetGroup"),
    ),
    Row(
        "Langfuse health check",
        ("`/api/health`", "/api/public/health"),
        lambda: _health_path("LangfuseTargetGroup"),
    ),
    Row(
        "Victoria health check interval",
        ("30 s", 15),
        lambda: containers("victoria-metrics")["victoria-metrics"]["HealthCheck"]["Interval"],
    ),
    Row(
        "Deregistration delay",
        ("30 s", "110"),
        lambda: attribute("LitellmTargetGroup", "deregistration_delay.timeout_seconds"),
    ),
    Row(
        "EFS throughput",
        ("Bursting", "elastic"),
        lambda: properties("storage", "FileSystem")["ThroughputMode"],
    ),
    Row("Database name", ("`stargate-sandbox`", "stargate"), lambda: database("DBName")),
)


@pytest.mark.parametrize("row", MET, ids=lambda row: row.place)
def test_a_sandbox_has_what_the_specification_says(row):
    """The value of the specification and of the template are the same."""
    assert row.ours() == row.says


@pytest.mark.parametrize("row", REPAIRED, ids=lambda row: row.place)
def test_a_repaired_value_is_recorded(row):
    """What the specification says stands in the repairs beside what we do."""
    says, does = row.says
    assert row.ours() == does
    [line] = [line for line in REPAIRS.splitlines() if line.startswith(f"| {row.place} |")]
    _, _, recorded, ours, why, _ = line.split("|")
    assert says in recorded
    assert str(does) in ours
    assert why.strip()


def test_every_added_secret_is_there():
    """Those that the facts add to the specification's seven."""
    assert set(secret_names()) >= ADDED_SECRETS
    assert TEMPLATES["secrets"]["Resources"].keys() == {
        name for _, name, _ in resources_of_type("AWS::SecretsManager::Secret")
    }
