"""What recovery the specification promises, per component, and what a drill may ask of each.

Source: the specification's table of RTO and RPO. `< 30s` and `< 2min` are strict.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LITELLM, GRAFANA, LANGFUSE = "litellm", "grafana", "langfuse"
METRICS, DATABASE = "victoria-metrics", "database"
LIVELINESS = "liveliness"  # LiteLLM's own word on itself, which proves nothing: it is asked to tell a wedge


class Kind(StrEnum):
    DATABASE_FAILOVER = "database-failover"


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

# What each kind breaks, and who cannot be well without it.
BREAKS: Mapping[Kind, str] = {Kind.DATABASE_FAILOVER: DATABASE}
FEEL: Mapping[Kind, tuple[str, ...]] = {Kind.DATABASE_FAILOVER: (DATABASE, LITELLM, LANGFUSE, GRAFANA)}


def asked_of(kind: Kind, component: str) -> float:
    """Seconds in which a component must be well again in a drill of this kind.

    The promises of 30 seconds are for a task that is replaced. Who needs what the drill breaks cannot be
    back sooner than that, and is given its time, and no more.
    """
    return max(OBJECTIVES[component].recovery_seconds, OBJECTIVES[BREAKS[kind]].recovery_seconds)
