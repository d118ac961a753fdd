"""Real processes in the place of a twin's tasks: asked as the balancer would, and told as they speak."""

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from ministack.services import cloudfront

from local import front_door
from local.control import RefusedError
from local.gateways import processes, registry
from local.inside import door
from local.inside.tasks import addressed
from local.twin import read_fault
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, by_hand

DOMAIN = "d1.cloudfront.net"
NAME = CLUSTER.removeprefix("stargate-")
CRASHING = {"what": "crash_loop", "every_seconds": 0}


class Speaking(BaseHTTPRequestHandler):
    """Answers what it was asked, then a second word once it is let."""

    protocol_version = "HTTP/1.1"
    may_end = threading.Event()

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("X-Of-It", "yes")
        self.end_headers()
        self.say(json.dumps([self.path, self.headers["Host"], asked.decode(), dict(self.headers)]).encode())
        self.may_end.wait(10)
        self.say(b"end")
        self.say(b"")

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"real")

    def say(self, words):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(words), words))
        self.wfile.flush()

    def log_message(self, *_):
        pass


@contextmanager
def process():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaking)
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(params=["litellm"])
def hands(monkeypatch, request):
    """That service runs behind its distribution; time moves by hand."""
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    Speaking.may_end.set()
    with ministack_in_process.cloud() as cloud:
        asyncio.run(cloud.create(CLUSTER, ecs_stories.resources(ServiceName=request.param)))
        record = {"DomainName": DOMAIN, "config_xml": f"<Comment>{CLUSTER}</Comment>"}
        monkeypatch.setitem(cloudfront._distributions, "E1", record)
        yield by_hand()


def asking(method="GET", path="/v1/models", body=b"", query="", **headers):
    """A request as a server hands it on, and what is sent back, message by message."""
    given = {"host": DOMAIN, "content-length": str(len(body)), **headers}
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in given.items()],
    }

    async def receive():
        return {"type": "http.request", "body": body}

    return scope, receive


def ask(application, *request):
    """Status, headers and words, as they came; the first of them lets the process end."""
    sent = []

    async def send(message):
        sent.append(message)
        if message.get("body"):
            Speaking.may_end.set()

    asyncio.run(application(*request, send))
    words = [message["body"] for message in sent if message.get("body")]
    return sent[0]["status"], dict(sent[0]["headers"]), words


async def nobody(*_):
    raise AssertionError("it should not have come here")


@pytest.mark.usefixtures("hands")
def test_a_real_process_answers_in_the_balancers_place_word_by_word():
    """It is asked as the caller asked, the first words go out before the last are spoken."""
    with process() as url:
        processes.serve({"environment": NAME, "service": "litellm", "url": url})
        Speaking.may_end.clear()
        status, headers, words = ask(
            front_door.wrap(nobody),
            *asking("POST", "/v1/chat/completions", b"hello", "a=b", authorization="Bearer key"),
        )
    asked, last = json.loads(words[0]), words[1]
    assert (status, headers[b"x-of-it"], last) == (201, b"yes", b"end")
    assert b"transfer-encoding" not in headers
    assert asked[:3] == ["/v1/chat/completions?a=b", DOMAIN, "hello"]
    assert asked[3]["authorization"] == "Bearer key"


def test_only_while_a_task_of_its_service_is_healthy(hands):
    """The twin says whether there is a target; the other services are the twin's as before."""
    with process() as url:
        processes.serve({"environment": NAME, "service": "litellm", "url": url})
        assert ask(front_door.wrap(nobody), *asking())[::2] == (200, [b"real"])
        assert ask(front_door.wrap(nobody), *asking(path="/grafana/login"))[0] == 503
        entry = registry.find(CLUSTER)
        entry.gateway.break_(read_fault({"service": "litellm", **CRASHING}), registry.now())
        for task in entry.fleet.serving("litellm"):
            crashed = {"service": "litellm", "what": "crash_task", "task_id": task.task_id}
            entry.gateway.break_(read_fault(crashed), registry.now())
        assert ask(front_door.wrap(nobody), *asking())[0] == 503
        entry.gateway.mend()
        hands.pass_seconds(3600)
        assert ask(front_door.wrap(nobody), *asking())[0] == 200
        processes.serve({"environment": NAME, "service": "litellm", "url": None})
        assert ask(front_door.wrap(nobody), *asking())[0] == 401


@pytest.mark.usefixtures("hands")
def test_a_process_that_is_gone_is_a_bad_gateway():
    """As the balancer says of a target that does not answer."""
    with process() as url:
        processes.serve({"environment": NAME, "service": "litellm", "url": url})
    assert ask(front_door.wrap(nobody), *asking())[::2] == (502, [])


@pytest.mark.parametrize("hands", ["victoria-metrics"], indirect=True)
def test_the_observer_finds_the_real_victoria_metrics_at_its_tasks_address(hands):
    """Under the name and address that its task has."""
    name, (address, *_) = (
        f"victoria-metrics.{CLUSTER}.internal",
        addressed(registry.find(CLUSTER), "victoria-metrics"),
    )
    inside = {"x-stargate-name": name, "host": f"{address}:8428"}
    assert ask(door.wrap(nobody), *asking(path="/api/v1/query", query="query=up", **inside))[0] == 422
    with process() as url:
        processes.serve({"environment": NAME, "service": "victoria-metrics", "url": url})
        assert ask(door.wrap(nobody), *asking(path="/api/v1/query", query="query=up", **inside))[2] == [
            b"real"
        ]


@pytest.mark.usefixtures("hands")
def test_what_cannot_serve_is_refused_with_every_fault():
    """A service without a real one, and an address that is not this machine's."""
    with pytest.raises(RefusedError) as refused:
        processes.serve({"environment": NAME, "service": "grafana", "url": "https://example.com"})
    assert refused.value.faults == [
        "service must be one of litellm, victoria-metrics, not 'grafana'",
        "url must be null, or http:// with a port of this machine, not 'https://example.com'",
    ]
