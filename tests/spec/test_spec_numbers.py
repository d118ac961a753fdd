"""The specification's numbers, one row each, against what an environment of each preset gets.

A row says where the specification has the value and what it is. What differs stands in
docs/spec-repairs.md, and is checked to be recorded there with the value that took its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from stargate.domain.gateway.presets import PRESETS
from tests.spec.readings import (
    BOTH,
    POC,
    REPAIRS,
    SANDBOX,
    SPECIFICATION,
    Row,
    attribute,
    cases,
    container,
    database,
    has,
    of_type,
    properties,
    sandbox,
    service,
    subnets,
    task,
)
from tests.template.gateway_templates import (
    GATEWAY,
    TEMPLATES,
    environment,
    resources_of_type,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SCRAPE = yaml.safe_load((GATEWAY / "config/victoria-metrics/scrape.yaml").read_text())
DASHBOARDS = "".join(
    path.read_text() for path in sorted((GATEWAY / "config/grafana/dashboards").glob("*.json"))
)
GRACE = "HealthCheckGracePeriodSeconds"


def threshold(preset: str, stack: str, name: str) -> tuple[str, float]:
    found = properties(preset, stack, name)
    return found["AlarmName"].removeprefix(f"stargate-{preset}-"), found["Threshold"]


def rules(preset: str) -> list[tuple[int, str]]:
    return [(rule["Priority"], rule["Name"]) for rule in properties(preset, "waf", "WebAcl")["Rules"]]


def tracking(preset: str, key: str) -> Any:
    return properties(preset, "litellm", "ScalingPolicy")["TargetTrackingScalingPolicyConfiguration"][key]


def secret_names(preset: str) -> list[str]:
    found = of_type(preset, "secrets", "AWS::SecretsManager::Secret")
    return [secret["Name"].removeprefix(environment(preset).secrets_prefix) for secret in found]


def _listener(preset: str) -> tuple[str, int]:
    found = properties(preset, "balancer", "Listener")
    return found["Protocol"], found["Port"]


def _limits(preset: str) -> tuple[str, str]:
    found = properties(preset, "litellm", "ScalableTarget")
    return found["MinCapacity"], found["MaxCapacity"]


def _health(preset: str, key: str) -> set[int]:
    return {group[key] for group in of_type(preset, "balancer", "AWS::ElasticLoadBalancingV2::TargetGroup")}


def _health_path(preset: str, target_group: str) -> str:
    path: str = properties(preset, "balancer", target_group)["HealthCheckPath"]
    return path


def _victoria_health(preset: str) -> tuple[str, int, int, int]:
    check = container(preset, "victoria-metrics")["HealthCheck"]
    path = "/-/healthy" if ":8428/-/healthy" in check["Command"][1] else check["Command"][1]
    return path, check["Timeout"], check["Retries"], check["StartPeriod"]


def _rate_limit(preset: str) -> dict[str, Any]:
    found: dict[str, Any] = properties(preset, "waf", "WebAcl")["Rules"][4]["Statement"]["RateBasedStatement"]
    return found


def _counted_by(preset: str) -> str:
    words = {"IP": "address", "UriPath": "path"}
    return " and ".join(words[name] for key in _rate_limit(preset)["CustomKeys"] for name in key)


def _file_system_name(preset: str) -> str:
    name: str = properties(preset, "storage", "FileSystem")["FileSystemTags"][0]["Value"]
    return name


def _database_storage(preset: str) -> tuple[str, str, str]:
    return (
        database(preset, "StorageType"),
        database(preset, "AllocatedStorage"),
        database(preset, "MaxAllocatedStorage"),
    )


def _nat(preset: str) -> list[str]:
    instances = of_type(preset, "network", "AWS::EC2::Instance")
    gateways = of_type(preset, "network", "AWS::EC2::NatGateway")
    return [f"{instance['InstanceType']} instance" for instance in instances] + ["NAT Gateway"] * len(
        gateways
    )


def _metrics_live_on(preset: str) -> str:
    data = properties(preset, "victoria-metrics", "Task")["Volumes"][1]
    return "EFS-persistent" if "EFSVolumeConfiguration" in data else "Ephemeral"


def _capacity(preset: str) -> set[str]:
    """On what the services run."""
    found = set()
    for stack in ("litellm", "grafana", "langfuse", "victoria-metrics"):
        strategy = service(preset, stack, "CapacityProviderStrategy")
        found |= {entry["CapacityProvider"] for entry in strategy}
    return found


def _web_acl(preset: str) -> str:
    config = properties(preset, "edge", "Distribution")["DistributionConfig"]
    return "Advanced" if "WebACLId" in config and has(preset, "waf") else "Disabled"


def _secrets_belong_to(preset: str) -> str:
    names = {secret["Name"] for secret in of_type(preset, "secrets", "AWS::SecretsManager::Secret")}
    if all(name.startswith(f"stargate-{preset}/") for name in names):
        return "Dedicated"
    return "Shared" if all(name.startswith(f"stargate-shared-{preset}/") for name in names) else "neither"


def _viewers_come_by(preset: str) -> set[str]:
    config = properties(preset, "edge", "Distribution")["DistributionConfig"]
    return {
        one["ViewerProtocolPolicy"] for one in (config["DefaultCacheBehavior"], *config["CacheBehaviors"])
    }


def _encrypted(preset: str) -> set[bool]:
    """Of all that keeps data."""
    kept = {database(preset, "StorageEncrypted")}
    return kept | (
        {properties(preset, "storage", "FileSystem")["Encrypted"]} if has(preset, "storage") else set()
    )


def _percentiles() -> set[str]:
    return set(re.findall(r"histogram_quantile\((0\.\d+)", DASHBOARDS))


def _error_rates() -> set[str]:
    return set(re.findall(r"HTTPCode_Target_(\dXX)_Count", DASHBOARDS))


def _scraped_port(job: str) -> str:
    scrape = yaml.safe_load((GATEWAY / "config/victoria-metrics/scrape.yaml").read_text())
    (found,) = (config for config in scrape["scrape_configs"] if config["job_name"] == job)
    return str(found["dns_sd_configs"][0]["port"])


def compared(place: str, poc: Any, sandbox: Any, ours: Callable[[str], Any]) -> tuple[Row, Row]:
    """A row of the specification's last table, POC beside sandbox."""
    return Row(f"{place}, compared", poc, ours, (POC,)), Row(f"{place}, compared", sandbox, ours, (SANDBOX,))


ALARMS = (
    ("litellm-cpu-warning", 60, "litellm", "CpuWarning"),
    ("litellm-cpu-critical", 80, "litellm", "CpuCritical"),
    ("litellm-memory-warning", 70, "litellm", "MemoryWarning"),
    ("litellm-memory-critical", 85, "litellm", "MemoryCritical"),
    ("litellm-errors-warning", 1, "litellm", "ErrorsWarning"),
    ("litellm-errors-critical", 5, "litellm", "ErrorsCritical"),
    ("litellm-first-token-warning", 5000, "models", "FirstTokenWarning"),
    ("litellm-first-token-critical", 10000, "models", "FirstTokenCritical"),
    ("database-cpu-warning", 70, "data", "DatabaseCpuWarning"),
    ("database-cpu-critical", 85, "data", "DatabaseCpuCritical"),
    ("database-connections-warning", 80, "data", "DatabaseConnectionsWarning"),
    ("database-connections-critical", 90, "data", "DatabaseConnectionsCritical"),
)
ADDED_SECRETS = {
    *("litellm-salt-key", "grafana-secret-key", "langfuse-encryption-key", "langfuse-init-password"),
    *("origin-secret", "database-master", "litellm-database", "langfuse-database", "grafana-database"),
}

MET = (
    # Network
    sandbox("VPC", "10.20.0.0/16", lambda preset: properties(preset, "network", "Vpc")["CidrBlock"]),
    sandbox(
        "private subnets", [f"10.20.{n}.0/24" for n in (1, 2, 3)], lambda preset: subnets(preset, "Private")
    ),
    sandbox(
        "public subnets",
        [f"10.20.{n}.0/24" for n in (101, 102, 103)],
        lambda preset: subnets(preset, "Public"),
    ),
    Row(
        "price class",
        "PriceClass_100",
        lambda preset: properties(preset, "edge", "Distribution")["DistributionConfig"]["PriceClass"],
    ),
    Row("balancer listens", ("HTTP", 80), _listener),
    # Services
    sandbox("LiteLLM task", ("2048", "4096"), lambda preset: task(preset, "litellm")),
    Row("Grafana task", ("512", "1024"), lambda preset: task(preset, "grafana")),
    Row("Victoria Metrics task", ("512", "1024"), lambda preset: task(preset, "victoria-metrics")),
    Row("Langfuse task", ("1024", "2048"), lambda preset: task(preset, "langfuse")),
    Row("Victoria Metrics replicas", 1, lambda preset: service(preset, "victoria-metrics", "DesiredCount")),
    Row("CPU target", 70, lambda preset: tracking(preset, "TargetValue")),
    Row("scale-out cooldown", 60, lambda preset: tracking(preset, "ScaleOutCooldown")),
    Row("scale-in cooldown", 300, lambda preset: tracking(preset, "ScaleInCooldown")),
    Row("LiteLLM port", 4000, lambda preset: properties(preset, "balancer", "LitellmTargetGroup")["Port"]),
    Row("Grafana port", 3000, lambda preset: properties(preset, "balancer", "GrafanaTargetGroup")["Port"]),
    Row("Langfuse port", 3000, lambda preset: properties(preset, "balancer", "LangfuseTargetGroup")["Port"]),
    Row("viewers come by", {"redirect-to-https", "https-only"}, _viewers_come_by),
    # Health
    Row("LiteLLM health", "/health/liveliness", lambda preset: _health_path(preset, "LitellmTargetGroup")),
    Row("health check timeout", {5}, lambda preset: _health(preset, "HealthCheckTimeoutSeconds")),
    Row("health check threshold", {3}, lambda preset: _health(preset, "UnhealthyThresholdCount")),
    Row("Victoria health", ("/-/healthy", 5, 3, 30), _victoria_health),
    *(
        Row(f"{stack} grace", seconds, lambda preset, stack=stack: service(preset, stack, GRACE))
        for stack, seconds in (("litellm", 90), ("grafana", 60), ("langfuse", 60))
    ),
    # Security
    sandbox(
        "WAF rules in order",
        [
            (1, "AWS-AWSManagedRulesAmazonIpReputationList"),
            (2, "AWS-AWSManagedRulesCommonRuleSet"),
            (3, "AWS-AWSManagedRulesKnownBadInputsRuleSet"),
            (4, "AWS-AWSManagedRulesBotControlRuleSet"),
            (5, "rate-limit"),
        ],
        lambda preset: rules(preset)[:5],
    ),
    sandbox(
        "rate limit",
        (1000, 300),
        lambda preset: (_rate_limit(preset)["Limit"], _rate_limit(preset)["EvaluationWindowSec"]),
    ),
    sandbox(
        "WAF default", {"Allow": {}}, lambda preset: properties(preset, "waf", "WebAcl")["DefaultAction"]
    ),
    Row(
        "seven secrets",
        [
            "admin-header-secret",
            "grafana-admin-password",
            "langfuse-nextauth-secret",
            "langfuse-public-key",
            "langfuse-salt",
            "langfuse-secret-key",
            "litellm-master-key",
        ],
        lambda preset: sorted(set(secret_names(preset)) - ADDED_SECRETS),
    ),
    # Data
    Row("encrypted", {True}, _encrypted),
    Row("scrape interval", "15s", lambda _: SCRAPE["global"]["scrape_interval"]),
    Row("percentiles shown", {"0.5", "0.95", "0.99"}, lambda _: _percentiles()),
    Row("error rates shown", {"4XX", "5XX"}, lambda _: _error_rates()),
    Row(
        "retention",
        ["-retentionPeriod=30d"],
        lambda preset: [
            flag for flag in container(preset, "victoria-metrics")["Command"] if "retention" in flag
        ],
    ),
    sandbox("EFS name", "stargate-sandbox-victoria-metrics", _file_system_name),
    sandbox("EFS mount targets", 3, lambda preset: len(of_type(preset, "storage", "AWS::EFS::MountTarget"))),
    sandbox(
        "EFS performance",
        "generalPurpose",
        lambda preset: properties(preset, "storage", "FileSystem")["PerformanceMode"],
    ),
    sandbox(
        "EFS backup",
        {"Status": "ENABLED"},
        lambda preset: properties(preset, "storage", "FileSystem")["BackupPolicy"],
    ),
    sandbox(
        "EFS directory",
        "/victoria-metrics-data",
        lambda preset: properties(preset, "storage", "AccessPoint")["RootDirectory"]["Path"],
    ),
    Row(
        "RDS engine",
        ("postgres", "16"),
        lambda preset: (database(preset, "Engine"), database(preset, "EngineVersion").split(".")[0]),
    ),
    sandbox("RDS storage", ("gp3", "100", "200"), _database_storage),
    Row("RDS backups", 7, lambda preset: database(preset, "BackupRetentionPeriod")),
    sandbox("RDS name", "stargate-sandbox", lambda preset: database(preset, "DBInstanceIdentifier")),
    # Alarms
    *(
        Row(
            name,
            (name, value),
            lambda preset, stack=stack, alarm=alarm: threshold(preset, stack, alarm),
        )
        for name, value, stack, alarm in ALARMS
    ),
    # POC beside sandbox
    *compared("Region", "us-west-1", "us-east-1", lambda preset: environment(preset).region),
    *compared("Availability Zones", 2, 3, lambda preset: len(subnets(preset, "Private"))),
    *compared("LiteLLM Replicas", ("1", "1"), ("2", "6"), _limits),
    *compared("Grafana Replicas", "1", "2", lambda preset: service(preset, "grafana", "DesiredCount")),
    *compared("Langfuse Replicas", "1", "2", lambda preset: service(preset, "langfuse", "DesiredCount")),
    *compared("Victoria Metrics", "Ephemeral", "EFS-persistent", _metrics_live_on),
    *compared(
        "RDS Instance",
        "db.t4g.micro",
        "db.r6g.large",
        lambda preset: database(preset, "DBInstanceClass"),
    ),
    *compared("RDS Multi-AZ", "false", "true", lambda preset: database(preset, "MultiAZ")),
    *compared("NAT", ["t3.nano instance"], ["NAT Gateway"], _nat),
    *compared("WAF", "Disabled", "Advanced", _web_acl),
    *compared("Secrets", "Shared", "Dedicated", _secrets_belong_to),
    *compared("Spot Instances", {"FARGATE_SPOT"}, {"FARGATE"}, _capacity),
)

# place in the specification → what it says, and what an environment gets instead
REPAIRED = (
    Row(
        "Health check interval",
        ("30 s", 8),
        lambda preset: max(_health(preset, "HealthCheckIntervalSeconds")),
    ),
    Row(
        "Grafana health check",
        ("`/api/health`", "/grafana/healthz"),
        lambda preset: _health_path(preset, "GrafanaTargetGroup"),
    ),
    Row(
        "Langfuse health check",
        ("`/api/health`", "/api/public/health"),
        lambda preset: _health_path(preset, "LangfuseTargetGroup"),
    ),
    Row(
        "Victoria health check interval",
        ("30 s", 15),
        lambda preset: container(preset, "victoria-metrics")["HealthCheck"]["Interval"],
    ),
    Row(
        "Deregistration delay",
        ("30 s", "110"),
        lambda preset: attribute(preset, "LitellmTargetGroup", "deregistration_delay.timeout_seconds"),
    ),
    sandbox(
        "EFS throughput",
        ("Bursting", "elastic"),
        lambda preset: properties(preset, "storage", "FileSystem")["ThroughputMode"],
    ),
    Row("Database name", ("`stargate-sandbox`", "stargate"), lambda preset: database(preset, "DBName")),
    Row(
        "Database IOPS",
        ("3000", "not set"),
        lambda preset: "set" if "Iops" in properties(preset, "data", "Database") else "not set",
    ),
    Row("LiteLLM metrics", ("8000", "4000"), lambda _: _scraped_port("litellm")),
    sandbox("WAF rate limit", ("per address", "address and path"), _counted_by),
)


@pytest.mark.parametrize(("preset", "row"), cases(MET))
def test_an_environment_has_what_the_specification_says(preset, row):
    """The value of the specification and of the template as the preset renders it are the same."""
    assert row.ours(preset) == row.says


@pytest.mark.parametrize(("preset", "row"), cases(REPAIRED))
def test_a_repaired_value_is_recorded(preset, row):
    """What the specification says stands in the repairs beside what we do."""
    says, does = row.says
    assert row.ours(preset) == does
    [line] = [line for line in REPAIRS.splitlines() if line.startswith(f"| {row.place} |")]
    _, _, _, recorded, ours, why, _ = line.split("|")
    assert says in recorded
    assert str(does) in ours
    assert why.strip()


def test_every_preset_is_held_to_the_specification():
    """None can be added that no row looks at."""
    assert set(PRESETS) == set(BOTH)


@pytest.mark.parametrize("preset", BOTH)
def test_every_added_secret_is_there(preset):
    """Those that the facts add to the specification's seven."""
    assert set(secret_names(preset)) >= ADDED_SECRETS
    assert TEMPLATES["secrets"]["Resources"].keys() == {
        name for _, name, _ in resources_of_type("AWS::SecretsManager::Secret")
    }


@pytest.mark.shared_data
def test_every_row_of_the_comparison_is_looked_at():
    """The specification's last table, read where it lies: each aspect is a row here or a recorded repair."""
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is not there: it is no part of the project")
    comparison = SPECIFICATION.read_text().split("## Comparison: POC vs Sandbox")[1].split("## ")[0]
    aspects = set(re.findall(r"^\| \*\*(.+?)\*\* \|", comparison, re.MULTILINE))
    met = {row.place.removesuffix(", compared") for row in MET if row.place.endswith(", compared")}
    recorded = {"Monthly Cost": "POC cost", "Target Users": "POC users"}
    assert aspects - met == set(recorded)
    assert [place for place in recorded.values() if f"| {place} |" not in REPAIRS] == []
