"""Give the database the next larger class, for as long as it is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.gateway.connections import MOST_CONNECTIONS
from stargate.domain.operating.actions.database_class import ClassChanged, busy, to_class
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.actions.kind import Case

LADDER = tuple(MOST_CONNECTIONS)  # the classes on offer, from the smallest on


class ChangeDatabaseClass(ClassChanged):
    name = "change_database_class"
    taken_back_by = "restore_database_class"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        database = case.facts.database
        hindered = busy(database)
        if hindered is not None or database is None:
            return hindered or Nothing("there is no database")
        present = database.instance_class
        if present not in LADDER or present == LADDER[-1]:
            return Held("limits", f"no class larger than {present} is on offer")
        larger = LADDER[LADDER.index(present) + 1]
        away = "for a minute or two, while it fails over" if database.multi_az else "for some ten minutes"
        return to_class(f"change the database from {present} to {larger}; it is away {away}", larger)
