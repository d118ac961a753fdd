"""What each service answers inside the VPC: the few paths that the observer asks, and 404 for all others.

Keys and traces live as long as the local cloud.
"""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from ministack.core.responses import request_scope
from ministack.services import ecs, secretsmanager

from local.gateways import registry
from local.inside import virtual_keys
from local.inside.key_series import increase
from local.inside.tasks import addressed
from local.twin.parameters import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.gateways.registry import Place, Running
    from local.twin.fleet import Task

MODELS = ("claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5")
SCRAPE_SECONDS = 15
SERIES_OF_A_SCRAPE = 6  # those that VictoriaMetrics itself writes for each target
JOBS = ("grafana", "litellm", "victoria-metrics")


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # path and query
    headers: Mapping[str, str]  # by names in lower case
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def document(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass(frozen=True)
class Answer:
    """`document` is told as JSON, a text that is `plain` as it is."""

    status: int
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    plain: bool = False

    def body(self) -> bytes:
        return str(self.document).encode() if self.plain else json.dumps(self.document).encode()


_traces: dict[tuple[Place, str], Any] = {}
ROUTING = frozenset({"/router/settings", "/config/update"})
NOT_FOUND = Answer(404, {"message": "Not found"})
UNKNOWN_KEY = Answer(401, {"error": {"message": "Authentication Error", "code": "401"}})
USED_UP = Answer(429, {"error": {"message": "Budget has been exceeded!", "code": "429"}})
NO_DATABASE = {"message": "the database is not to be had"}


def answer(entry: Running, service: str, task: Task, request: Request) -> Answer:
    """What this task of the service answers now; whoever needs the database fails without it."""
    told = entry.gateway.answers.at(registry.now(), entry.fleet) if entry.gateway else {}
    status = told.get(service, "").partition(" ")[0]
    if status == "503" and request.path not in {"/health/liveliness", "/metrics/"}:
        return Answer(503, NO_DATABASE)
    if service == "litellm":
        return _litellm(entry, task, request)
    if service == "grafana":
        return _grafana(entry.place, request)
    if service == "langfuse":
        return _langfuse(entry.place, request)
    return _victoria_metrics(entry, request) if service == "victoria-metrics" else NOT_FOUND


def secret(place: Place, name: str) -> str:
    """The value of a secret that the environment's tasks are given; without one, what nobody can send."""
    with request_scope(place.account, place.region):
        given = next((arn for arn in _given(place.cluster) if f"/{name}-" in arn), "")
        status, _, body = secretsmanager._get_secret_value({"SecretId": given})
    return str(json.loads(body)["SecretString"]) if status == 200 else secrets.token_hex()


def _given(cluster: str) -> Iterator[str]:
    """The ARNs of all secrets that are injected into containers of the cluster's services.

    MiniStack keeps what lies within a container as the template spells it.
    """
    for key, service in list(ecs._services.items()):
        if key.startswith(f"{cluster}/"):
            definition = ecs._task_defs.get(ecs._resolve_td_key(service["taskDefinition"])) or {}
            for container in definition.get("containerDefinitions", []):
                yield from (str(entry["ValueFrom"]) for entry in container.get("secrets", []))


# ---- LiteLLM ------------------------------------------------------------------------------------------


def _litellm(entry: Running, task: Task, request: Request) -> Answer:
    if request.path == "/health/liveliness":
        return Answer(200, "I'm alive!")
    if (request.method, request.path) == (
        "GET",
        "/metrics/",
    ):  # open to the network, as the configuration says
        return Answer(200, exposition(entry, task), {"Content-Type": "text/plain"}, plain=True)
    wedged = entry.gateway is not None and entry.gateway.failover.refuses_keys(task.task_id)
    place, key = entry.place, request.headers.get("authorization", "").removeprefix("Bearer ")
    is_master = key == secret(place, "litellm-master-key")
    virtual = None if is_master else virtual_keys.known(place, key)
    if wedged or not (is_master or virtual):
        return UNKNOWN_KEY
    if virtual is not None and virtual.is_used_up and request.path.startswith("/v1/"):
        return USED_UP
    return _to_who_may_ask(entry, request, is_master=is_master)


def _to_who_may_ask(entry: Running, request: Request, *, is_master: bool) -> Answer:
    if (request.method, request.path) == ("GET", "/v1/models"):
        return Answer(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})
    if not is_master:
        return Answer(403, {"error": {"code": "403"}})
    return _routing(entry, request) if request.path in ROUTING else _key_management(entry.place, request)


def _routing(entry: Running, request: Request) -> Answer:
    """Told, and changed; what else a router can be told is of no use here."""
    if (request.method, request.path) == ("GET", "/router/settings"):
        told = {"model_group_alias": registry.routes(entry.place)}
        return Answer(200, {"fields": [], "current_values": told})
    given = request.document().get("router_settings", {})
    if request.method != "POST" or set(given) != {"model_group_alias"}:
        return Answer(400, {"error": {"message": "Unsupported router settings", "code": "400"}})
    aliases = given["model_group_alias"]
    unknown = sorted({*aliases, *aliases.values()} - set(MODELS))
    if unknown:
        return Answer(400, {"error": {"message": f"No such models here: {unknown}", "code": "400"}})
    with registry.lock:
        registry.route(entry, aliases)
    return Answer(200, {"message": "Config updated successfully"})


def exposition(entry: Running, task: Task) -> str:
    """The series that the observer reads, as LiteLLM's workers show them together; it is in flight itself."""
    load = entry.gateway.loads.get(task.task_id) if entry.gateway else None
    lines = [f"litellm_in_flight_requests {(load.in_flight if load else 0) + 1}"]
    for model, counted in sorted(load.counted.items()) if load else ():
        named = f'requested_model="claude-{model}-4-5"'
        for code, ended in ((200, counted.completed), (429, counted.throttled), (500, counted.failed)):
            route = f'{named},route="/v1/chat/completions",status_code="{code}"'
            lines.append(f"litellm_proxy_total_requests_metric_total{{{route}}} {ended}")
        deployment = f"converse/us.anthropic.claude-{model}-4-5"
        called = f'{named},model="{deployment}"'
        for tried, failed in ((deployment, counted.throttles), ("", counted.refused)):
            failure = f'{named},exception_status="429",litellm_model_name="{tried}"'
            lines.append(f"litellm_deployment_failure_responses_total{{{failure}}} {failed}")
        lines += [
            f"litellm_input_tokens_metric_total{{{called}}} {counted.input_tokens}",
            f"litellm_output_tokens_metric_total{{{called}}} {counted.output_tokens}",
            f"litellm_llm_api_latency_metric_sum{{{called}}} {counted.answer_seconds:.3f}",
            f"litellm_llm_api_latency_metric_count{{{called}}} {counted.completed}",
            f'stargate_admission_refused_total{{{named},why="quota"}} {counted.refused}',
            f"stargate_reserved_tokens_total{{{named}}} {PARAMETERS.max_output_tokens * counted.ended}",
        ]
    return "\n".join([*lines, ""])


def _key_management(place: Place, request: Request) -> Answer:
    try:
        match request.method, request.path:
            case "POST", "/key/generate":
                return Answer(200, virtual_keys.generate(place, request.document()))
            case "POST", "/key/update":
                return Answer(200, virtual_keys.update(place, request.document()))
            case "POST", "/key/delete":
                return Answer(200, virtual_keys.delete(place, request.document()["keys"]))
            case "GET", "/key/list":
                asked = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
                return Answer(200, virtual_keys.page(place, asked))
    except virtual_keys.RefusedError as refused:
        return Answer(refused.status, {"error": {"message": str(refused), "code": str(refused.status)}})
    return NOT_FOUND


# ---- Grafana ------------------------------------------------------------------------------------------


def _grafana(place: Place, request: Request) -> Answer:
    if (request.method, request.path) == ("GET", "/grafana/logout"):
        return Answer(302, None, {"Location": "/grafana/login"})
    if (request.method, request.path) != ("POST", "/grafana/login"):
        return NOT_FOUND
    given = request.document()
    password = secret(place, "grafana-admin-password")
    if given != {"user": "admin", "password": password}:
        return Answer(401, {"message": "Invalid username or password"})
    cookie = f"grafana_session={secrets.token_hex(16)}; Path=/grafana; HttpOnly; Secure; SameSite=Lax"
    return Answer(200, {"message": "Logged in"}, {"Set-Cookie": cookie})


# ---- Langfuse -----------------------------------------------------------------------------------------


def _langfuse(place: Place, request: Request) -> Answer:
    keys = f"{secret(place, 'langfuse-public-key')}:{secret(place, 'langfuse-secret-key')}"
    good = f"Basic {base64.b64encode(keys.encode()).decode()}"
    if request.headers.get("authorization") != good:
        return Answer(401, {"message": "Invalid credentials"})
    if (request.method, request.path) == ("POST", "/api/public/ingestion"):
        batch = request.document()["batch"]
        for event in batch:
            _traces[place, event["body"]["id"]] = event["body"]
        return Answer(
            207, {"successes": [{"id": event["id"], "status": 201} for event in batch], "errors": []}
        )
    trace = _traces.get((place, request.path.removeprefix("/api/public/traces/")))
    return Answer(200, trace) if trace is not None and request.method == "GET" else NOT_FOUND


# ---- VictoriaMetrics ----------------------------------------------------------------------------------


def _victoria_metrics(entry: Running, request: Request) -> Answer:
    """No database of series stands behind it: it knows the observer's own questions and no others."""
    given = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
    query = given.get("query", "")
    of_keys = increase(entry, query, float(given.get("time", registry.now())))
    if request.path == "/api/v1/query" and of_keys is not None:
        return _vector(of_keys)
    up = {job: sum(task.healthy_at is not None for task in addressed(entry, job).values()) for job in JOBS}
    known: dict[str, Mapping[str, float]] = {
        "sum(up) by (job)": up,
        "max(time() - timestamp(up)) by (job)": dict.fromkeys(up, registry.now() % SCRAPE_SECONDS),
        'count({job="litellm"}) by (job)': {"litellm": up["litellm"] * SERIES_OF_A_SCRAPE},
    }
    if request.path != "/api/v1/query" or query not in known:
        return Answer(422, {"status": "error", "error": "a twin answers the observer's queries only"})
    values = {job: value for job, value in known[query].items() if up[job]}
    result = [
        {"metric": {"job": job}, "value": [registry.now(), str(value)]} for job, value in values.items()
    ]
    return _vector(result)


def _vector(result: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"status": "success", "data": {"resultType": "vector", "result": result}})
