"""Watches a gateway through its front door with keys of its own, as its users would.

A virtual key is made for the drill and expires by itself; a marker is a trace that Langfuse acknowledges, so
it lies in the database, and all of them are read back afterwards. Keys are read at the moment of use, and
never leave this process.
"""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.clock import SystemClock
from stargate.adapters.http_probe import HttpProbe, status_is
from stargate.adapters.prober import Prober
from stargate.domain.drills.drill import Watched
from stargate.domain.drills.objectives import DATABASE, GRAFANA, LANGFUSE, LITELLM, LIVELINESS
from stargate.domain.drills.probes import Rhythm
from stargate.domain.moments import told
from stargate.errors import DrillNotSteadyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from http.client import HTTPConnection

    from stargate.adapters.prober import Ask
    from stargate.domain.drills.probes import Probe, Reply

AGENT = {"User-Agent": "stargate-drill"}  # AWS's common rules block who does not say what it is
KEY_LASTS = "1h"
READ_BACK_SECONDS = 5.0


def _https(host: str, seconds: float) -> HTTPConnection:
    return HTTPSConnection(host, timeout=seconds)


@dataclass(frozen=True)
class GatewayWatch:
    """`connect` opens a way to a host that gives up each step after so many seconds."""

    connect: Callable[[str, float], HTTPConnection] = _https
    rhythm: Rhythm = field(default_factory=Rhythm)

    def watch(
        self,
        environment: str,
        region: str,
        domain: str,
        seconds: float,
        enough: Callable[[Sequence[Probe]], bool],
    ) -> Watched:
        door = _Door(lambda patience: self.connect(domain, patience), f"stargate-{environment}", region)
        markers, key = _Markers(door), door.make_key()
        try:
            probes = Prober(door.asks(key, markers), self.rhythm).watch(seconds, enough)
        finally:
            door.delete_key(key)
        return Watched(tuple(probes), tuple(markers.acknowledged), markers.found())


class _Door:
    """The ways through the front door; whoever is asked, the answer that a user needs is a 200 or a 207."""

    def __init__(self, connect: Callable[[float], HTTPConnection], prefix: str, region: str) -> None:
        self.connect = connect
        self._prefix = prefix
        self._region = region

    def asks(self, virtual_key: str, markers: _Markers) -> dict[str, Ask]:
        key = {"Authorization": f"Bearer {virtual_key}", **AGENT}
        return {
            LITELLM: HttpProbe(self.connect, "/v1/models", status_is(200), headers=key),
            LIVELINESS: HttpProbe(self.connect, "/health/liveliness", status_is(200), headers=AGENT),
            GRAFANA: HttpProbe(self.connect, "/grafana/api/health", status_is(200), headers=AGENT),
            LANGFUSE: HttpProbe(
                self.connect,
                "/api/public/health?failIfDatabaseUnavailable=true",
                status_is(200),
                headers=AGENT,
            ),
            DATABASE: markers.write,
        }

    def traces(self) -> dict[str, str]:
        """The headers by which Langfuse knows this environment's project."""
        pair = f"{self._secret('langfuse-public-key')}:{self._secret('langfuse-secret-key')}"
        basic = b64encode(pair.encode()).decode()
        return {"Authorization": f"Basic {basic}", "Content-Type": "application/json", **AGENT}

    def _secret(self, name: str) -> str:
        asked = f"{self._prefix}/{name}"
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


def _refused(status: int, body: bytes, name: str) -> str:
    if status != 207:
        return f"{status} instead of 207"
    written = [one.get("id") for one in json.loads(body).get("successes", [])]
    return "" if name in written else "the marker was not acknowledged"
