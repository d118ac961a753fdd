"""What only somebody inside a gateway can see and change, asked of its observer."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.operating.facts import KeyBudget, Keys
from stargate.errors import ActionRefusedError, AwsThrottledError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stargate.domain.operating.actions.budgets_moved import BudgetChange
    from stargate.ports.gateway import Observer


@dataclass(frozen=True)
class KeysByObserver:
    observer: Observer

    def look(self, region: str, environment: str) -> Keys | None:
        seen = self.observer.ask(region, environment, "virtual_key")
        if not seen.asked:
            return None
        told = seen.measured
        return Keys(seen.reason, tuple(told.get("refusing", ())), int(told.get("tasks", 0)))


@dataclass(frozen=True)
class BudgetsByObserver:
    observer: Observer

    def read(self, region: str, environment: str, also: Collection[str]) -> Mapping[str, KeyBudget] | None:
        seen = self.observer.ask(region, environment, "key_budgets", {"also": sorted(also)})
        if not (seen.asked and seen.ok):
            return None
        return {
            alias: KeyBudget(Decimal(str(key["spent"])), _dollars(key["most"]), key["unimportant"])
            for alias, key in seen.measured["keys"].items()
        }

    def change(self, region: str, environment: str, changes: Mapping[str, BudgetChange]) -> None:
        given = {
            alias: {"from": [_figure(one) for one in change.expected], "to": _figure(change.most)}
            for alias, change in changes.items()
        }
        done = self.observer.ask(region, environment, "budget_keys", {"changes": given})
        if not done.asked:
            raise AwsThrottledError(f"whether budgets were changed is not known: {done.reason}")
        if not done.ok:
            raise ActionRefusedError(f"keys keep their budgets: {done.reason}")


def _dollars(figure: float | None) -> Decimal | None:
    return None if figure is None else Decimal(str(figure))


def _figure(dollars: Decimal | None) -> float | None:
    """As LiteLLM keeps it."""
    return None if dollars is None else float(dollars)


@dataclass(frozen=True)
class ModelsByObserver:
    observer: Observer

    def aliases(self, region: str, environment: str) -> Mapping[str, str] | None:
        seen = self.observer.ask(region, environment, "model_routes")
        found: Mapping[str, str] = seen.measured.get("aliases", {})
        return found if seen.asked and seen.ok else None

    def route(self, region: str, environment: str, aliases: Mapping[str, str]) -> None:
        done = self.observer.ask(region, environment, "route_models", {"aliases": dict(aliases)})
        if not done.ok:
            raise ActionRefusedError(f"LiteLLM keeps its routing: {done.reason}")
