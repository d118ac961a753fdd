"""What changing the database's class and changing it back have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind
from stargate.domain.operating.proposals import Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action, Target
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import DatabaseServer, Facts

CHANGED_SECONDS = 3600.0  # RDS takes some ten minutes to change a class, and longer with a standby
AVAILABLE = "available"


class ClassChanged(ActionKind):
    """A person approves it and it waits for the window: the database is away for a while."""

    scope = "database"
    works_on = "database"
    asks = frozenset({"database"})
    asks_again = asks
    shakes_everything = True
    guards = ("window", "approval")

    def scope_of(self, subject: str) -> str:  # noqa: ARG002  (there is one database)
        return self.scope

    def found(self, facts: Facts) -> Target:
        return {"class": facts.database.instance_class} if facts.database else {}

    def is_done(self, action: Action, facts: Facts) -> bool:
        database = facts.database
        return database is not None and action.target["class"] in {
            database.instance_class,
            database.pending_class,
        }

    def deed(self, action: Action) -> str:
        return f"{self.name}: the database becomes a {action.target['class']}"

    def adds(self, case: Case, proposal: Proposal) -> Mapping[str, float]:
        before = case.facts.database.instance_class if case.facts.database else ""
        return {f"database:{proposal.target['class']}": 1, f"database:{before}": -1}


def busy(database: DatabaseServer | None) -> Nothing | None:
    if database is None:
        return Nothing("there is no database")
    if database.status != AVAILABLE or database.pending_class:
        return Nothing(f"the database is {database.pending_class or database.status}: RDS is at work on it")
    return None


def to_class(summary: str, instance_class: str) -> Proposal:
    return Proposal(
        summary,
        {"class": instance_class},
        (Expectation("database_class_reached", "at_least", 1, CHANGED_SECONDS),),
    )
