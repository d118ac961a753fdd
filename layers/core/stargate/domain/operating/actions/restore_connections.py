"""Let LiteLLM open as many connections again as it was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.connection_pools import PoolsChanged
from stargate.domain.operating.actions.wellness import STEADY_SECONDS
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.actions.kind import Case


class RestoreConnections(PoolsChanged):
    name = "restore_connections"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        hold = case.overview.operations.holds.get(self.scope_of(case.subject))
        service, pools = case.facts.service, case.facts.pools
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no connections were limited for it")
        if service is None or pools is None or not hold.is_ours("connections", pools.connections):
            return Nothing("the pools are not as they were set: somebody else changed them, so they are left")
        if service.rolling_out is not None:
            return Held("scale-in", f"a deployment of {case.subject} is under way")
        before = hold.was["connections"]
        return Proposal(
            f"let LiteLLM open {before} connections for each worker again",
            {"connections": before, "task_definition": hold.was["task_definition"]},
            (Expectation("pool_connections", "at_least", float(str(before)), STEADY_SECONDS),),
        )
