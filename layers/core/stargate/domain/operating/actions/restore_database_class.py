"""Give the database the class back that it had: the larger one was for a while, and is paid by the hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.actions.database_class import ClassChanged, busy, to_class
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.actions.kind import Case


class RestoreDatabaseClass(ClassChanged):
    name = "restore_database_class"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        hold, database = case.overview.operations.holds.get(self.scope), case.facts.database
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no class was changed for it")
        if database is not None and not hold.is_ours("class", database.instance_class):
            return Nothing(f"the class is {database.instance_class}: somebody else changed it, so it is left")
        before = str(hold.was["class"])
        return busy(database) or to_class(f"change the database back to {before}", before)
