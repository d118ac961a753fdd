"""What each component would answer, kept for every second, for whoever asks late."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.twin.failover import RECONNECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twin.failover import Failover
    from local.twin.fleet import Fleet

KEPT_SECONDS = 3600
REFUSED, NO_TARGET, WEDGED = "503 instead of 200", "no healthy target", "401 instead of 200"
NO_METRICS = "502 instead of 200"  # Grafana's own, when nobody listens behind its data source
METRICS = "victoria-metrics"
SCRAPE_SECONDS = 15  # [template] scrape.yaml
# [public] VictoriaMetrics writes what is in memory to its files so often (-inmemoryDataFlushInterval)
UNWRITTEN_SECONDS = 5.0
KILLED = "EssentialContainerExited"


@dataclass
class Answers:
    """`scrapes` are the moments of the samples that VictoriaMetrics has of itself."""

    failover: Failover
    scrapes: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT_SECONDS // SCRAPE_SECONDS))
    _seen: deque[tuple[int, Mapping[str, str]]] = field(default_factory=lambda: deque(maxlen=KEPT_SECONDS))
    _metrics_task: str = ""

    def look(self, second: int, fleet: Fleet) -> None:
        """Keep what each component would answer in this second: "" is what it should."""
        self._seen.append((second, self.at(second, fleet)))
        self._scrape(second, fleet)

    def seen(self, since: float, until: float) -> list[tuple[int, Mapping[str, str]]]:
        return [(second, told) for second, told in self._seen if since <= second < until]

    def at(self, moment: float, fleet: Fleet) -> dict[str, str]:
        told = {service: self._of(service, moment, fleet) for service in RECONNECTS}
        told["liveliness"] = NO_TARGET if told["litellm"] == NO_TARGET else ""
        told["ingestion"] = told["langfuse"]
        told[METRICS] = told["grafana"] or ("" if _serving(fleet, METRICS) else NO_METRICS)
        return told

    def _of(self, service: str, moment: float, fleet: Fleet) -> str:
        serving = _serving(fleet, service)
        if not serving:
            return NO_TARGET
        if self.failover.is_down_for(service, moment):
            return REFUSED
        if service == "litellm" and self.failover.refuses_keys(serving[int(moment) % len(serving)]):
            return WEDGED
        return ""

    def _scrape(self, second: int, fleet: Fleet) -> None:
        """A sample at each beat while it runs; one that is killed loses what it had not written yet."""
        serving = _serving(fleet, METRICS)
        if (
            self._metrics_task
            and self._metrics_task not in serving
            and _was_killed(fleet, self._metrics_task)
        ):
            kept = [at for at in self.scrapes if at < second - UNWRITTEN_SECONDS]
            self.scrapes.clear()
            self.scrapes.extend(kept)
        self._metrics_task = serving[0] if serving else ""
        if serving and not second % SCRAPE_SECONDS:
            self.scrapes.append(float(second))


def _serving(fleet: Fleet, service: str) -> list[str]:
    return [task.task_id for task in fleet.serving(service)] if service in fleet.services() else []


def _was_killed(fleet: Fleet, task_id: str) -> bool:
    if METRICS not in fleet.services():
        return False
    stops = [task.stop for task in fleet.tasks(METRICS) if task.task_id == task_id]
    return any(stop is not None and stop.code == KILLED for stop in stops)
