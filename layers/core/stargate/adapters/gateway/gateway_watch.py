"""Watches a gateway through its front door with keys of its own, as its users would.

A virtual key is made for the drill and expires by itself. It asks for its own row, which LiteLLM reads from
the database; whether the key is good may still be in its cache. A marker is a trace that Langfuse
acknowledges, so it lies in the database, and all of them are read back afterwards. Metrics are asked for as
their users do, through Grafana. Keys are read at the moment of use, and never leave this process.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stargate.adapters.aws import client
from stargate.adapters.clock import SystemClock
from stargate.adapters.gateway.http_probe import HttpProbe, status_is
from stargate.adapters.gateway.prober import Prober
from stargate.domain.drills.drill import Watched
from stargate.domain.drills.objectives import GRAFANA, INGESTION, LANGFUSE, LITELLM, LIVELINESS, METRICS
from stargate.domain.drills.probes import Rhythm
from stargate.domain.moments import told
from stargate.errors import DrillNotSteadyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from http.client import HTTPConnection

    from stargate.adapters.gateway.prober import Ask
    from stargate.domain.drills.probes import Probe, Reply

AGENT = {"User-Agent": "stargate-drill"}  # AWS's common rules block who does not say what it is
KEY_LASTS = "1h"
READ_BACK_SECONDS = 5.0
# VictoriaMetrics scrapes itself: one series, which a restart does not end; the data source bears its name.
QUERY = "/grafana/api/datasources/proxy/uid/victoria-metrics/api/v1/query?nocache=1&query="
NEWEST, ALL = 'timestamp(up{job="victoria-metrics"})', 'up{job="victoria-metrics"}[20m]'


def _https(host: str, seconds: float) -> HTTPConnection:
    return HTTPSConnection(host, timeout=seconds)


@dataclass(frozen=True)
class GatewayWatch:
    """`connect` opens a way to a host that gives up each step after so many seconds."""

    connect: Callable[[str, float], HTTPConnection] = _https
    rhythm: Rhythm = field(default_factory=Rhythm)

    def watch(
        self,
        environment: str,  # noqa: ARG002 - asked by its front door alone
        secrets_prefix: str,
        region: str,
        domain: str,
        seconds: float,
        enough: Callable[[Sequence[Probe]], bool],
    ) -> Watched:
        door = _Door(lambda patience: self.connect(domain, patience), secrets_prefix, region)
        markers, samples, key = _Markers(door), _Samples(door), door.make_key()
        asks = {**door.asks(key), INGESTION: markers.write, METRICS: samples.ask}
        try:
            probes = Prober(asks, self.rhythm).watch(seconds, enough)
        finally:
            door.delete_key(key)
        acknowledged, found = tuple(markers.acknowledged), markers.found()
        seen = tuple(sorted(samples.seen))
        return Watched(tuple(probes), acknowledged, found, (), seen, samples.found())


class _Door:
    """The ways through the front door; whoever is asked, the answer that a user needs is a 200 or a 207."""

    def __init__(self, connect: Callable[[float], HTTPConnection], prefix: str, region: str) -> None:
        self.connect = connect
        self._prefix = prefix
        self._region = region

    def asks(self, virtual_key: str) -> dict[str, Ask]:
        """A key's row lies behind the balancer's own header; Grafana checks the password each time."""
        key = {**self._management(), "Authorization": f"Bearer {virtual_key}"}
        health = "/api/public/health?failIfDatabaseUnavailable=true"
        return {
            LITELLM: HttpProbe(self.connect, "/key/info", status_is(200), headers=key),
            LIVELINESS: HttpProbe(self.connect, "/health/liveliness", status_is(200), headers=AGENT),
            GRAFANA: HttpProbe(self.connect, "/grafana/api/user", status_is(200), headers=self.login()),
            LANGFUSE: HttpProbe(self.connect, health, status_is(200), headers=AGENT),
        }

    def login(self) -> dict[str, str]:
        """The administrator's name and password, as Grafana takes them with every request."""
        return {"Authorization": _basic(f"admin:{self._secret('grafana-admin-password')}"), **AGENT}

    def traces(self) -> dict[str, str]:
        """The headers by which Langfuse knows this environment's project."""
        pair = f"{self._secret('langfuse-public-key')}:{self._secret('langfuse-secret-key')}"
        return {"Authorization": _basic(pair), "Content-Type": "application/json", **AGENT}

    def _secret(self, name: str) -> str:
        asked = f"{self._prefix}{name}"
        return str(client("secretsmanager", self._region).get_secret_value(SecretId=asked)["SecretString"])

    def make_key(self) -> str:
        """A virtual key that ends by itself, should nobody come to delete it."""
        wanted = {"key_alias": f"stargate-drill-{secrets.token_hex(4)}", "duration": KEY_LASTS}
        status, body = self.call("POST", "/key/generate", wanted, self._management())
        if status != 200:
            raise DrillNotSteadyError(f"LiteLLM made no key to probe with: {status}")
        return str(json.loads(body)["key"])

    def delete_key(self, key: str) -> None:
        self.call("POST", "/key/delete", {"keys": [key]}, self._management())

    def _management(self) -> dict[str, str]:
        """The headers that open LiteLLM's management API, the first for the balancer."""
        return {
            "x-stargate-admin": self._secret("admin-header-secret"),
            "Authorization": f"Bearer {self._secret('litellm-master-key')}",
            "Content-Type": "application/json",
            **AGENT,
        }

    def call(
        self, method: str, path: str, document: Any, headers: dict[str, str], seconds: float = 15.0
    ) -> tuple[int, bytes]:
        connection = self.connect(seconds)
        try:
            connection.request(method, path, None if document is None else json.dumps(document), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException) as error:
            return 0, type(error).__name__.encode()
        finally:
            connection.close()


class _Markers:
    """One trace for each beat. It is written when Langfuse says so for its very id."""

    def __init__(self, door: _Door) -> None:
        self._door = door
        self._headers = door.traces()
        self.acknowledged: list[tuple[float, str]] = []

    def write(self, deadline: float) -> Reply:
        name, at = f"stargate-drill-{secrets.token_hex(8)}", SystemClock().now()
        event = {
            "id": name,
            "type": "trace-create",
            "timestamp": told(at),
            "body": {"id": name, "name": "stargate-drill", "timestamp": told(at)},
        }
        probe = HttpProbe(
            self._door.connect,
            "/api/public/ingestion",
            lambda status, body: _refused(status, body, name),
            "POST",
            self._headers,
            lambda: json.dumps({"batch": [event]}).encode(),
        )
        reply = probe(deadline)
        if reply.ok:
            self.acknowledged.append((at, name))
        return reply

    def found(self) -> frozenset[str]:
        """Those of the acknowledged that can be read now; the order of writing is kept for the loss."""
        self.acknowledged.sort()
        return frozenset(name for _, name in self.acknowledged if self._is_there(name))

    def _is_there(self, name: str) -> bool:
        path = f"/api/public/traces/{name}"
        for _ in range(3):  # only an answer is a proof of absence
            status, _body = self._door.call("GET", path, None, self._headers, READ_BACK_SECONDS)
            if status in {200, 404}:
                return status == 200
        return False


class _Samples:
    """The samples of one metric: those that answers told of, and those that its series has afterwards."""

    def __init__(self, door: _Door) -> None:
        self._door = door
        self._headers = door.login()
        self.seen: set[float] = set()

    def ask(self, deadline: float) -> Reply:
        path = QUERY + quote(NEWEST, safe="")
        return HttpProbe(self._door.connect, path, self._judge, headers=self._headers)(deadline)

    def found(self) -> tuple[float, ...]:
        status, body = self._door.call(
            "GET", QUERY + quote(ALL, safe=""), None, self._headers, READ_BACK_SECONDS
        )
        series = json.loads(body)["data"]["result"] if status == 200 else []
        return tuple(sorted(float(sample[0]) for one in series for sample in one["values"]))

    def _judge(self, status: int, body: bytes) -> str:
        if status != 200:
            return f"{status} instead of 200"
        series = json.loads(body)["data"]["result"]
        self.seen.update(float(one["value"][1]) for one in series)
        return "" if series else "no sample is found"


def _basic(pair: str) -> str:
    return f"Basic {b64encode(pair.encode()).decode()}"


def _refused(status: int, body: bytes, name: str) -> str:
    if status != 207:
        return f"{status} instead of 207"
    written = [one.get("id") for one in json.loads(body).get("successes", [])]
    return "" if name in written else "the marker was not acknowledged"
