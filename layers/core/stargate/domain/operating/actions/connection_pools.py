"""What limiting LiteLLM's connections and giving them back have in common.

LiteLLM reads the size of its pools when it starts and at no other time (its proxy_cli.py, 1.103), so both are
a new deployment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.facts import Facts


class PoolsChanged(ActionKind):
    scope = "service"
    works_on = "litellm"
    asks = frozenset({"service", "pools"})
    asks_again = asks

    def found(self, facts: Facts) -> Target:
        if facts.pools is None:
            return {}
        return {"connections": facts.pools.connections, "task_definition": facts.pools.task_definition}

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.pools is not None and facts.pools.connections == action.target["connections"]

    def deed(self, action: Action) -> str:
        return f"{self.name}: {action.target['connections']} connections for each worker of {action.subject}"
