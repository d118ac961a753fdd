"""The observer's own code on the local cloud: it asks a twin's tasks by address, and finds what is so."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ministack.services import secretsmanager

from local import inside
from local.gateways import registry
from local.inside import door, services, virtual_keys
from local.inside.services import Request
from local.twin import Quota
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, by_hand

INSIDE = Path(inside.__file__).parents[1] / "inside_functions"
OBSERVER = Path(__file__).parents[2] / "gateway/observer"
SECRETS = {
    name: f"{CLUSTER}/{name}"
    for name in ("litellm-master-key", "grafana-admin-password", "langfuse-public-key", "langfuse-secret-key")
}
VARIABLES = {f"{name.upper().replace('-', '_')}_ARN": full for name, full in SECRETS.items()}
ASK = """
import json, sys
import inward
inward.install()
import index
print(json.dumps(index.handle({"verb": sys.argv[1], "given": json.loads(sys.argv[2])}, None)))
"""


class Cloud(BaseHTTPRequestHandler):
    """The three doors that the observer comes to: addresses, tasks, Secrets Manager."""

    def do_GET(self):
        self.answer()

    def do_POST(self):
        self.answer()

    def answer(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        name = self.headers["X-Stargate-Name"]
        if self.path == "/_stargate/inside":
            self.tell(200, json.dumps(door.find(json.loads(body))).encode())
        elif name:
            headers = {key.lower(): value for key, value in self.headers.items()}
            told = door.reply(name, Request(self.command, self.path, headers, body))
            self.tell(told.status, told.body(), told.headers)
        else:
            status, _, answer = secretsmanager._get_secret_value(json.loads(body))
            self.tell(status, answer)

    def tell(self, status, body, headers=None):
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def endpoint():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Cloud)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def ask(endpoint):
    """What the observer answers to a verb, in a process of its own as Lambda gives it."""
    environment = {
        "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NAMESPACE": f"{CLUSTER}.internal",
        "PYTHONPATH": os.pathsep.join([str(INSIDE), str(OBSERVER)]), "PATH": os.environ["PATH"], **VARIABLES,
    }  # fmt: skip

    def told(verb, **given):
        command = [sys.executable, "-c", ASK, verb, json.dumps(given)]
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return json.loads(ran.stdout) if ran.returncode == 0 else ran.stderr.strip().splitlines()[-1]

    return told


@pytest.fixture
def hands(monkeypatch, request):
    """One service of two tasks, and the environment's secrets; time moves by hand."""
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    kept = {
        name.title().replace("-", ""): {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": full, "GenerateSecretString": {"ExcludePunctuation": True}},
        }
        for name, full in SECRETS.items()
    }
    service = getattr(request, "param", "litellm")
    made = ecs_stories.resources(ServiceName=service)
    injected = [{"Name": name, "ValueFrom": {"Ref": name}} for name in kept]
    containers = [{"Name": "app", "Image": "app:1", "Secrets": injected}]
    task = {**made["Task"]["Properties"], "ContainerDefinitions": containers}
    resources = {**made, "Task": {**made["Task"], "Properties": task}, **kept}
    with ministack_in_process.cloud() as cloud:
        virtual_keys.install()
        asyncio.run(cloud.create(CLUSTER, resources))
        yield by_hand()


@pytest.mark.usefixtures("hands")
def test_every_task_of_litellm_serves_a_key_that_is_gone_afterwards(ask):
    """Each is asked by its own address; no credential is in the answer."""
    found = ask("virtual_key")
    assert (found["ok"], found["reason"]) == (True, "")
    assert found["measured"] == {"tasks": 2, "serving": 2, "answers": ["200", "200"], "refusing": []}
    (people,) = virtual_keys.of(registry.find(CLUSTER).place).values()
    assert people.alias == "people"
    assert "sk-" not in json.dumps(found)


def test_a_litellm_that_is_alive_and_refuses_every_key_is_found(ask, hands):
    """After a failover that wedged it: the front door's liveliness sees nothing of that."""
    failover = registry.find(CLUSTER).gateway.failover
    failover.wedges = True
    failover.begin(registry.now(), registry.find(CLUSTER).fleet)
    without = ask("virtual_key")
    assert (without["reason"], without["measured"]["refusing"]) == ("no task makes a key: 503, 503", [])
    hands.pass_seconds(300)
    addresses = sorted(door.find({"name": f"litellm.{CLUSTER}.internal"})["addresses"])
    wedged = ask("virtual_key")
    assert (wedged["reason"], wedged["measured"]["refusing"]) == ("no task makes a key: 401, 401", addresses)
    address = addresses[0]
    alive = Request("GET", "/health/liveliness", {"host": f"{address}:4000"}, b"")
    assert door.reply(f"litellm.{CLUSTER}.internal", alive).status == 200


@pytest.mark.usefixtures("hands")
def test_a_model_is_served_by_another_until_it_is_not(ask):
    """LiteLLM keeps its routing; a router setting that is none is refused and told."""
    assert ask("model_routes")["measured"] == {"aliases": {}}
    shifted = {"claude-opus-4-5": "claude-sonnet-4-5"}
    assert ask("route_models", aliases=shifted)["ok"]
    assert ask("model_routes")["measured"] == {"aliases": shifted}
    assert ask("route_models", aliases={})["ok"]
    assert ask("model_routes")["measured"] == {"aliases": {}}


LOW = {"stargate": {"importance": "low"}}


def makes(**given):
    """A key, as whoever has the master key makes it; the key itself."""
    return virtual_keys.generate(registry.find(CLUSTER).place, given)["key"]


def lists_models(key):
    """What a task answers to this key."""
    address = min(door.find({"name": f"litellm.{CLUSTER}.internal"})["addresses"])
    headers = {"host": f"{address}:4000", "authorization": f"Bearer {key}"}
    return door.reply(f"litellm.{CLUSTER}.internal", Request("GET", "/v1/models", headers, b"")).status


@pytest.mark.usefixtures("hands")
def test_what_unimportant_keys_may_spend_is_told_and_changed_by_alias(ask):
    """From what whoever asks believes, once, and less for none that is important; no key itself is told."""
    batch = makes(key_alias="batch", metadata=LOW, max_budget=100)
    makes(key_alias="toys", metadata=LOW)
    shop = makes(key_alias="shop", max_budget=50)
    makes(metadata=LOW, max_budget=70)
    told = ask("key_budgets", also=["shop", "gone"])
    assert told["measured"]["keys"] == {
        "batch": {"spent": 0.0, "most": 100, "unimportant": True},
        "toys": {"spent": 0.0, "most": None, "unimportant": True},
        "shop": {"spent": 0.0, "most": 50, "unimportant": False},
    }
    token = virtual_keys.known(registry.find(CLUSTER).place, batch).token
    assert not any(secret in json.dumps(told) for secret in ("sk-", token))
    changes = {
        "batch": {"from": [100.0], "to": 0.0},
        "toys": {"from": [5.0], "to": 1.0},
        "shop": {"from": [50.0], "to": 1.0},
        "gone": {"from": [None], "to": 1.0},
    }
    done = ask("budget_keys", changes=changes)
    alone = dict.fromkeys(("toys", "shop", "gone"), "left alone")
    assert (done["ok"], done["measured"]["answers"]) == (True, {"batch": "200", **alone})
    assert (lists_models(batch), lists_models(shop)) == (429, 200)
    again = ask("budget_keys", changes={"batch": {"from": [100.0, 0.0], "to": 0.0}})
    assert again["measured"]["answers"] == {"batch": "as it is"}
    back = {"batch": {"from": [0.0], "to": None}, "shop": {"from": [50.0], "to": 60.0}}
    assert ask("budget_keys", changes=back)["measured"]["answers"] == {"batch": "200", "shop": "200"}
    assert lists_models(batch) == 200


@pytest.mark.usefixtures("hands")
def test_what_litellm_refuses_to_every_key_is_told(ask):
    """A sum below nothing is none."""
    makes(key_alias="batch", metadata=LOW)
    refused = ask("budget_keys", changes={"batch": {"from": [None], "to": -1.0}})
    assert refused["reason"] == "LiteLLM does not take it: 400"


@pytest.mark.usefixtures("hands")
def test_of_very_many_keys_those_that_spent_most_are_looked_at_and_those_that_are_named(ask):
    """A key that we have lowered is found again, however many spend more by now."""
    for number in range(1005):
        makes(key_alias=f"key-{number}", metadata=LOW)
    place = registry.find(CLUSTER).place
    keys = {key.alias: key for key in virtual_keys.of(place).values()}
    for number in range(5, 1005):
        keys[f"key-{number}"].spent = 1.0 + number
    measured = ask("key_budgets", also=["key-0"])["measured"]
    assert measured["looked_at"] == 1001
    assert {"key-0", "key-5", "key-1004"} < set(measured["keys"])
    assert "key-1" not in measured["keys"]


def test_people_whose_key_has_spent_what_it_may_are_refused_until_it_may_spend_more(ask, hands):
    """Tokens are charged to it minute by minute; who is refused costs nothing, and is answered again soon."""
    entry = registry.find(CLUSTER)

    def minutes_pass(count):
        for _ in range(count):
            hands.pass_seconds(60)
            registry.advance(entry)
        return key.spent, entry.gateway.totals.completed

    key = virtual_keys.people_of(entry.place)
    entry.gateway.set_users(40)
    spent, _ = minutes_pass(3)
    assert spent > 0
    most = round(spent, 2)
    virtual_keys.update(entry.place, {"key_alias": "people", "metadata": LOW})
    lower, back = ({"from": [None], "to": most}, {"from": [most], "to": None})
    assert ask("budget_keys", changes={"people": lower})["measured"]["answers"] == {"people": "200"}
    refused = minutes_pass(4)
    assert minutes_pass(3) == refused
    assert ask("budget_keys", changes={"people": back})["measured"]["answers"] == {"people": "200"}
    assert minutes_pass(3) > refused


@pytest.mark.usefixtures("hands")
def test_who_has_no_task_has_no_address(ask):
    """As Cloud Map has it; and metrics cannot arrive where nobody keeps them."""
    assert ask("grafana_login")["reason"] == f"grafana.{CLUSTER}.internal has no address: no task runs"
    assert "victoria-metrics" in ask("metrics_arriving")["reason"]


@pytest.mark.parametrize(
    ("hands", "verb", "measured"),
    [
        ("grafana", "grafana_login", {"tasks": 2, "logged_in": 2, "answers": ["200", "200"]}),
        ("langfuse", "langfuse_ingestion", {"written": "207", "read": "200"}),
    ],
    indirect=["hands"],
)
def test_logins_and_traces_are_tried_with_the_environments_secrets(ask, hands, verb, measured):
    """The administrator gets in, a trace is taken and found; another password would not do."""
    found = ask(verb)
    assert (found["ok"], found["measured"]) == (True, measured)
    secretsmanager._secrets.pop(SECRETS["grafana-admin-password"])
    secretsmanager._secrets.pop(SECRETS["langfuse-secret-key"])
    assert ask(verb)["reason"] == "Secrets Manager refuses: ResourceNotFoundException"


@pytest.mark.parametrize("hands", ["victoria-metrics"], indirect=True)
def test_metrics_of_nobody_do_not_arrive(ask, hands):
    """VictoriaMetrics scrapes itself; of LiteLLM, which is not there, it has nothing."""
    found = ask("metrics_arriving")
    assert found["reason"] == "no scrape of LiteLLM succeeds"
    assert found["measured"]["up"] == {"victoria-metrics": 2}


@pytest.mark.parametrize("hands", ["victoria-metrics"], indirect=True)
def test_who_used_the_models_is_told_of_a_stretch_of_time(ask, hands):
    """By key, team and model, with no more of a key than tells it from another; and what it cost."""
    entry = registry.find(CLUSTER)
    gateway = entry.gateway
    hands.pass_seconds(180)
    registry.advance(entry)
    begun = gateway.at // 60 * 60
    gateway.footprint.tokens["haiku"] = (3_000_000, 200_000)
    hands.pass_seconds(180)
    registry.advance(entry)
    gateway.footprint.tokens["haiku"] = (9_000_000, 900_000)  # of which nobody has asked
    (haiku,) = ask("key_use", until=begun + 120, seconds=120)["measured"]["rows"]
    assert haiku == {
        "hash": "5e8b5e8b",
        "alias": "people",
        "team": "everybody",
        "model": "converse/us.anthropic.claude-haiku-4-5",
        "input": 3_000_000.0,
        "output": 200_000.0,
        "cache_read": 0.0,
        "cache_write": 0.0,
        "spend": pytest.approx(3 * 1.10 + 0.2 * 5.50),
    }
    assert ask("key_use", until=begun - 60, seconds=60)["measured"] == {"rows": []}


def test_demand_is_counted_at_every_task_of_litellm(ask, hands):
    """What is in flight and what was answered since, task by task, add up to the twin's own totals."""
    gateway = registry.find(CLUSTER).gateway
    gateway.set_users(40)
    hands.pass_seconds(120)
    measured = ask("demand")["measured"]["tasks"]
    models = [model for task in measured.values() for model in task["models"].values()]
    assert len(measured) == 2
    assert sum(task["in_flight"] for task in measured.values()) == gateway.totals.in_flight > 0
    assert sum(model["finished"] for model in models) == gateway.totals.completed > 1000
    assert sum(model["output_tokens"] for model in models) == gateway.totals.output_tokens
    assert sum(model["reserved_tokens"] for model in models) == 1024 * gateway.totals.completed
    assert {name for task in measured.values() for name in task["models"]} == set(services.MODELS)


def test_who_admission_turned_away_is_counted_too(ask, hands):
    """At the quota what was asked for is more than what Bedrock ever saw."""
    gateway = registry.find(CLUSTER).gateway
    gateway.set_quota("haiku", Quota(60, 5_000_000))
    gateway.set_users(40)
    hands.pass_seconds(120)
    measured = ask("demand")["measured"]["tasks"]
    haiku = [task["models"]["claude-haiku-4-5"] for task in measured.values()]
    turned_away = sum(model["refused"] for model in haiku)
    assert turned_away > sum(model["throttles"] for model in haiku) > 0
    assert sum(model["finished"] for model in haiku) >= turned_away


@pytest.mark.usefixtures("hands")
def test_only_what_is_on_the_list_is_done(ask):
    """The observer has the rights of nobody who could ask it for more."""
    assert ask("run_sql").startswith("index.UnknownVerbError: run_sql is none of demand, virtual_key, ")
