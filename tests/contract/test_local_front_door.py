"""The front door of the local cloud: the twin says who would answer, and a function reaches it by HTTPS."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from ministack.services import cloudfront, waf

from local import firewall, front_door
from local.cloudformation.types.waf import as_kept, create_acl
from local.gateways import registry
from local.twin import read_fault
from stargate.domain.gateway.front_door import PAGES, Answer, check_page
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, by_hand
from tests.template.gateway_templates import rendered

DOMAIN = "d1.cloudfront.net"
INSIDE = Path(front_door.__file__).parent / "inside_functions"


@pytest.fixture
def hands(monkeypatch):
    """LiteLLM serves behind its distribution, the others are not there yet; time moves by hand."""
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    with ministack_in_process.cloud() as cloud:
        asyncio.run(cloud.create(CLUSTER, ecs_stories.resources(ServiceName="litellm")))
        record = {"DomainName": DOMAIN, "config_xml": f"<Comment>{CLUSTER}</Comment>"}
        monkeypatch.setitem(cloudfront._distributions, "E1", record)
        yield by_hand()


def liveliness():
    return front_door.reply(DOMAIN, "/health/liveliness", has_key=False)[0]


def break_(**fault):
    entry = registry.find(CLUSTER)
    entry.gateway.break_(read_fault({"service": "litellm", **fault}), registry.now())


def test_a_crash_loop_closes_the_door_and_mending_opens_it(hands):
    """As long as no task is healthy the answer is the balancer's, and the check fails by it."""
    assert liveliness() == 200
    break_(what="crash_loop", every_seconds=0)
    for task in registry.find(CLUSTER).fleet.serving("litellm"):
        break_(what="crash_task", task_id=task.task_id)
    assert liveliness() == 503
    assert not check_page(PAGES[0], Answer(503, 0.1)).ok
    registry.find(CLUSTER).gateway.mend()
    hands.pass_seconds(3600)
    assert liveliness() == 200


@pytest.mark.usefixtures("hands")
def test_the_door_has_the_balancers_routes():
    """A service that is not there, a call without a key, a redirect, and a distribution of nobody."""
    told = {page.subject: front_door.reply(DOMAIN, page.path, has_key=False)[:2] for page in PAGES}
    assert told == {
        "litellm": (200, ""),
        "keys": (401, ""),
        "grafana": (503, ""),
        "langfuse": (302, f"https://{DOMAIN}:443/"),
        "traces": (503, ""),
    }
    assert front_door.reply(DOMAIN, "/v1/models", has_key=True)[0] == 501
    assert front_door.reply("d2.cloudfront.net", "/v1/models", has_key=False)[0] == 502


class Door(BaseHTTPRequestHandler):
    """Sends whoever comes to the root of the host that was asked."""

    def do_GET(self):
        self.send_response(302)
        self.send_header("Location", f"https://{self.headers['Host']}:443/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


ASK = """
import json, outward
outward.install()
from stargate.adapters.gateway.front_door import HttpsFrontDoor
answer = HttpsFrontDoor().ask("d1.cloudfront.net", "/langfuse")
print(json.dumps([answer.status, answer.location, bool(answer.words)]))
"""


def ask(endpoint):
    environment = {
        "AWS_ENDPOINT_URL": endpoint,
        "PYTHONPATH": os.pathsep.join([str(INSIDE), *sys.path]),
        "PATH": os.environ["PATH"],
    }
    command = [sys.executable, "-c", ASK]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return json.loads(told.stdout)


def test_a_functions_https_ends_at_the_local_cloud():
    """In the name of the host that was asked; where nobody listens the answer says so."""
    server = HTTPServer(("127.0.0.1", 0), Door)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        assert ask(endpoint) == [302, "https://d1.cloudfront.net:443/", False]
    finally:
        server.shutdown()
        serving.join()
        server.server_close()
    assert ask(endpoint) == [0, "", True]


@pytest.fixture
def walled(hands, monkeypatch):
    """The same, behind the web ACL of the gateway's own template."""
    made = rendered("sandbox", "waf")["WebAcl"]["Properties"]
    _, arn, _ = waf.create_web_acl_record("stargate-sandbox", "CLOUDFRONT", as_kept(made))
    record = {"DomainName": DOMAIN, "config_xml": f"<Comment>{CLUSTER}</Comment><WebACLId>{arn}</WebACLId>"}
    monkeypatch.setitem(cloudfront._distributions, "E1", record)
    firewall._asked.clear()
    yield hands
    firewall._asked.clear()


def test_a_search_string_is_kept_as_callers_of_the_api_send_it(hands):
    """Text in a template; whoever reads the rules from the service decodes it."""
    made = rendered("sandbox", "waf")["WebAcl"]["Properties"]
    _, attributes = create_acl("WebAcl", made, "stargate-sandbox-waf")
    kept = json.dumps(waf.web_acl_record(attributes["Id"], "CLOUDFRONT")["Rules"])
    assert '"SearchString": "L3YxLw=="' in kept
    assert '"SearchString": "/v1/"' not in kept


def refused(address, path, times, **headers):
    """Which of so many requests is the first that is blocked; 0 if none is."""
    caller = firewall.Caller(address, path, headers)
    return next((number for number in range(1, times + 1) if firewall.blocks(DOMAIN, caller)), 0)


@pytest.mark.usefixtures("walled")
def test_an_address_that_asks_too_often_is_blocked_and_no_other():
    """Outside /v1/ after a thousand requests; within, where keys are counted, after many more."""
    assert refused("one", "/health/liveliness", 1100) == 1001
    assert refused("another", "/health/liveliness", 1000) == 0
    assert refused("one", "/v1/models", 5000, authorization="Bearer a") == 0


@pytest.mark.usefixtures("walled")
def test_each_path_of_an_address_is_counted_by_itself():
    """A drill asks six of them each second for a quarter of an hour, and none is refused."""
    asked = (
        "/key/info",
        "/health/liveliness",
        "/grafana/api/user",
        "/api/public/health",
        "/api/public/ingestion",
    )
    assert [refused("drill", path, 900) for path in asked] == [0] * 5
    assert refused("drill", "/grafana/api/user", 200) == 101


@pytest.mark.usefixtures("walled")
def test_an_address_that_asks_for_another_path_each_time_is_held_all_the_same():
    """At what all tasks serve in five minutes, whatever it asks for."""
    assert next(number for number in range(1, 90_100) if refused("scan", f"/{number}", 1)) == 90_001


@pytest.mark.usefixtures("walled")
def test_a_key_is_counted_wherever_it_comes_from():
    """What two tasks serve in five minutes; who sends no key at all is counted by address alone."""
    for address in ("one", "another"):
        assert refused(address, "/v1/models", 15_000, authorization="Bearer a") == 0
    assert refused("third", "/v1/models", 2, authorization="Bearer a") == 1
    assert refused("third", "/v1/models", 2) == 0
