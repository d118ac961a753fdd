"""What ran when a gateway was put to sleep, so that it wakes exactly as it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stargate.domain.gateway.graph import Graph

# In the order of the gateway's graph; all of them need the database, none needs another.
SERVICES = ("litellm", "grafana", "langfuse", "victoria-metrics")
SUSPENSIONS = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


@dataclass(frozen=True)
class Target:
    """A scalable target: its bounds, and which kinds of scaling are suspended, in AWS's words."""

    minimum: int
    maximum: int
    suspended: tuple[str, ...] = ()

    def stilled(self) -> Target:
        """Nothing scales, and no bound asks for a task."""
        return Target(0, self.maximum, SUSPENSIONS)


@dataclass(frozen=True)
class ServiceAtWork:
    name: str
    tasks: int
    target: Target | None = None


@dataclass(frozen=True)
class Rest:
    """`alarms` are those whose actions were on."""

    services: tuple[ServiceAtWork, ...]
    alarms: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        return {
            "services": [
                {
                    "name": one.name,
                    "tasks": one.tasks,
                    "target": None
                    if one.target is None
                    else {
                        "minimum": one.target.minimum,
                        "maximum": one.target.maximum,
                        "suspended": list(one.target.suspended),
                    },
                }
                for one in self.services
            ],
            "alarms": list(self.alarms),
        }

    @staticmethod
    def from_document(document: dict[str, Any]) -> Rest:
        return Rest(
            tuple(
                ServiceAtWork(one["name"], one["tasks"], _target(one["target"]))
                for one in document["services"]
            ),
            tuple(document["alarms"]),
        )


def _target(document: dict[str, Any] | None) -> Target | None:
    if document is None:
        return None
    return Target(document["minimum"], document["maximum"], tuple(document["suspended"]))


def services_of(graph: Graph) -> tuple[str, ...]:
    return tuple(name for name in SERVICES if name in graph.names)
