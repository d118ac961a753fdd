"""The prober against a real HTTP server and a real PostgreSQL that are taken down for known times."""

import contextlib
import os
import signal
import sys
import threading
import time
from http.client import HTTPConnection
from itertools import pairwise

import pytest

from local.judges.postgresql import postgresql
from local.judges.processes import answers, free_port, running
from stargate.adapters.gateway.http_probe import HttpProbe, status_is
from stargate.adapters.gateway.prober import Prober
from stargate.domain.drills.outages import outages_of
from stargate.domain.drills.probes import Reply, Rhythm

RHYTHM = Rhythm(interval=1.0, deadline=3.0)
OUT = 6.0  # seconds that something is down
TABLE = "CREATE TABLE IF NOT EXISTS markers (id bigserial PRIMARY KEY, at timestamptz DEFAULT now())"
MARK = "WITH made AS (INSERT INTO markers DEFAULT VALUES RETURNING id) SELECT count(*) FROM made"


@contextlib.contextmanager
def http_server(folder, port):
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    with running("http", command, folder, {"PATH": os.environ["PATH"]}) as program:
        program.wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), "serving", 10)
        yield program


def http_probe(port):
    return HttpProbe(lambda seconds: HTTPConnection("127.0.0.1", port, timeout=seconds), "/", status_is(200))


def marker_probe(server):
    """A marker row is written and acknowledged."""

    def ask(deadline):
        written = server.psql(["--quiet", "--command", MARK], variables={"PGCONNECT_TIMEOUT": "3"})
        return Reply(written == "1", "" if written == "1" else "no row was written")

    return ask


def measured(asks, breaking, seconds=20.0):
    """The outages while `breaking` was entered 5 s after the start and left `OUT` later, and the truth."""
    truth = []

    def break_and_mend():
        threading.Event().wait(5.0)
        truth.append(time.time())
        with breaking:
            threading.Event().wait(OUT)
            truth.append(time.time())
        truth.append(time.time())
        over.wait()  # a server ends with the thread that started it

    over = threading.Event()
    hand = threading.Thread(target=break_and_mend)
    hand.start()
    probes = Prober(asks, RHYTHM).watch(seconds)
    over.set()
    hand.join()
    return outages_of(probes, 3), truth


def assert_true(outage, truth):
    """Both edges within one interval of when it went down, and of when it was back (between two moments)."""
    down, mended, back = truth
    assert outage.began_at == pytest.approx(down, abs=RHYTHM.interval)
    assert mended - RHYTHM.interval <= outage.ended_at <= back + RHYTHM.interval
    assert outage.at_least <= back - down
    assert outage.at_most >= mended - down


@contextlib.contextmanager
def killed(folder, port, serving):
    serving.pop().close()
    yield
    serving.append(contextlib.ExitStack())
    serving[-1].enter_context(http_server(folder, port))


@contextlib.contextmanager
def stopped(program):
    os.kill(program.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(program.pid, signal.SIGCONT)


def test_an_http_server_that_is_killed_and_started_again(tmp_path):
    """Connections are refused meanwhile."""
    port = free_port()
    serving = [contextlib.ExitStack()]
    serving[-1].enter_context(http_server(tmp_path, port))
    try:
        found, truth = measured({"http": http_probe(port)}, killed(tmp_path, port, serving))
    finally:
        serving.pop().close()
    (outage,) = found["http"]
    assert_true(outage, truth)
    assert "ConnectionRefusedError" in outage.reasons


def test_an_http_server_that_hangs(tmp_path):
    """It takes connections and says nothing, then goes on: nothing is ever refused."""
    port = free_port()
    with http_server(tmp_path, port) as program:
        found, truth = measured({"http": http_probe(port)}, stopped(program))
    (outage,) = found["http"]
    assert_true(outage, truth)
    assert set(outage.reasons) == {"no answer in time"}


@pytest.mark.parametrize("way", ["down", "hanging"])
def test_a_postgresql_that_is_taken_down_or_hangs(way):
    """A marker row each second; what was acknowledged before is there afterwards."""
    with postgresql() as server:
        server.psql(["--command", TABLE])
        found, truth = measured({"database": marker_probe(server)}, getattr(server, way)())
        rows = int(server.psql(["--command", "SELECT count(*) FROM markers"]))
    (outage,) = found["database"]
    assert_true(outage, truth)
    assert rows >= 8


@pytest.mark.timeout(400)
def test_the_interval_is_kept_for_five_minutes_while_answers_hang(tmp_path):
    """One second, within a tenth, while one of two servers hangs every other half minute."""
    port, other = free_port(), free_port()
    with http_server(tmp_path, port) as hanging, http_server(tmp_path, other):
        ended = threading.Event()

        def hang_now_and_then():
            while not ended.wait(30):
                with stopped(hanging):
                    ended.wait(30)

        hand = threading.Thread(target=hang_now_and_then)
        hand.start()
        probes = Prober({"hanging": http_probe(port), "well": http_probe(other)}, RHYTHM).watch(300)
        ended.set()
        hand.join()
    for component in ("hanging", "well"):
        moments = [probe.at for probe in probes if probe.component == component]
        steps = [after - before for before, after in pairwise(moments)]
        assert len(moments) == 300
        assert (moments[-1] - moments[0]) / 299 == pytest.approx(RHYTHM.interval, rel=0.001)
        within = [step for step in steps if abs(step - RHYTHM.interval) <= 0.1 * RHYTHM.interval]
        assert len(within) >= 0.99 * len(steps)
    assert sum(not probe.ok for probe in probes if probe.component == "hanging") > 100
    assert all(probe.ok for probe in probes if probe.component == "well")
