"""Budgets of virtual keys lowered, and given back: each is set from what we have seen or set of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.actions.budgets_moved import changes_of

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.actions import KeyBudgets


@dataclass(frozen=True)
class MoveBudgets:
    budgets: KeyBudgets

    def __call__(self, overview: Overview, action: Action) -> None:
        environment = overview.environment
        changes = changes_of(action, overview.operations.holds.get(action.scope))
        if changes:
            self.budgets.change(environment.region, environment.name, changes)
