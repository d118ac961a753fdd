"""Every kind of action there is, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.page import Page
from stargate.domain.operating.actions.raise_bound import RaiseBound
from stargate.domain.operating.actions.release_bound import ReleaseBound
from stargate.domain.operating.actions.restart_service import RestartService
from stargate.domain.operating.actions.stop_deployment import StopDeployment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.actions.kind import ActionKind

ACTIONS: Mapping[str, ActionKind] = {
    kind.name: kind
    for kind in (
        RaiseBound(),
        ReleaseBound(),
        RestartService(),
        StopDeployment(),
        Page(),
    )
}
