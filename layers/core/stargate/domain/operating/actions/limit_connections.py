"""Let LiteLLM open fewer connections: the database has hardly any left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.connection_pools import PoolsChanged
from stargate.domain.operating.actions.wellness import STEADY_SECONDS
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.actions.kind import Case

FEWEST = 3  # of a worker: fewer, and requests wait for each other
SHARE_LEFT = 0.6
# RDS Proxy is billed by the vCPU of its database, at least two, [AWS, us-east-1, not confirmed]
PROXY_USD_PER_VCPU_HOUR, HOURS_OF_A_MONTH = 0.015, 730
VCPUS = {"micro": 2, "small": 2, "medium": 2, "large": 2, "xlarge": 4, "2xlarge": 8}


class LimitConnections(PoolsChanged):
    name = "limit_connections"
    taken_back_by = "restore_connections"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        service, pools = case.facts.service, case.facts.pools
        proxy = _proxy(case)
        if service is None or pools is None:
            return Held("limits", f"LiteLLM's pools are not to be had; {proxy}")
        if service.rolling_out is not None:
            return Nothing("a deployment is under way already")
        fewer = max(FEWEST, int(pools.connections * SHARE_LEFT))
        if fewer >= pools.connections:
            return Held("limits", f"{pools.connections} connections for each worker are few already; {proxy}")
        return Proposal(
            f"limit LiteLLM from {pools.connections} to {fewer} connections for each worker, by a deployment"
            f" of some five minutes; for good, {proxy}",
            {"connections": fewer},
            (
                Expectation("pool_connections", "at_most", fewer, STEADY_SECONDS),
                Expectation("steady", "at_least", 1, STEADY_SECONDS),
            ),
        )


def _proxy(case: Case) -> str:
    """What would mend it for good, and what that costs."""
    size = case.overview.environment.spec.database.instance_class.rpartition(".")[2]
    monthly = VCPUS.get(size, 2) * PROXY_USD_PER_VCPU_HOUR * HOURS_OF_A_MONTH
    return f"RDS Proxy would share connections, for about ${monthly:.2f} a month"
