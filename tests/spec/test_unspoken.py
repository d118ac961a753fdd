"""What the specification does not speak of is done as docs/spec-repairs.md says, where a test can see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.spec.readings import (
    BOTH,
    POC,
    REPAIRS,
    Row,
    cases,
    container,
    database,
    of_type,
    properties,
    sandbox,
    service,
)
from tests.template.gateway_templates import GATEWAY, TEMPLATES, environment, rendered

LITELLM = yaml.safe_load((GATEWAY / "config/litellm/config.yaml").read_text())
SETTINGS = LITELLM["litellm_settings"]
UNSET = None


def given(preset: str, stack: str, *names: str) -> tuple[Any, ...]:
    """What the container is told, by variable; None where it is told nothing."""
    told = {entry["Name"]: entry["Value"] for entry in container(preset, stack)["Environment"]}
    return tuple(told.get(name) for name in names)


def _options(preset: str) -> list[str]:
    return [word for word in container(preset, "litellm")["Command"] if word.startswith("--")]


def _master_user(preset: str) -> str:
    """The user's name in the secret that the database takes it from."""
    assert "DatabaseMasterArn}:SecretString:username}}" in str(database(preset, "MasterUsername"))
    made = properties(preset, "secrets", "DatabaseMaster")["GenerateSecretString"]
    name: str = json.loads(made["SecretStringTemplate"])["username"]
    return name


def _idle_seconds(preset: str) -> int:
    attributes = properties(preset, "balancer", "Balancer")["LoadBalancerAttributes"]
    return int({one["Key"]: one["Value"] for one in attributes}["idle_timeout.timeout_seconds"])


def _longer_than_idle(preset: str) -> list[bool]:
    """The servers' own patience, LiteLLM's in seconds and Langfuse's in milliseconds."""
    (litellm,), (langfuse,) = (
        given(preset, "litellm", "KEEPALIVE_TIMEOUT"),
        given(preset, "langfuse", "KEEP_ALIVE_TIMEOUT"),
    )
    return [int(litellm) > _idle_seconds(preset), int(langfuse) / 1000 > _idle_seconds(preset)]


def _has_health_check(preset: str) -> dict[str, bool]:
    stacks = ("litellm", "grafana", "langfuse", "victoria-metrics")
    return {stack: "HealthCheck" in container(preset, stack) for stack in stacks}


def _hexadecimal(preset: str) -> tuple[int, bool]:
    """How long the key is, and whether all but the sixteen digits are excluded."""
    (made,) = [
        secret["GenerateSecretString"]
        for secret in of_type(preset, "secrets", "AWS::SecretsManager::Secret")
        if secret["Name"].endswith("langfuse-encryption-key")
    ]
    only = made["ExcludePunctuation"] and made["ExcludeUppercase"]
    return made["PasswordLength"], only and made["ExcludeCharacters"] == "ghijklmnopqrstuvwxyz"


def _punctuated(preset: str) -> list[str]:
    secrets = of_type(preset, "secrets", "AWS::SecretsManager::Secret")
    return [one["Name"] for one in secrets if not one["GenerateSecretString"]["ExcludePunctuation"]]


def _same_keys(preset: str) -> list[bool]:
    """Langfuse is made with the two secrets that LiteLLM sends its traces with."""
    litellm = {one["Name"]: one["ValueFrom"] for one in container(preset, "litellm")["Secrets"]}
    langfuse = {one["Name"]: one["ValueFrom"] for one in container(preset, "langfuse")["Secrets"]}
    names = ("PUBLIC_KEY", "SECRET_KEY")
    return [litellm[f"LANGFUSE_{one}"] == langfuse[f"LANGFUSE_INIT_PROJECT_{one}"] for one in names]


def _rotated() -> list[str]:
    return [
        name
        for template in TEMPLATES.values()
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::SecretsManager::RotationSchedule"
    ]


def _grafana_paths(preset: str) -> list[str]:
    (paths,) = [
        condition["PathPatternConfig"]["Values"]
        for condition in properties(preset, "grafana", "Route")["Conditions"]
        if condition["Field"] == "path-pattern"
    ]
    found: list[str] = paths
    return found


def _tls(preset: str) -> tuple[bool, ...]:
    langfuse = given(preset, "langfuse", "DATABASE_ARGS")[0]
    prepare = str(properties(preset, "data", "PrepareTask"))
    return (
        properties(preset, "data", "ParameterGroup")["Parameters"]["rds.force_ssl"] == "1",
        given(preset, "grafana", "GF_DATABASE_SSL_MODE") == ("require",),
        "sslmode=require" in langfuse,
        "{'Name': 'PGSSLMODE', 'Value': 'require'}" in prepare,
    )


def _mount(preset: str) -> tuple[str, str, str]:
    volume = properties(preset, "victoria-metrics", "Task")["Volumes"][1]["EFSVolumeConfiguration"]
    authorization = volume["AuthorizationConfig"]
    return volume["TransitEncryption"], authorization["IAM"], str(authorization["AccessPointId"])


def _writer(preset: str) -> tuple[int, int, str, int]:
    deployment = service(preset, "victoria-metrics", "DeploymentConfiguration")
    return (
        deployment["MinimumHealthyPercent"],
        deployment["MaximumPercent"],
        service(preset, "victoria-metrics", "AvailabilityZoneRebalancing"),
        container(preset, "victoria-metrics")["StopTimeout"],
    )


def _runs_on(preset: str) -> str:
    (strategy,) = service(preset, "victoria-metrics", "CapacityProviderStrategy")
    return str(strategy["CapacityProvider"])


def _behaviours(preset: str) -> list[dict[str, Any]]:
    config = properties(preset, "edge", "Distribution")["DistributionConfig"]
    return [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]


def _streams_compressed(preset: str) -> list[bool]:
    return [one["Compress"] for one in _behaviours(preset) if one.get("PathPattern") == "/v1/*"]


def _methods(preset: str) -> set[int]:
    return {len(one["AllowedMethods"]) for one in _behaviours(preset)}


def _breakers(preset: str) -> set[bool]:
    stacks = ("litellm", "grafana", "langfuse", "victoria-metrics")
    breakers = [service(preset, one, "DeploymentConfiguration")["DeploymentCircuitBreaker"] for one in stacks]
    return {value for breaker in breakers for value in breaker.values()}


HELD = (
    Row("LiteLLM command", ["--port", "--config"], _options),
    Row(
        "LiteLLM mode", ("PRODUCTION", "ERROR"), lambda p: given(p, "litellm", "LITELLM_MODE", "LITELLM_LOG")
    ),
    Row("Keep-alive", [True, True], _longer_than_idle),
    Row("Worker recycling", (UNSET,), lambda p: given(p, "litellm", "MAX_REQUESTS_BEFORE_RESTART")),
    Row("Connection URL", [], _punctuated),
    Row("Login by IAM", (UNSET,), lambda p: given(p, "litellm", "IAM_TOKEN_DB_AUTH")),
    Row("TLS to the database", (True, True, True, True), _tls),
    Row(
        "Models in the database",
        (["claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"], ("True",)),
        lambda p: (
            [one["model_name"] for one in LITELLM["model_list"]],
            given(p, "litellm", "STORE_MODEL_IN_DB"),
        ),
    ),
    Row(
        "Database away",
        UNSET,
        lambda _: LITELLM["general_settings"].get("allow_requests_on_db_unavailable"),
    ),
    Row(
        "Shutting down",
        (120, ("110",), UNSET),
        lambda p: (
            container(p, "litellm")["StopTimeout"],
            given(p, "litellm", "GRACEFUL_SHUTDOWN_TIMEOUT"),
            LITELLM["general_settings"].get("enable_drain_endpoint"),
        ),
    ),
    Row(
        "Container health",
        {"litellm": False, "grafana": False, "langfuse": False, "victoria-metrics": True},
        _has_health_check,
    ),
    Row(
        "Metrics login", [False], lambda _: [LITELLM["litellm_settings"]["require_auth_for_metrics_endpoint"]]
    ),
    Row("Metrics port", (UNSET,), lambda p: given(p, "litellm", "PROMETHEUS_METRICS_PORT")),
    Row("Counters of workers", ("/metrics",), lambda p: given(p, "litellm", "PROMETHEUS_MULTIPROC_DIR")),
    Row(
        "Metrics cardinality",
        ["client_ip", "user_agent"],
        lambda _: SETTINGS["prometheus_exclude_labels"],
    ),
    Row("Langfuse's address", ("0.0.0.0",), lambda p: given(p, "langfuse", "HOSTNAME")),  # noqa: S104 (a container's)
    Row("Langfuse's keys", [True, True], _same_keys),
    Row("Langfuse's keys", [], lambda _: _rotated()),
    Row(
        "Langfuse's door",
        ("true", "false"),
        lambda p: given(p, "langfuse", "AUTH_DISABLE_SIGNUP", "TELEMETRY_ENABLED"),
    ),
    Row("Langfuse's encryption key", (64, True), _hexadecimal),
    Row("Grafana's address", ["/grafana", "/grafana/*"], _grafana_paths),
    Row("Grafana's alerts", ("false",), lambda p: given(p, "grafana", "GF_UNIFIED_ALERTING_ENABLED")),
    Row(
        "Grafana's forms",
        ("true", True),
        lambda p: (
            given(p, "grafana", "GF_SECURITY_COOKIE_SECURE")[0],
            given(p, "grafana", "GF_SECURITY_CSRF_TRUSTED_ORIGINS")[0] == {"Ref": "GatewayDomain"},
        ),
    ),
    Row(
        "Grafana's reports",
        ("false", "false", "false"),
        lambda p: given(
            p,
            "grafana",
            "GF_ANALYTICS_REPORTING_ENABLED",
            "GF_ANALYTICS_CHECK_FOR_UPDATES",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES",
        ),
    ),
    Row("One writer", (0, 100, "DISABLED", 120), _writer),
    sandbox("One writer", "FARGATE", _runs_on),
    sandbox("Mounting files", ("ENABLED", "ENABLED", "{'Ref': 'AccessPointId'}"), _mount),
    Row("Master user", "stargate_master", _master_user),
    Row("Headers and methods", [False], _streams_compressed),
    Row("Headers and methods", {7}, _methods),
    Row("Idle connections", 300, _idle_seconds),
    Row("Deployments that fail", {True}, _breakers),
)


@pytest.mark.parametrize(("preset", "row"), cases(HELD))
def test_what_nobody_specified_is_as_recorded(preset, row):
    """A setting that a row of the repairs speaks of is in the template, or is not, as it says."""
    assert row.ours(preset) == row.says


def test_every_one_of_them_is_recorded():
    """With what would go wrong."""
    recorded = {line.split("|")[1].strip() for line in REPAIRS.splitlines() if line.startswith("| ")}
    assert {row.place for row in HELD} - recorded == set()


def _regions_of_alarms_on_bedrock(preset: str) -> dict[str, str]:
    found = environment(preset)
    return {
        name: found.region_of(stack)
        for stack in found.graph.names & TEMPLATES.keys()
        for name, resource in rendered(preset, stack).items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "'AWS/Bedrock'" in str(resource)
    }


def test_an_alarm_stands_where_its_metric_is():
    """CloudWatch shows an alarm its own region's metrics only, and a POC has its models from another."""
    models = {preset: environment(preset).region_of("models") for preset in BOTH}
    assert environment(POC).region != models[POC]
    assert {preset: _regions_of_alarms_on_bedrock(preset) for preset in BOTH} == {
        preset: dict.fromkeys(("FirstTokenWarning", "FirstTokenCritical"), models[preset]) for preset in BOTH
    }
