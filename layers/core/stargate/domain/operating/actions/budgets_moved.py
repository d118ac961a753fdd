"""What lowering the budgets of virtual keys and giving them back have in common.

A target says by alias what each key may spend at most, in dollars as text: "81.2", or that it has no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.facts import Facts, KeyBudget
    from stargate.domain.operating.holds import Hold

KEYS = "keys"
NO_LIMIT = "no limit"
SET_SECONDS = 180.0  # at once in the database; a task that has seen the key just now knows it for a minute
NOT_TO_BE_HAD = (
    "what LiteLLM's keys may spend is not to be had: it needs the database, and this gateway version"
)


@dataclass(frozen=True)
class BudgetChange:
    """`most` is what it may spend from now on, if that is one of `expected` now; None is no limit."""

    expected: tuple[Decimal | None, ...]
    most: Decimal | None


class BudgetsMoved(ActionKind):
    scope = KEYS
    works_on = KEYS
    asks = frozenset({"key_budgets"})
    asks_again = asks

    def scope_of(self, subject: str) -> str:  # noqa: ARG002  (they are one gateway's)
        return self.scope

    def found(self, facts: Facts) -> Target:
        return {alias: told(key.most) for alias, key in (facts.key_budgets or {}).items()}

    def was(self, action: Action, facts: Facts) -> Target:
        return {alias: most for alias, most in self.found(facts).items() if alias in action.target}

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.key_budgets is not None and are_set(action, facts.key_budgets) == len(action.target)


def told(most: Decimal | None) -> str:
    return NO_LIMIT if most is None else f"{most.normalize():f}"


def read(text: str) -> Decimal | None:
    return None if text == NO_LIMIT else Decimal(text)


def is_less(most: Decimal | None, than: Decimal | None) -> bool:
    return most is not None and (than is None or most < than)


def are_set(action: Action, budgets: Mapping[str, KeyBudget]) -> int:
    """How many keys may spend what the action says."""
    return sum(
        alias in budgets and told(budgets[alias].most) == most for alias, most in action.target.items()
    )


def all_set(count: int) -> tuple[Expectation, ...]:
    return (Expectation("key_budgets_set", "at_least", count, SET_SECONDS),)


def changes_of(action: Action, hold: Hold | None) -> Mapping[str, BudgetChange]:
    """From whatever we have seen or set of each key; what is something else by now is somebody else's."""
    known = [one for one in (hold.was, hold.target, hold.target_before) if one] if hold else []
    return {
        alias: BudgetChange(tuple(read(text) for text in _distinct(alias, known)), read(str(most)))
        for alias, most in action.target.items()
    }


def _distinct(alias: str, known: list[Target]) -> Iterator[str]:
    yield from dict.fromkeys(str(target[alias]) for target in known if alias in target)
