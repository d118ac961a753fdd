"""Have the database change places with its standby: the one that serves is in a zone that is not well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.actions.zones_used import named_zones
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts

FAILED_OVER_SECONDS = 600.0  # RDS typically takes one to two minutes


class FailOverDatabase(ActionKind):
    name = "fail_over_database"
    scope = "database"
    works_on = "database"
    asks = frozenset({"database", "zones"})
    asks_again = asks
    shakes_everything = True

    def scope_of(self, subject: str) -> str:  # noqa: ARG002  (there is one database)
        return self.scope

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        database = case.facts.database
        if database is None:
            return Nothing("there is no database")
        if not database.multi_az or not database.standby_zone:
            return Held("limits", "the database has no standby to fail over to")
        if database.status != "available":
            return Nothing(f"the database is {database.status}: RDS is at work on it")
        if named_zones(case) and not named_zones(case) & _names(database.zone, case.facts):
            return Nothing(f"the database is in {database.zone}, which is not concerned")
        return Proposal(
            f"fail the database over from {database.zone} to {database.standby_zone}",
            {"zone": database.zone},
            (Expectation("failed_over", "at_least", 1, FAILED_OVER_SECONDS),),
        )

    def still(self, case: Case, action: Action) -> Held | Nothing | None:
        database = case.facts.database
        if database is not None and database.zone != action.target["zone"]:
            return Nothing(f"the database is in {database.zone} by now")
        return super().still(case, action)

    def is_done(self, action: Action, facts: Facts) -> bool:
        """Under way, or over."""
        database = facts.database
        return database is not None and (
            database.zone != action.target["zone"] or database.status != "available"
        )


def _names(zone: str, facts: Facts) -> set[str]:
    """The zone's name, and its id if it is one that the gateway is in."""
    known = facts.zones.zones if facts.zones else {}
    return {zone, *(zone_id for zone_id, name in known.items() if name == zone)}
