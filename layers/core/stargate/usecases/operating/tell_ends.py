"""People hear that an incident is over, in the thread in which they heard of it.

Once: the end is written first, and told by whoever has written it. An end that could not be told stands in
the ledger all the same, and the failure is the examination's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.operating.endings import over
from stargate.domain.operating.incident_report import timeline
from stargate.usecases.operating.end_incident import entries_of

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Overview
    from stargate.ports.people import Pager
    from stargate.ports.state import Ledger


@dataclass(frozen=True)
class TellEnds:
    pager: Pager
    ledger: Ledger

    def __call__(self, before: Overview, after: Overview) -> None:
        """Of those that were open before and are not any more, well again or put away."""
        for incident in before.operations.open_incidents():
            ended = after.operations.incidents.get(incident.incident_id)
            if ended is not None and not ended.open:
                self._tell(after.environment, ended)

    def _tell(self, environment: Environment, incident: Incident) -> None:
        entries = entries_of(self.ledger, environment.environment_id, incident)
        self.pager.tell(over(environment, incident, timeline(incident, entries)))
