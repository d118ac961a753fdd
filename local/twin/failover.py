"""The database with its standby: a failover cuts every connection, and who needs it recovers, or wedges.

What each service would answer is kept for every second, so that whoever asks late is told of the moment that
they ask about.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twin.fleet import Fleet

# [AWS] a Multi-AZ instance typically takes 60 to 120 s
SECONDS = 75.0
# [assumed] until pools have made their connections anew, once the endpoint is back
RECONNECTS: Mapping[str, float] = {"litellm": 3.0, "langfuse": 2.0, "grafana": 1.0}
KEPT_SECONDS = 3600
REFUSED, NO_TARGET, WEDGED = "503 instead of 200", "no healthy target", "401 instead of 200"


@dataclass
class Failover:
    """`seconds` and `wedges` are of the next one. A wedged task lives and refuses every key until it ends."""

    seconds: float = SECONDS
    wedges: bool = False
    down_until: float = 0.0
    _wedged: set[str] = field(default_factory=set)
    _seen: deque[tuple[int, Mapping[str, str]]] = field(default_factory=lambda: deque(maxlen=KEPT_SECONDS))

    def begin(self, at: float, fleet: Fleet) -> float:
        """The moment at which the endpoint answers again."""
        self.down_until = at + self.seconds
        if self.wedges and "litellm" in fleet.services():
            self._wedged = {task.task_id for task in fleet.serving("litellm")}
        return self.down_until

    def refuses_keys(self, task_id: str) -> bool:
        """Whether this task of LiteLLM is wedged."""
        return task_id in self._wedged

    def is_down(self, at: float) -> bool:
        return at < self.down_until

    def look(self, second: int, fleet: Fleet) -> None:
        """Keep what each component would answer in this second: "" is what it should."""
        self._seen.append((second, self.answers(second, fleet)))

    def seen(self, since: float, until: float) -> list[tuple[int, Mapping[str, str]]]:
        return [(second, told) for second, told in self._seen if since <= second < until]

    def answers(self, at: float, fleet: Fleet) -> dict[str, str]:
        told = {service: self._answer(service, at, fleet) for service in RECONNECTS}
        told["liveliness"] = NO_TARGET if told["litellm"] == NO_TARGET else ""
        told["database"] = told["langfuse"]  # a marker travels through Langfuse
        return told

    def _answer(self, service: str, at: float, fleet: Fleet) -> str:
        serving = fleet.serving(service) if service in fleet.services() else []
        if not serving:
            return NO_TARGET
        if at < self.down_until + RECONNECTS[service] and self.down_until:
            return REFUSED
        if service == "litellm" and serving[int(at) % len(serving)].task_id in self._wedged:
            return WEDGED
        return ""
