"""Runtime configuration and templates fit together."""

from __future__ import annotations

import json
import re

import yaml

from stargate.adapters.gateway.connection_pools import VARIABLE
from stargate.domain.environment import MAINTENANCE
from stargate.domain.gateway.connections import GRAFANA_POOL, LANGFUSE_POOL, LITELLM_POOL, MOST_CONNECTIONS
from stargate.domain.gateway.secrets import READERS
from tests.template.gateway_templates import (
    GATEWAY,
    TEMPLATES,
    containers,
    environment_names,
    resources_of_type,
)

CONFIG = GATEWAY / "config"
LITELLM = yaml.safe_load((CONFIG / "litellm/config.yaml").read_text())
SCRAPE = yaml.safe_load((CONFIG / "victoria-metrics/scrape.yaml").read_text())
DATASOURCES = yaml.safe_load((CONFIG / "grafana/datasources/datasources.yaml").read_text())
DASHBOARDS = [json.loads(path.read_text()) for path in (CONFIG / "grafana/dashboards").glob("*.json")]
SQL = (CONFIG / "database/prepare.sql").read_text()


def test_litellm_is_given_every_variable_its_configuration_reads():
    """A name that nobody sets would be None when the proxy starts."""
    read = set(re.findall(r"os\.environ/(\w+)", (CONFIG / "litellm/config.yaml").read_text()))
    assert read - environment_names(containers("litellm")["litellm"]) == set()


def test_the_window_that_nobody_chose_is_the_templates():
    """What waits for maintenance and what RDS does by itself come in the same hour."""
    days, hours = ",".join(MAINTENANCE.days), f"{MAINTENANCE.begins}-{MAINTENANCE.days[0]}:{MAINTENANCE.ends}"
    database = TEMPLATES["data"]["Resources"]["Database"]["Properties"]
    assert database["PreferredMaintenanceWindow"] == f"{days}:{hours}"
    assert MAINTENANCE.time_zone == "UTC"


def test_whoever_reads_a_secret_is_known():
    """Whose tasks keep an old value once it is rotated; the preparing task ends by itself."""
    found = {}
    for service in ("litellm", "grafana", "langfuse", "victoria-metrics"):
        for secret in containers(service)[service].get("Secrets", []):
            reference = secret["ValueFrom"].get("Ref") or secret["ValueFrom"]["Fn::Sub"].split("}")[0].strip(
                "${"
            )
            name = re.sub(r"(?<!^)([A-Z])", r"-\1", reference.removesuffix("Arn")).lower()
            found.setdefault(name, set()).add(service)
    assert {name: set(services) for name, services in READERS.items()} == found


def test_connections_are_counted_as_the_configuration_opens_them():
    """What a request is refused by is what the database and the applications are told."""
    classes = TEMPLATES["data"]["Mappings"]["ConnectionsOfClass"]
    assert {name: int(entry["Max"]) for name, entry in classes.items()} == MOST_CONNECTIONS
    assert LITELLM["general_settings"]["database_connection_pool_limit"] == f"os.environ/{VARIABLE}"
    own = containers("litellm")["litellm"]["Environment"]
    assert {"Name": VARIABLE, "Value": str(LITELLM_POOL)} in own
    given = containers("grafana")["grafana"]["Environment"]
    assert {"Name": "GF_DATABASE_MAX_OPEN_CONN", "Value": str(GRAFANA_POOL)} in given
    assert f"connection_limit={LANGFUSE_POOL}" in str(containers("langfuse")["langfuse"]["Environment"])


def test_each_model_is_called_through_a_profile_of_the_environment():
    """That is what makes its use and cost the environment's own."""
    assert {model["model_name"]: model["litellm_params"]["model_id"] for model in LITELLM["model_list"]} == {
        "claude-haiku-4-5": "os.environ/HAIKU_PROFILE_ARN",
        "claude-sonnet-4-5": "os.environ/SONNET_PROFILE_ARN",
        "claude-opus-4-5": "os.environ/OPUS_PROFILE_ARN",
    }


def test_a_model_is_named_alike_where_it_is_priced_copied_and_permitted():
    """LiteLLM's name, the profile's source and the task's rights speak of the same version."""
    priced = {
        model["litellm_params"]["model"].removeprefix("bedrock/converse/") for model in LITELLM["model_list"]
    }
    copied = {
        profile["ModelSource"]["CopyFrom"]["Fn::Sub"].rsplit("/", 1)[1]
        for _, _, profile in resources_of_type("AWS::Bedrock::ApplicationInferenceProfile")
    }
    permitted = re.findall(
        r"inference-profile/([\w.:-]+)", str(TEMPLATES["litellm"]["Resources"]["TaskRole"])
    )
    assert priced == copied == set(permitted)


def test_what_is_scraped_is_what_can_be_found():
    """Each job's DNS name is a service in the namespace, on the port that its container opens."""
    found = {
        properties["Name"]: containers(stack)[stack]["PortMappings"][0]["ContainerPort"]
        for stack, _, properties in resources_of_type("AWS::ServiceDiscovery::Service")
    }
    for job in SCRAPE["scrape_configs"]:
        for target in job.get("dns_sd_configs", []):
            assert target["names"] == [f"{job['job_name']}.%{{NAMESPACE}}"]
            assert found[job["job_name"]] == target["port"]


def test_services_call_each_other_by_names_that_exist():
    """LiteLLM's traces and Grafana's queries go to services of the namespace."""
    names = {properties["Name"] for _, _, properties in resources_of_type("AWS::ServiceDiscovery::Service")}
    text = str(TEMPLATES["litellm"]) + str(DATASOURCES)
    called = re.findall(r"http://([\w-]+)\.\$\{?\w+\}?:\d+", text)
    assert sorted(called) == ["langfuse", "victoria-metrics"]
    assert set(called) <= names


def test_every_panel_asks_a_data_source_that_is_provisioned():
    """By the fixed uid, so that dashboards survive a new environment."""
    uids = {source["uid"] for source in DATASOURCES["datasources"]}
    for dashboard in DASHBOARDS:
        for panel in dashboard["panels"]:
            assert {panel["datasource"]["uid"], *(t["datasource"]["uid"] for t in panel["targets"])} <= uids


def test_the_three_dashboards_of_the_specification_exist():
    """By the names that it gives them."""
    assert {dashboard["title"] for dashboard in DASHBOARDS} == {"LLM Usage", "Infra", "Overview"}


def test_a_dashboard_declares_every_variable_that_its_panels_use():
    """Grafana sends an unknown one as it is written, and finds nothing."""
    for dashboard in DASHBOARDS:
        declared = {variable["name"] for variable in dashboard.get("templating", {}).get("list", [])}
        used = re.findall(r"\$(\w+)", json.dumps([dashboard["panels"], dashboard.get("templating")]))
        assert set(used) <= declared


def test_dashboards_learn_their_environment_from_the_namespace():
    """VictoriaMetrics labels what it scrapes with it, and the variable takes the environment out of it."""
    assert SCRAPE["global"]["external_labels"] == {"namespace": "%{NAMESPACE}"}
    namespace = TEMPLATES["cluster"]["Outputs"]["NamespaceName"]["Value"]["Fn::Sub"]
    for dashboard in DASHBOARDS:
        for variable in dashboard.get("templating", {}).get("list", []):
            if variable["name"] == "environment":
                found = re.match(variable["regex"].strip("/"), namespace.replace("${Environment}", "sandbox"))
                assert found
                assert found[1] == "sandbox"


def test_the_metrics_that_ecs_tells_are_shown_of_every_service():
    """CloudWatch alone has them: the four that the specification names."""
    services = {p["ServiceName"] for _, _, p in resources_of_type("AWS::ECS::Service")}
    (infra,) = (dashboard for dashboard in DASHBOARDS if dashboard["title"] == "Infra")
    shown = {
        (target["metricName"], target["dimensions"]["ServiceName"])
        for panel in infra["panels"]
        for target in panel["targets"]
        if "ServiceName" in target.get("dimensions", {})
    }
    metrics = ("CPUUtilization", "MemoryUtilization", "RunningTaskCount", "PendingTaskCount")
    assert shown == {(metric, service) for metric in metrics for service in services}


def test_the_preparing_sql_reads_only_what_its_container_is_given():
    """Passwords arrive as variables and never as text."""
    read = set(re.findall(r"\\getenv \w+ (\w+)", SQL))
    assert read == {"LITELLM_PASSWORD", "LANGFUSE_PASSWORD", "GRAFANA_PASSWORD"}
    assert read <= environment_names(containers("data")["roles"])
    assert re.findall(r"PASSWORD (?!:')\S", SQL) == []


def test_preparing_runs_one_container_after_the_other():
    """Each starts when those before succeeded, and the last one ends the task."""
    order = [
        (name, [need["ContainerName"] for need in container.get("DependsOn", [])], container["Essential"])
        for name, container in containers("data").items()
    ]
    assert order == [
        ("fetch", [], False),
        ("roles", ["fetch"], False),
        ("litellm-migrations", ["roles"], False),
        ("langfuse-migrations", ["fetch", "roles", "litellm-migrations"], True),
        ("check", ["fetch"], True),  # of another task: it reads what a drill has restored
    ]


def test_migrations_that_fail_fail_their_container():
    """LiteLLM must be told so; Langfuse's container is its migration, and nothing else."""
    litellm, langfuse = (containers("data")[f"{name}-migrations"] for name in ("litellm", "langfuse"))
    assert {"Name": "ENFORCE_PRISMA_MIGRATION_CHECK", "Value": "true"} in litellm["Environment"]
    assert re.search(r"&& exec prisma migrate deploy --schema=\S+$", langfuse["Command"][0])


def test_what_a_drill_restored_is_read_and_never_written():
    """The drill says where it is and since when it must know; the statements only ask."""
    text = (CONFIG / "database/check_restore.sql").read_text()
    assert re.findall(r"\\getenv \w+ (\w+)", text) == ["MARKED_AT"]
    statements = re.sub(r"--.*|^\\.*", "", text, flags=re.MULTILINE).split(";")
    assert {one.split()[0] for one in statements if one.strip()} == {"SELECT"}
    given = environment_names(containers("data")["check"])
    assert given == {"PGDATABASE", "PGSSLMODE", "PGCONNECT_TIMEOUT", "PGUSER", "PGPASSWORD"}


def test_only_the_preparing_task_may_change_a_schema():
    """Several tasks starting at once would fight for the migration lock."""
    assert "DISABLE_SCHEMA_UPDATE" in environment_names(containers("litellm")["litellm"])
    assert "LANGFUSE_AUTO_POSTGRES_MIGRATION_DISABLED" in environment_names(
        containers("langfuse")["langfuse"]
    )
