"""The nodes of an environment before anything of them is made: how much is to do, and how long it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.gateway.parameters import environment_parameters
from stargate.domain.provisioning.durations import STEP_SECONDS
from stargate.domain.provisioning.history import expected_seconds, removal_of
from stargate.domain.provisioning.progress import NodeState

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Histories


def node_states(environment: Environment, manifests: Manifests, histories: Histories) -> list[NodeState]:
    manifest = manifests.read(environment.gateway_version)
    declared = environment_parameters(environment, "", "")
    history = histories.of(environment.preset)
    states = []
    for node in environment.graph.nodes:
        if node.kind == "step":
            seconds = expected_seconds(STEP_SECONDS, history.get(node.name, []))
            states.append(NodeState(node.name, typical_seconds=seconds, typical_delete_seconds=0))
            continue
        template = manifest.stacks[node.name]
        states.append(
            NodeState(
                node.name,
                total=template.resources_total(declared),
                typical_seconds=expected_seconds(
                    template.seconds_to_create(declared), history.get(node.name, [])
                ),
                typical_delete_seconds=expected_seconds(
                    template.seconds_to_delete(declared), history.get(removal_of(node.name), [])
                ),
            )
        )
    return states
