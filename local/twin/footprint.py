"""What a gateway leaves on AWS's meters: bytes, requests and load that are paid for, and tokens.

Each minute adds to sums that never go back, and shows itself in metrics as AWS publishes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.readings import Reading, of_events, of_gauge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.twin.bedrock import Minute
    from local.twin.parameters import WireParameters

MINUTES_OF_HOUR = 60.0
GB = 2.0**30
# What one capacity unit of a balancer takes. Source: Elastic Load Balancing pricing, "LCU details".
CONNECTIONS_A_SECOND, CONNECTIONS_A_MINUTE, BYTES_AN_HOUR = 25.0, 3000.0, GB


@dataclass
class Footprint:
    """Since the start. `tokens` by model: into it and out of it; `logged` bytes by service."""

    wire: WireParameters
    requests: float = 0.0
    sent_up: float = 0.0  # by users to the gateway
    sent_down: float = 0.0
    to_models: float = 0.0  # through NAT, from the gateway
    from_models: float = 0.0
    balancer_unit_hours: float = 0.0
    between_zones: float = 0.0
    stored_gb_hours: float = 0.0  # metrics, on the file system
    files_read: float = 0.0
    files_written: float = 0.0
    tokens: dict[str, tuple[int, int]] = field(default_factory=dict)
    logged: dict[str, float] = field(default_factory=dict)

    def minute(
        self,
        at: float,
        requests: int,
        connections: float,
        models: Mapping[str, Minute],
        running: Mapping[str, int],
    ) -> list[Reading]:
        """What the minute from `at` on adds, as readings; `running` is how many tasks each service has."""
        into = sum(one.input_tokens for one in models.values())
        out = sum(one.output_tokens for one in models.values())
        for name, one in models.items():
            before = self.tokens.get(name, (0, 0))
            self.tokens[name] = (before[0] + one.input_tokens, before[1] + one.output_tokens)
        wire = self.wire
        up = requests * wire.request_bytes + into * wire.bytes_per_token
        down = requests * wire.answer_bytes + out * wire.bytes_per_streamed_token
        return [
            *self._traffic(at, requests, up, down),
            *self._balancing(at, requests, connections, up + down),
            *self._files(at, running),
            *self._logs(at, requests, running),
        ]

    def _traffic(self, at: float, requests: int, up: float, down: float) -> Iterator[Reading]:
        """What goes in at the front goes out at the back, to the models, and comes back."""
        self.requests += requests
        self.sent_up += up
        self.sent_down += down
        self.to_models += up
        self.from_models += down
        self.between_zones += (up + down) * self.wire.share_between_zones
        if requests:
            yield Reading("edge", "requests", at, 60, of_events(requests))
            yield Reading("edge", "bytes_up", at, 60, of_gauge(up))
            yield Reading("edge", "bytes_down", at, 60, of_gauge(down))
            yield Reading("nat", "bytes_from_source", at, 60, of_gauge(up))
            yield Reading("nat", "bytes_from_destination", at, 60, of_gauge(down))

    def _balancing(self, at: float, requests: int, connections: float, moved: float) -> Iterator[Reading]:
        """The dimension that uses most decides, as it does at AWS."""
        new = requests / 60.0 / self.wire.requests_per_connection
        units = max(
            new / CONNECTIONS_A_SECOND,
            connections / CONNECTIONS_A_MINUTE,
            moved * MINUTES_OF_HOUR / BYTES_AN_HOUR,
        )
        self.balancer_unit_hours += units / MINUTES_OF_HOUR
        yield Reading("balancer", "unit_hours", at, 60, of_gauge(units / MINUTES_OF_HOUR))

    def _files(self, at: float, running: Mapping[str, int]) -> Iterator[Reading]:
        stored = self.wire.metrics_stored_bytes
        self.stored_gb_hours += stored / GB / MINUTES_OF_HOUR
        yield Reading("files", "stored", at, 60, of_gauge(stored))
        if running.get("victoria-metrics"):
            self.files_read += self.wire.metrics_read_bytes
            self.files_written += self.wire.metrics_written_bytes
            yield Reading("files", "read", at, 60, of_gauge(self.wire.metrics_read_bytes))
            yield Reading("files", "written", at, 60, of_gauge(self.wire.metrics_written_bytes))

    def _logs(self, at: float, requests: int, running: Mapping[str, int]) -> Iterator[Reading]:
        for service, tasks in running.items():
            written = tasks * self.wire.logged_bytes
            if service == "litellm":
                written += requests * self.wire.logged_bytes_per_request
            if written:
                self.logged[service] = self.logged.get(service, 0.0) + written
                yield Reading(f"logs:{service}", "bytes", at, 60, of_gauge(written))
