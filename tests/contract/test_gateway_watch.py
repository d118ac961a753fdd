"""The drill's watch against a server that plays the front door: its keys, its markers, its outage."""

import json
import threading
from base64 import b64encode
from collections import Counter
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto import mock_aws

from stargate.adapters.aws import client
from stargate.adapters.gateway.gateway_watch import GatewayWatch
from stargate.domain.drills.outages import outages_of
from stargate.domain.drills.probes import Rhythm
from stargate.domain.gateway.rate_limit import LIMIT, WINDOW_SECONDS
from stargate.errors import DrillNotSteadyError

SECRETS = (
    "litellm-master-key", "admin-header-secret", "langfuse-public-key", "langfuse-secret-key",
    "grafana-admin-password",
)  # fmt: skip
ADMINISTRATOR = f"Basic {b64encode(b'admin:value-of-grafana-admin-password').decode()}"
QUICK = Rhythm(interval=0.1, deadline=0.5)


class Gateway(ThreadingHTTPServer):
    """LiteLLM, Langfuse and Grafana on one database, which may be down or forget."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Door)
        self.down = False
        self.keys = set()
        self.traces = {}
        self.samples = [100.0, 115.0, 130.0]
        self.asked = Counter()  # by path, as the web ACL counts them

    def answer(self, path, headers, body):
        self.asked[urlsplit(path).path] += 1
        if path == "/health/liveliness":
            return 200, {}
        if path in {"/key/generate", "/key/delete"}:
            return self.management(path, headers, body)
        return (503, {}) if self.down else self.from_database(path, headers, body)

    def from_database(self, path, headers, body):
        if path == "/key/info":
            return self.management(path, headers, body)
        if path == "/api/public/ingestion":
            return self.ingest(headers, body)
        if path.startswith("/grafana/"):
            return self.grafana(path, headers)
        known = {"/api/public/health", *self.traces}
        return (200 if path.partition("?")[0].removeprefix("/api/public/traces/") in known else 404), {}

    def grafana(self, path, headers):
        if headers["Authorization"] != ADMINISTRATOR:
            return 401, {}
        if path == "/grafana/api/user":
            return 200, {"login": "admin"}
        query = parse_qs(urlsplit(path).query)["query"][0]
        newest, all_of_them = {"value": [999, str(self.samples[-1])]}, [[at, "1"] for at in self.samples]
        found = {"values": all_of_them} if query.endswith("[20m]") else newest
        return 200, {"data": {"result": [found]}}

    def management(self, path, headers, body):
        if headers.get("x-stargate-admin") != "value-of-admin-header-secret":
            return 403, {}
        if path == "/key/info":
            return (200 if headers["Authorization"].removeprefix("Bearer ") in self.keys else 401), {}
        if path == "/key/generate":
            self.keys.add("sk-of-the-drill")
            return 200, {"key": "sk-of-the-drill"}
        self.keys -= set(body["keys"])
        return 200, {}

    def ingest(self, headers, body):
        if not headers["Authorization"].startswith("Basic "):
            return 401, {}
        for event in body["batch"]:
            self.traces[event["body"]["id"]] = event["timestamp"]
        return 207, {"successes": [{"id": event["id"], "status": 201} for event in body["batch"]]}


class Door(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        status, document = self.server.answer(self.path, self.headers, body)
        sent = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    do_GET = do_POST = answer  # noqa: N815 - names of the base class

    def log_message(self, *_):
        pass


@pytest.fixture
def gateway(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    server = Gateway()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    with mock_aws():
        client.cache_clear()
        secrets = boto3.client("secretsmanager", region_name="us-east-1")
        for name in SECRETS:
            secrets.create_secret(Name=f"stargate-sandbox/{name}", SecretString=f"value-of-{name}")
        yield server
    client.cache_clear()
    server.shutdown()
    serving.join()
    server.server_close()


def never(_probes):
    return False


def watched(gateway, seconds=2.0, enough=never):
    watch = GatewayWatch(
        lambda _, patience: HTTPConnection("127.0.0.1", gateway.server_port, timeout=patience), QUICK
    )
    return watch.watch("sandbox", "stargate-sandbox/", "us-east-1", "d1.cloudfront.net", seconds, enough)


def by_number_of_probes(gateway, down, up):
    """Down after so many probes, and up after so many."""

    def enough(probes):
        gateway.down = down <= len(probes) < up
        return False

    return enough


def test_each_component_is_asked_and_none_is_out(gateway):
    """With a key that is there for the drill only, and markers that are all found again."""
    told = watched(gateway, 1.0)
    assert {probe.component for probe in told.probes} == {
        "litellm", "liveliness", "grafana", "langfuse", "ingestion", "victoria-metrics",
    }  # fmt: skip
    assert [probe.reason for probe in told.probes if not probe.ok] == []
    assert len(told.acknowledged) >= 5
    assert told.found == {name for _, name in told.acknowledged} == set(gateway.traces)
    assert gateway.keys == set()
    assert told.assumptions == ()
    assert (told.scrapes_seen, told.scrapes_found) == ((130.0,), (100.0, 115.0, 130.0))


def test_a_database_that_is_out_is_out_for_those_who_need_it(gateway):
    """Liveliness alone goes on saying that all is well."""
    told = watched(gateway, 2.5, by_number_of_probes(gateway, 30, 60))
    out = {component for component, outages in outages_of(told.probes, 3).items() if outages}
    assert out == {"litellm", "grafana", "langfuse", "ingestion", "victoria-metrics"}
    assert all(outages[-1].ended_at for outages in outages_of(told.probes, 3).values() if outages)


def test_a_marker_that_was_acknowledged_and_is_gone_is_missed(gateway):
    """The database comes back without its newest records."""

    def forgets(probes):
        if len(probes) >= 40 and not gateway.down:
            gateway.down = True
            gateway.traces = dict(list(gateway.traces.items())[:3])
        return len(probes) >= 50

    told = watched(gateway, 3.0, lambda probes: forgets(probes) and _up(gateway))
    assert len(told.found) == 3
    assert len(told.acknowledged) > 3


def _up(gateway):
    gateway.down = False
    return True


def test_without_a_key_nothing_is_begun(gateway, monkeypatch):
    """LiteLLM makes none: the gateway is not steady."""
    monkeypatch.setattr(gateway, "management", lambda *_: (500, {}))
    with pytest.raises(DrillNotSteadyError):
        watched(gateway)


def test_no_credential_is_in_what_is_brought_home(gateway):
    """Neither a secret's value nor the drill's own key."""
    told = repr(watched(gateway, 0.5))
    assert "value-of" not in told
    assert "sk-of" not in told


def test_no_path_is_asked_as_often_as_the_web_acl_refuses(gateway):
    """Once a beat each, and once more in the end: it counts them by address and path."""
    found = watched(gateway)
    beats = len({probe.at for probe in found.probes if probe.component == "liveliness"})
    assert max(gateway.asked.values()) <= beats + 1
    assert WINDOW_SECONDS / Rhythm().interval + 1 < LIMIT
