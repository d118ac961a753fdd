"""How much of a creation was the cloud's time, and how much was ours.

The cloud needs what it needs: a database takes its quarter of an hour. Ours is the rest of the critical
path: from the request to the first stack's creation, from the last need standing to the next creation,
and from the last node standing to READY. Both are taken from the cloud's own record of its stacks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stargate.domain.gateway.graph import Graph


@dataclass(frozen=True)
class Life:
    """When the cloud began to make a node, and when the node stood."""

    began: float
    stood: float


@dataclass(frozen=True)
class Leg:
    node: str
    lag: float  # from all it needs standing (or the request, if that was later) to its creation


def critical_path(graph: Graph, lives: Mapping[str, Life], requests: Iterable[float]) -> list[Leg]:
    """Walk back from the node that stood last, each time to the need that stood last.

    A node made by a later request waits for that request too; the walk ends at a node that waited
    for its request longest.
    """
    asked = sorted(requests)
    legs: list[Leg] = []
    node: str | None = max(lives, key=lambda name: lives[name].stood)
    while node is not None:
        life = lives[node]
        request = max(at for at in asked if at <= life.began)
        last_need = max(graph.node(node).needs, key=lambda need: lives[need].stood, default=None)
        waited_for_need = last_need is not None and lives[last_need].stood > request
        since = lives[last_need].stood if last_need is not None and waited_for_need else request
        legs.append(Leg(node, life.began - since))
        node = last_need if waited_for_need else None
    return legs[::-1]


def most_at_once(lives: Iterable[Life]) -> int:
    """How many nodes the cloud was making at the same time, at most."""
    moments = sorted(
        [(life.began, 1) for life in lives] + [(life.stood, -1) for life in lives], key=lambda m: (m[0], m[1])
    )
    making = most = 0
    for _, change in moments:
        making += change
        most = max(most, making)
    return most


def out_of_order(graph: Graph, lives: Mapping[str, Life]) -> list[str]:
    """Nodes whose making began before all they need stood."""
    return [
        f"{node.name} before {need}"
        for node in graph.nodes
        for need in node.needs
        if lives[node.name].began < lives[need].stood
    ]
