"""The observer: the one function inside an environment's VPC.

It asks the services what only somebody inside and with a credential can ask, and answers results, never a
credential. CloudFormation carries it inline (gateway/inline_code.py): hence one file, the standard library
and what Lambda's Python brings along.

    {"verb": "virtual_key"}
    {"verb": "virtual_key", "ok": false, "reason": "1 of 2 tasks refuses a good key",
     "seconds": 0.21, "measured": {"tasks": 2, "serving": 1}}
"""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    Headers = dict[str, str]
    Measured = dict[str, Any]
    Finding = tuple[str, Measured]  # why it is not well, "" if it is; what was measured

LITELLM, GRAFANA, LANGFUSE, VICTORIA_METRICS = 4000, 3000, 3000, 8428
ASK_SECONDS = 2.0  # for one request
VERB_SECONDS = 7.0  # for all of a verb: whoever invokes us waits ten
KEY_DURATION = "5m"  # should deleting it fail
TRACE = "stargate-observer"  # one trace, written anew each time
SESSION = re.compile(r"grafana_session=[^;,]+")
FRESH_SECONDS = 60.0  # four scrapes
# Of all virtual keys those that have spent most, a page after the other: LiteLLM lists a hundred at most.
KEYS_BY_SPEND = "/key/list?return_full_object=true&sort_by=spend&sort_order=desc&size=100"
KEY_PAGES = 10
NO_ANSWER, FOUND, MULTI_STATUS = 0, 200, 207
UNKNOWN_KEY = {"401", "403"}
THROTTLED = "429"
# The few of LiteLLM's series that tell of demand, in Prometheus' text.
IN_FLIGHT = "litellm_in_flight_requests"
FINISHED = "litellm_proxy_total_requests_metric_total"
FAILURES = "litellm_deployment_failure_responses_total"
TURNED_AWAY = "stargate_admission_refused_total"
COUNTERS = {
    FINISHED: "finished",
    FAILURES: "throttles",
    TURNED_AWAY: "refused",
    "stargate_reserved_tokens_total": "reserved_tokens",
    "litellm_input_tokens_metric_total": "input_tokens",
    "litellm_output_tokens_metric_total": "output_tokens",
    "litellm_llm_api_latency_metric_sum": "answer_seconds",
    "litellm_llm_api_latency_metric_count": "answers",
}
FIGURES = tuple(COUNTERS.values())
# What a virtual key has used, and by which labels it is known; what it costs, as LiteLLM believes.
SPENT = {
    "input": "litellm_input_tokens_metric_total",
    "output": "litellm_output_tokens_metric_total",
    "cache_read": "litellm_input_cached_tokens_metric_total",
    "cache_write": "litellm_input_cache_creation_tokens_metric_total",
    "spend": "litellm_spend_metric_total",
}
OF_A_KEY = {"hash": "hashed_api_key", "alias": "api_key_alias", "team": "team_alias", "model": "model"}
SHOWN_OF_A_HASH = 8  # enough to tell one from another
NOBODY = "None"  # what stands in LiteLLM's series for the alias of a key that has none, and for its team
SERIES = re.compile(rf"({'|'.join([IN_FLIGHT, *COUNTERS])})(?:\{{(.*)\}})? ([0-9.e+-]+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
SERVED = re.compile(r"claude-[a-z]+-\d-\d")  # in Bedrock's id of a model: the name that callers know
SECRETS_CONFIG = Config(
    connect_timeout=2, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2}
)


class UnknownVerbError(ValueError):
    """Whoever asks for what is not on the list is refused."""


class NotWellError(Exception):
    """Why a verb did not find what it asked for; never with a credential in it."""


@dataclass(frozen=True)
class Reply:
    """`status` is 0 where no answer came, and `text` says why."""

    status: int
    text: str
    cookie: str = ""

    def document(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError:
            raise NotWellError("an answer that is no JSON") from None


@dataclass(frozen=True)
class House:
    """Where the services of this environment are, and until when the verb may ask them."""

    namespace: str
    until: float

    def addresses(self, service: str, port: int) -> list[str]:
        """One for each task that Cloud Map knows."""
        name = f"{service}.{self.namespace}"
        try:
            found = socket.getaddrinfo(name, port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError:
            raise NotWellError(f"{name} has no address: no task runs") from None
        return sorted({str(entry[4][0]) for entry in found})

    def ask(
        self, address: str, port: int, request: str, headers: Headers | None = None, body: Any = None
    ) -> Reply:
        """`request` is method and path, e.g. "GET /v1/models"."""
        method, path = request.split(" ", 1)
        left = self.until - time.monotonic()
        if left <= 0:
            return Reply(NO_ANSWER, "no time was left to ask")
        connection = HTTPConnection(address, port, timeout=min(ASK_SECONDS, left))
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, path, content, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
            return Reply(answer.status, text, answer.getheader("Set-Cookie") or "")
        except (OSError, HTTPException) as error:
            return Reply(NO_ANSWER, str(error) or type(error).__name__)
        finally:
            connection.close()

    def ask_any(
        self, service: str, port: int, request: str, headers: Headers | None = None, body: Any = None
    ) -> Reply:
        """The first good answer of a task, or the last bad one."""
        reply = Reply(NO_ANSWER, "nobody to ask")
        for address in self.addresses(service, port):
            reply = self.ask(address, port, request, headers, body)
            if reply.status in {FOUND, MULTI_STATUS}:
                break
        return reply

    def secret(self, variable: str) -> str:
        """The value of the secret whose ARN the environment variable holds."""
        reader = boto3.client("secretsmanager", config=SECRETS_CONFIG)
        try:
            return str(reader.get_secret_value(SecretId=os.environ[variable])["SecretString"])
        except ClientError as error:
            raise NotWellError(f"Secrets Manager refuses: {error.response['Error']['Code']}") from None
        except BotoCoreError as error:
            raise NotWellError(f"Secrets Manager does not answer: {type(error).__name__}") from None


def bearer(key: str) -> Headers:
    return {"Authorization": f"Bearer {key}"}


def told(reply: Reply) -> str:
    """The status of an answer, or why none came. Not its text: that may repeat what was sent."""
    return str(reply.status) if reply.status else reply.text


# ---- The verbs ----------------------------------------------------------------------------


def virtual_key(house: House) -> Finding:
    """Make a key, show it to every task, take it back: a LiteLLM can be alive and refuse every key."""
    addresses = house.addresses("litellm", LITELLM)
    master = bearer(house.secret("LITELLM_MASTER_KEY_ARN"))
    answers, maker, key = _make_key(house, addresses, master)
    if not key:
        return f"no task makes a key: {', '.join(answers)}", _served(addresses, answers)
    try:
        answers = [told(house.ask(at, LITELLM, "GET /v1/models", bearer(key))) for at in addresses]
    finally:
        house.ask(maker, LITELLM, "POST /key/delete", master, {"keys": [key]})
    measured = _served(addresses, answers)
    lacking = len(addresses) - measured["serving"]
    return f"{lacking} of {len(addresses)} tasks refuse a good key" if lacking else "", measured


def _served(addresses: list[str], answers: list[str]) -> Measured:
    """`refusing` are those who do not know a good key; a task without its database says something else."""
    refusing = [at for at, answer in zip(addresses, answers, strict=True) if answer in UNKNOWN_KEY]
    serving = answers.count(str(FOUND))
    return {"tasks": len(addresses), "serving": serving, "answers": answers, "refusing": refusing}


def _make_key(house: House, addresses: list[str], master: Headers) -> tuple[list[str], str, str]:
    """What who answered until one made it, and the key. It needs the database, and LiteLLM's key for all."""
    body = {"duration": KEY_DURATION, "metadata": {"made_by": TRACE}}
    answers = []
    for address in addresses:
        reply = house.ask(address, LITELLM, "POST /key/generate", master, body)
        if reply.status == FOUND and "key" in reply.document():
            return answers, address, str(reply.document()["key"])
        answers.append(told(reply))
    return answers, "", ""


def grafana_login(house: House) -> Finding:
    """Log in as the administrator, and out again."""
    addresses = house.addresses("grafana", GRAFANA)
    body = {"user": "admin", "password": house.secret("GRAFANA_ADMIN_PASSWORD_ARN")}
    statuses = []
    for address in addresses:
        reply = house.ask(address, GRAFANA, "POST /grafana/login", body=body)
        statuses.append(told(reply))
        session = SESSION.search(reply.cookie)
        if session:
            house.ask(address, GRAFANA, "GET /grafana/logout", {"Cookie": session[0]})
    logged_in = statuses.count(str(FOUND))
    measured: Measured = {"tasks": len(addresses), "logged_in": logged_in, "answers": statuses}
    if logged_in == len(addresses):
        return "", measured
    return f"{len(addresses) - logged_in} of {len(addresses)} tasks let the administrator not in", measured


def langfuse_ingestion(house: House) -> Finding:
    """Write a trace as LiteLLM does, and read it back."""
    keys = f"{house.secret('LANGFUSE_PUBLIC_KEY_ARN')}:{house.secret('LANGFUSE_SECRET_KEY_ARN')}"
    authorization = {"Authorization": f"Basic {base64.b64encode(keys.encode()).decode()}"}
    marker, now = uuid.uuid4().hex, datetime.now(UTC).isoformat()
    trace = {"id": TRACE, "name": TRACE, "timestamp": now, "metadata": {"marker": marker}}
    event = {"id": marker, "type": "trace-create", "timestamp": now, "body": trace}
    request = "POST /api/public/ingestion"
    written = house.ask_any("langfuse", LANGFUSE, request, authorization, {"batch": [event]})
    measured: Measured = {"written": told(written)}
    if written.status != MULTI_STATUS or written.document().get("errors"):
        return f"a trace is not taken: {told(written)}", measured
    read = house.ask_any("langfuse", LANGFUSE, f"GET /api/public/traces/{TRACE}", authorization)
    measured["read"] = told(read)
    if read.status != FOUND or (read.document().get("metadata") or {}).get("marker") != marker:
        return f"a trace that was taken is not found: {told(read)}", measured
    return "", measured


def metrics_arriving(house: House) -> Finding:
    """VictoriaMetrics scrapes LiteLLM, and the last scrape is not long ago."""
    up = _by_job(house, "sum(up) by (job)")
    ages = _by_job(house, "max(time() - timestamp(up)) by (job)")
    series = _by_job(house, 'count({job="litellm"}) by (job)').get("litellm", 0.0)
    measured: Measured = {
        "up": {job: int(value) for job, value in sorted(up.items())},
        "oldest_seconds": round(max(ages.values(), default=0.0), 1),
        "litellm_series": int(series),
    }
    if up.get("litellm", 0.0) < 1:
        return "no scrape of LiteLLM succeeds", measured
    if ages.get("litellm", 0.0) > FRESH_SECONDS:
        return f"LiteLLM was last scraped {ages['litellm']:.0f} s ago", measured
    return "", measured


def _by_job(house: House, query: str) -> dict[str, float]:
    result = _queried(house, query)
    return {str(entry["metric"].get("job", "")): float(entry["value"][1]) for entry in result}


def _queried(house: House, query: str, at: float | None = None) -> list[dict[str, Any]]:
    """As it is now, or was at that moment."""
    moment = "" if at is None else f"&time={at:.0f}"
    path = f"GET /api/v1/query?query={quote(query, safe='')}{moment}"
    reply = house.ask_any("victoria-metrics", VICTORIA_METRICS, path)
    if reply.status != FOUND:
        raise NotWellError(f"VictoriaMetrics answers no query: {told(reply)}")
    result: list[dict[str, Any]] = reply.document()["data"]["result"]
    return result


def model_routes(house: House) -> Finding:
    """Which model LiteLLM serves in the place of which."""
    master = bearer(house.secret("LITELLM_MASTER_KEY_ARN"))
    reply = house.ask_any("litellm", LITELLM, "GET /router/settings", master)
    if reply.status != FOUND:
        return f"LiteLLM does not tell its routing: {told(reply)}", {}
    return "", {"aliases": dict(reply.document()["current_values"].get("model_group_alias") or {})}


def route_models(house: House, aliases: dict[str, str]) -> Finding:
    """Have LiteLLM serve so. It keeps it in its database, where its tasks read it again and again."""
    master = bearer(house.secret("LITELLM_MASTER_KEY_ARN"))
    wanted = {"router_settings": {"model_group_alias": aliases}}
    reply = house.ask_any("litellm", LITELLM, "POST /config/update", master, wanted)
    if reply.status != FOUND:
        return f"LiteLLM does not take it: {told(reply)}", {}
    return "", {"aliases": aliases}


def key_budgets(house: House, also: list[str]) -> Finding:
    """What virtual keys have spent and may spend at most, in dollars, by alias.

    Of those that are marked as unimportant, and `also` of these. One without an alias is left alone: nobody
    could be told of it.
    """
    found = _listed(house, bearer(house.secret("LITELLM_MASTER_KEY_ARN")), also)
    told_of = {
        alias: {"spent": key.get("spend") or 0.0, "most": key.get("max_budget"), "unimportant": _is_low(key)}
        for alias, key in found.items()
        if _is_low(key) or alias in also
    }
    return "", {"keys": told_of, "looked_at": len(found)}


def budget_keys(house: House, changes: dict[str, dict[str, Any]]) -> Finding:
    """Let each of these keys spend another sum at most, if it may spend now what whoever asks believes.

    `changes` are by alias: {"from": [100.0, None], "to": 81.2}; None is no limit. Only what is marked as
    unimportant is given less. It is well unless LiteLLM refused everything that there was to do.
    """
    master = bearer(house.secret("LITELLM_MASTER_KEY_ARN"))
    found, answers = _listed(house, master, list(changes)), {}
    for alias, change in changes.items():
        key, most = found.get(alias), change["to"]
        if key is None or key.get("max_budget") not in change["from"] or not _may_be(key, most):
            answers[alias] = "left alone"
        elif key.get("max_budget") == most:
            answers[alias] = "as it is"
        else:
            body = {"key_alias": alias, "max_budget": most}
            answers[alias] = told(house.ask_any("litellm", LITELLM, "POST /key/update", master, body))
    refused = sorted(
        {text for text in answers.values() if text not in {"left alone", "as it is", str(FOUND)}}
    )
    if refused and str(FOUND) not in answers.values():
        return f"LiteLLM does not take it: {', '.join(refused)}", {"answers": answers}
    return "", {"answers": answers}


def _listed(house: House, master: Headers, also: list[str]) -> dict[str, dict[str, Any]]:
    """Virtual keys by alias: those that have spent most, and these."""
    found: dict[str, dict[str, Any]] = {}
    for page in range(1, KEY_PAGES + 1):
        document = _page_of_keys(house, master, f"{KEYS_BY_SPEND}&page={page}")
        found.update({key["key_alias"]: key for key in document["keys"] if key.get("key_alias")})
        if page >= document["total_pages"]:
            return found
    for alias in set(also) - set(found):
        named = f"/key/list?return_full_object=true&key_alias={quote(alias, safe='')}"
        found.update({key["key_alias"]: key for key in _page_of_keys(house, master, named)["keys"]})
    return found


def _page_of_keys(house: House, master: Headers, path: str) -> Any:
    reply = house.ask_any("litellm", LITELLM, f"GET {path}", master)
    if reply.status != FOUND:
        raise NotWellError(f"LiteLLM does not list its keys: {told(reply)}")
    return reply.document()


def _is_low(key: dict[str, Any]) -> bool:
    """As whoever made it has marked it: metadata {"stargate": {"importance": "low"}}."""
    mark = (key.get("metadata") or {}).get("stargate")
    return isinstance(mark, dict) and mark.get("importance") == "low"


def _may_be(key: dict[str, Any], most: float | None) -> bool:
    before = key.get("max_budget")
    less = most is not None and (before is None or most < before)
    return _is_low(key) or not less


def demand(house: House) -> Finding:
    """Count at every LiteLLM task what is in flight and what was answered since its start.

    Counters and not rates: who asks again knows how long ago the last answer was.
    """
    addresses = house.addresses("litellm", LITELLM)
    replies = {at: house.ask(at, LITELLM, "GET /metrics/") for at in addresses}
    counted = {at: counts(reply.text) for at, reply in replies.items() if reply.status == FOUND}
    measured: Measured = {"tasks": counted}
    silent = sorted(told(reply) for reply in replies.values() if reply.status != FOUND)
    if silent:
        return f"{len(silent)} of {len(addresses)} tasks show no metrics: {', '.join(silent)}", measured
    return "", measured


def counts(exposition: str) -> Measured:
    """What one task has counted: `in_flight` now, the rest since its start, `models` by name.

    That is the model that was called, where the series tells it, and not the one that was asked for: an alias
    may lie between. LiteLLM's own counter of requests grows when one ends. The question itself is in flight
    while it is answered.
    """
    found: Measured = {"in_flight": 0.0, "models": {}}
    for line in exposition.splitlines():
        series = SERIES.match(line)
        if series is None:
            continue
        name, labels, value = series[1], dict(LABEL.findall(series[2] or "")), float(series[3])
        if name == IN_FLIGHT:
            found["in_flight"] = max(0.0, value - 1.0)
        elif name in COUNTERS and _counts(name, labels):
            figures = found["models"].setdefault(_model(labels), dict.fromkeys(FIGURES, 0.0))
            figures[COUNTERS[name]] += value
    return found


def _model(labels: dict[str, str]) -> str:
    called = SERVED.search(labels.get("model") or labels.get("litellm_model_name") or "")
    return called[0] if called else labels.get("requested_model", "")


def _counts(name: str, labels: dict[str, str]) -> bool:
    """Of requests those to a model; of failures, and of whom admission turned away, for want of quota.

    LiteLLM has whom admission turned away among its failures, too, but of no deployment: Bedrock never knew.
    """
    if name == FAILURES:
        return labels.get("exception_status") == THROTTLED and bool(labels.get("litellm_model_name"))
    if name == TURNED_AWAY:
        return labels.get("why") == "quota"
    return name != FINISHED or labels.get("route", "").startswith("/v1/")


def key_use(house: House, until: float, seconds: int) -> Finding:
    """What each virtual key used of each model in so many seconds, by the series in VictoriaMetrics."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for figure, series in SPENT.items():
        query = f"sum by ({', '.join(OF_A_KEY.values())}) (increase({series}[{int(seconds)}s]))"
        for entry in _queried(house, query, until):
            names = {name: _named(entry["metric"], label) for name, label in OF_A_KEY.items()}
            names["hash"] = names["hash"][:SHOWN_OF_A_HASH]
            row = rows.setdefault(tuple(names.values()), {**names, **dict.fromkeys(SPENT, 0.0)})
            row[figure] += float(entry["value"][1])
    return "", {"rows": [row for row in rows.values() if any(row[figure] for figure in SPENT)]}


def _named(series: dict[str, str], label: str) -> str:
    told = series.get(label, "")
    return "" if told == NOBODY else told


VERBS: dict[str, Callable[..., Finding]] = {
    "demand": demand,
    "virtual_key": virtual_key,
    "grafana_login": grafana_login,
    "langfuse_ingestion": langfuse_ingestion,
    "metrics_arriving": metrics_arriving,
    "model_routes": model_routes,
    "route_models": route_models,
    "key_budgets": key_budgets,
    "budget_keys": budget_keys,
    "key_use": key_use,
}


def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Answer one verb of the list."""
    verb = str(event.get("verb"))
    if verb not in VERBS:
        raise UnknownVerbError(f"{verb} is none of {', '.join(VERBS)}")
    began, given = time.monotonic(), event.get("given") or {}
    try:
        reason, measured = VERBS[verb](House(os.environ["NAMESPACE"], began + VERB_SECONDS), **given)
    except NotWellError as error:
        reason, measured = str(error), {}
    seconds = round(time.monotonic() - began, 3)
    return {"verb": verb, "ok": not reason, "reason": reason, "seconds": seconds, "measured": measured}
