"""The database with its standby: a failover cuts every connection, and who needs it recovers, or wedges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twin.fleet import Fleet

# [AWS] a Multi-AZ instance typically takes 60 to 120 s
SECONDS = 75.0
# [assumed] until pools have made their connections anew, once the endpoint is back
RECONNECTS: Mapping[str, float] = {"litellm": 3.0, "langfuse": 2.0, "grafana": 1.0}
# [public] LiteLLM 1.103 keeps a key that it has looked up for a minute (UserAPIKeyCacheTTLEnum)
KEY_CACHED_SECONDS = 60.0
UNAVAILABLE, UNAUTHORIZED = "500", "401"


@dataclass
class Failover:
    """`seconds` and `wedges` are of the next one. A wedged task lives and refuses every key until it ends."""

    seconds: float = SECONDS
    wedges: bool = False
    began_at: float = 0.0
    down_until: float = 0.0
    _wedged: set[str] = field(default_factory=set)

    def begin(self, at: float, fleet: Fleet) -> float:
        """The moment at which the endpoint answers again."""
        self.began_at, self.down_until = at, at + self.seconds
        if self.wedges and "litellm" in fleet.services():
            self._wedged = {task.task_id for task in fleet.serving("litellm")}
        return self.down_until

    def is_down(self, at: float) -> bool:
        return self.began_at <= at < self.down_until

    def is_down_for(self, service: str, at: float) -> bool:
        """Also while its connections are made anew."""
        return self.began_at <= at < self.down_until + RECONNECTS[service] and bool(self.down_until)

    def refuses_keys(self, task_id: str) -> bool:
        """Whether this task of LiteLLM is wedged."""
        return task_id in self._wedged

    def is_felt(self, at: float) -> bool:
        """Whether requests of users may be refused in this second."""
        return bool(self._wedged) or self.is_down_for("litellm", at)

    def refusal(self, task_id: str, at: float, chance: float) -> str:
        """The status that a user's request is refused with, or "".

        A key that was used within the last minute is in LiteLLM's cache: the fewer of them are left, the more
        requests need the database. `chance` is a number from 0 to 1 for the request at hand.
        """
        if task_id in self._wedged:
            return UNAUTHORIZED
        expired = (at - self.began_at) / KEY_CACHED_SECONDS
        return UNAVAILABLE if self.is_down_for("litellm", at) and chance < expired else ""
