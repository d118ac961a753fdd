"""Whoever asks too often, against a door that has enough after so many requests."""

from __future__ import annotations

import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stargate.adapters.gateway import front_door
from stargate.adapters.gateway.flood import HttpsFlood
from stargate.domain.gateway.rate_limit import BLOCKED


class Door(BaseHTTPRequestHandler):
    """Counts, and refuses from the request on that its server says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        with self.server.lock:
            self.server.asked += 1
            refuses = self.server.asked > self.server.patience
        status = self.server.refusal if refuses else self.server.status
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def connected(server, timeout=5.0):
    """To the door, whichever host is asked for."""
    return HTTPConnection(*server.server_address, timeout=timeout)


@pytest.fixture
def door(monkeypatch):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.lock, server.asked, server.patience = threading.Lock(), 0, 10**6
    server.status, server.refusal = 200, BLOCKED
    monkeypatch.setattr(front_door, "HTTPSConnection", lambda _, timeout: connected(server, timeout))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server
    server.shutdown()
    serving.join()
    server.server_close()


def flood(door, enough=200, patience=0.0):
    return HttpsFlood(lambda _: connected(door), beat=0.01)(
        "d1.cloudfront.net", "/health/liveliness", enough, patience
    )


def test_it_asks_until_it_is_refused(door):
    """And no more: by then every other connection has stopped too."""
    door.patience = 100
    trial = flood(door)
    assert (trial.before, trial.last) == (200, BLOCKED)
    assert 100 < trial.asked <= 100 + 16 + 1
    assert trial.asked == door.asked


def test_it_goes_on_asking_slowly_while_the_count_lags(door):
    """AWS counts some time after the requests."""
    door.patience = 250
    trial = flood(door, enough=200, patience=30.0)
    assert trial.last == BLOCKED
    assert trial.asked > 250


def test_it_gives_up_when_nobody_refuses(door):
    """With as many requests as were enough."""
    trial = flood(door)
    assert trial.last == 200
    assert 200 <= trial.asked <= 200 + 16


def test_a_door_that_is_not_well_is_not_flooded(door):
    """Nothing would be measured by it."""
    door.status = 503
    assert (flood(door).before, door.asked) == (503, 1)
