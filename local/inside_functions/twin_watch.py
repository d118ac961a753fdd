"""Plays `adapters.gateway.gateway_watch` inside a function: here a gateway has no containers to be asked.

A function's own second is a minute of simulated time, so it cannot ask each simulated second itself. The twin
keeps what it would have answered in each, and that is fetched and judged like the answers of a real gateway.
"""

import json
import os
import time
import urllib.request
from collections.abc import Callable, Sequence
from typing import Any

from stargate.domain.drills.drill import Watched
from stargate.domain.drills.probes import Probe

LOOK_AGAIN = 0.1  # real seconds
LATENCY = 0.05


class GatewayWatch:
    def watch(
        self,
        environment: str,
        secrets_prefix: str,  # noqa: ARG002 - as the real one is asked
        region: str,  # noqa: ARG002 - as the real one is asked
        domain: str,  # noqa: ARG002 - the same
        seconds: float,
        enough: Callable[[Sequence[Probe]], bool],
    ) -> Watched:
        began = since = float(int(time.time()))
        probes: list[Probe] = []
        assumed, scrapes = 0.0, set[float]()
        while since < began + seconds:
            time.sleep(LOOK_AGAIN)
            told = _ask(environment, since)
            probes += [_probe(at, *one) for at, answers in told["seconds"] for one in answers.items()]
            since = max([since, *(at + 1.0 for at, _ in told["seconds"])])
            assumed = told["assumed_seconds"]
            scrapes |= {at for at in told["scrapes"] if at >= began}
            if enough(probes):
                break
        markers = tuple(
            (one.at, f"marker-{one.at:.0f}") for one in probes if one.component == "ingestion" and one.ok
        )
        found = frozenset(name for _, name in markers)  # its standby has every commit, as RDS's has
        kept = tuple(at for at in _ask(environment, since)["scrapes"] if at >= began)
        assumed_so = f"on the twin, where a failover is assumed to take {assumed:g} s"
        return Watched(tuple(probes), markers, found, (assumed_so,), tuple(sorted(scrapes)), kept)


def _probe(at: float, component: str, reason: str) -> Probe:
    return Probe(float(at), component, not reason, LATENCY, reason)


def _ask(environment: str, since: float) -> Any:
    order = {"environment": environment, "since": since, "until": time.time() + 3600}
    address = f"{os.environ['AWS_ENDPOINT_URL']}/_stargate/answers"
    request = urllib.request.Request(address, json.dumps(order).encode(), method="POST")  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        return json.load(answer)
