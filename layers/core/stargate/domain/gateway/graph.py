"""What a gateway is made of and what needs what.

A node is a CloudFormation stack, or a step between stacks. Each starts as soon as all it needs stands,
and goes as soon as all that need it are gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

Kind = Literal["stack", "step"]
Place = Literal["home", "global", "models"]

PREPARE_DATABASE, MIRROR_IMAGES = "prepare-database", "mirror-images"
IMAGES = "images"
GLOBAL_REGION = "us-east-1"  # CloudFront takes its web ACL from here and nowhere else


@dataclass(frozen=True)
class Node:
    name: str
    needs: tuple[str, ...] = ()
    kind: Kind = "stack"
    place: Place = "home"  # the environment's region, CloudFront's, or the one that serves its models
    of: str = ""  # the stack that has a step's task, and for whose sake the step is done


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which each comes after all it needs."""

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for node in self.nodes:
            missing = [need for need in node.needs if need not in seen]
            if missing:
                raise ValueError(f"{node.name} comes before what it needs: {missing}")
            seen.add(node.name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(node.name for node in self.nodes)

    @property
    def stacks(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == "stack")

    @property
    def steps(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == "step")

    def node(self, name: str) -> Node:
        return next(node for node in self.nodes if node.name == name)

    def dependents(self, name: str) -> tuple[str, ...]:
        return tuple(node.name for node in self.nodes if name in node.needs)

    def all_needs(self, name: str) -> tuple[str, ...]:
        """Everything that stands before this node may, in graph order."""
        found: set[str] = set()
        pending = list(self.node(name).needs)
        while pending:
            need = pending.pop()
            if need not in found:
                found.add(need)
                pending.extend(self.node(need).needs)
        return tuple(node.name for node in self.nodes if node.name in found)

    def reversed(self) -> Graph:
        """The order of removal: each node needs its dependents gone."""
        return Graph(tuple(replace(node, needs=self.dependents(node.name)) for node in reversed(self.nodes)))

    def without(self, names: Collection[str]) -> Graph:
        """The same gateway without these nodes: nobody waits for what is not there."""
        return Graph(
            tuple(
                replace(node, needs=tuple(need for need in node.needs if need not in names))
                for node in self.nodes
                if node.name not in names
            )
        )


GATEWAY = Graph(
    (
        Node("network"),
        Node("secrets"),
        Node("waf", place="global"),
        Node("models", place="models"),
        Node("data", ("network", "secrets")),
        Node("storage", ("network",)),
        Node("cluster", ("network",)),
        Node(IMAGES, ("network",)),
        Node("balancer", ("network", "secrets")),
        Node("edge", ("balancer", "waf")),
        Node(MIRROR_IMAGES, (IMAGES, "cluster"), "step", of=IMAGES),
        Node(PREPARE_DATABASE, ("data", "cluster", MIRROR_IMAGES), "step", of="data"),
        Node("litellm", (PREPARE_DATABASE, "balancer", "models")),
        Node("grafana", (PREPARE_DATABASE, "edge")),
        Node("langfuse", (PREPARE_DATABASE, "edge")),
        Node("victoria-metrics", ("cluster", "storage", MIRROR_IMAGES)),
        # Needs no service to stand, only to have somebody to ask: its network interfaces take their time.
        Node("observer", ("secrets", "cluster")),
    )
)
OPTIONAL = frozenset({IMAGES, MIRROR_IMAGES})  # there only where they were chosen
PLAIN = GATEWAY.without(OPTIONAL)  # what a gateway is made of with nothing chosen and nothing lacking
