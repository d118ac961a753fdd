"""What an earlier attempt has made already is no stranger, and is not counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.provisioning.progress import NodeStatus

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.state import Nodes


def is_untouched(nodes: Nodes, environment: Environment, node: str) -> bool:
    state = nodes.all(environment.environment_id).get(node)
    return state is None or state.status is NodeStatus.WAITING
