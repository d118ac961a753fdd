"""What serving one model in another's place and ending that have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from stargate.domain.operating.action import Target
    from stargate.domain.operating.facts import Facts

ROUTED_SECONDS = 180.0  # LiteLLM's tasks read their routing from the database twice a minute


class ModelsRouted(ActionKind):
    scope = "models"
    works_on = "models"
    asks = frozenset({"aliases"})
    asks_again = asks

    def scope_of(self, subject: str) -> str:  # noqa: ARG002  (there is one routing)
        return self.scope

    def found(self, facts: Facts) -> Target:
        """Aliases as `alias:<model>`."""
        return {f"alias:{model}": served for model, served in (facts.aliases or {}).items()}


def routed(count: int) -> tuple[Expectation, ...]:
    """So many models are served by others."""
    return (
        Expectation("models_shifted", "at_least", count, ROUTED_SECONDS),
        Expectation("models_shifted", "at_most", count, ROUTED_SECONDS),
    )
