"""The prober against servers of this process that fail and hang at known moments."""

import threading
import time
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from stargate.adapters.gateway.http_probe import HttpProbe, status_is
from stargate.adapters.gateway.prober import Prober
from stargate.domain.drills.outages import outages_of
from stargate.domain.drills.probes import Reply, Rhythm

QUICK = Rhythm(interval=0.05, deadline=0.2)
CLOSE = 0.1  # a busy machine's share in what is measured


class Door(ThreadingHTTPServer):
    """Answers 200, or 503 while it fails, or nothing while it hangs."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Page)
        self.failing = False
        self.free = threading.Event()
        self.free.set()


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.free.wait()
        self.send_response(503 if self.server.failing else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def door():
    server = Door()
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield server
    server.free.set()
    server.shutdown()
    serving.join()
    server.server_close()


def well(_deadline):
    return Reply(ok=True)


def probe(door):
    return HttpProbe(
        lambda seconds: HTTPConnection("127.0.0.1", door.server_port, timeout=seconds), "/", status_is(200)
    )


def watched(door, seconds, *turns):
    """What was measured while each turn, (after, act), was taken at its second; and when they were."""
    moments = []

    def take_turns():
        begun = time.monotonic()
        for after, act in turns:
            threading.Event().wait(after - (time.monotonic() - begun))
            act()
            moments.append(time.time())

    turning = threading.Thread(target=take_turns)
    turning.start()
    probes = Prober({"door": probe(door)}, QUICK).watch(seconds)
    turning.join()
    return probes, moments


def test_an_outage_that_fails_is_measured_at_both_edges(door):
    """Within one interval of the truth, and a busy machine's share."""
    probes, (down, up) = watched(
        door,
        1.6,
        (0.4, lambda: setattr(door, "failing", True)),
        (1.0, lambda: setattr(door, "failing", False)),
    )
    (outage,) = outages_of(probes, 3)["door"]
    assert outage.began_at == pytest.approx(down, abs=QUICK.interval + CLOSE)
    assert outage.ended_at == pytest.approx(up, abs=QUICK.interval + CLOSE)
    assert set(outage.reasons) == {"503 instead of 200"}


def test_an_outage_that_hangs_is_measured_at_both_edges(door):
    """Questions go on while earlier ones hang; the end is when the first answer came."""
    probes, (down, up) = watched(door, 1.8, (0.4, door.free.clear), (1.1, door.free.set))
    (outage,) = outages_of(probes, 3)["door"]
    assert outage.began_at == pytest.approx(down, abs=QUICK.interval + CLOSE)
    assert outage.ended_at == pytest.approx(up, abs=QUICK.interval + CLOSE)
    assert set(outage.reasons) == {"no answer in time"}


def test_the_beat_goes_on_whatever_hangs():
    """A component that never answers delays neither its own questions nor the other's."""
    forever = threading.Event()
    asks = {"deaf": lambda deadline: forever.wait(2 * deadline), "well": well}
    probes = Prober(asks, QUICK).watch(1.0)
    moments = [one.at for one in probes if one.component == "deaf"]
    assert len(moments) >= 15
    assert moments[-1] - moments[0] == pytest.approx((len(moments) - 1) * QUICK.interval, abs=0.2)
    assert {one.ok for one in probes if one.component == "deaf"} == {False}
    assert {one.ok for one in probes if one.component == "well"} == {True}
    assert len([one for one in probes if one.component == "well"]) == len(moments)


def test_it_ends_early_when_enough_is_known():
    """And what was asked by then is answered or given up."""
    probes = Prober({"well": well}, QUICK).watch(30, lambda seen: len(seen) >= 5)
    assert 5 <= len(probes) <= 6


def test_a_question_that_breaks_is_a_failed_one():
    """Whatever goes wrong at the edge is in the record, and the watch goes on."""

    def broken(deadline):
        raise ValueError("no such header")

    probes = Prober({"broken": broken}, QUICK).watch(0.12)
    assert {one.reason for one in probes} == {"ValueError: no such header"}


def test_who_refuses_the_connection_is_out(door):
    """Nobody listens there: failed, with the system's word for it."""
    nobody = HttpProbe(lambda seconds: HTTPConnection("127.0.0.1", 9, timeout=seconds), "/", status_is(200))
    assert nobody(0.5) == Reply(ok=False, reason="ConnectionRefusedError")
