"""What recovery the specification promises, per component, and what a drill may ask of each.

Source: the specification's table of RTO and RPO. `< 30s` and `< 2min` are strict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

LITELLM, GRAFANA, LANGFUSE = "litellm", "grafana", "langfuse"
METRICS, DATABASE = "victoria-metrics", "database"
LIVELINESS = "liveliness"  # LiteLLM's own word on itself, which proves nothing: it is asked to tell a wedge
INGESTION = "ingestion"  # a trace that Langfuse acknowledges: the marker


@dataclass(frozen=True)
class Objective:
    """Seconds until it is well again, and seconds of data that may be lost; None where it holds none."""

    recovery_seconds: float
    loss_seconds: float | None
    method: str


OBJECTIVES: Mapping[str, Objective] = {
    LITELLM: Objective(30.0, None, "ALB health check + new task"),
    GRAFANA: Objective(30.0, None, "ALB health check + new task"),
    LANGFUSE: Objective(30.0, 0.0, "ALB health check + new task"),
    METRICS: Objective(120.0, 15.0, "ECS restart + EFS mount"),
    DATABASE: Objective(120.0, 0.0, "Multi-AZ automatic failover"),
}
COMPONENTS = (DATABASE, LITELLM, LANGFUSE, GRAFANA, METRICS)  # those that are judged in every drill
SCRAPE_SECONDS = 15.0  # the specification's scrape interval

# Who cannot be well without whom. Metrics are asked for as users ask: through Grafana.
NEEDS: Mapping[str, tuple[str, ...]] = {
    DATABASE: (),
    LITELLM: (DATABASE,),
    LANGFUSE: (DATABASE,),
    GRAFANA: (DATABASE,),
    METRICS: (GRAFANA, DATABASE),
}


def asked_of(component: str, broken: Collection[str]) -> float:
    """Seconds in which a component must be well again where these were broken.

    The promises of 30 seconds are for a task that is replaced. Who needs what was broken cannot be back
    sooner than that, and is given its time, and no more.
    """
    needed = [one for one in NEEDS[component] if one in broken]
    return max(OBJECTIVES[one].recovery_seconds for one in (component, *needed))
