"""All that is known of one environment when something is decided on it, and a change to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stargate.domain.operating.action import Action
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.incidents import Incident
from stargate.domain.operating.leases import Lease
from stargate.domain.people.approvals import Approval
from stargate.domain.scaling.loop_state import LoopState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.playbook import InForce
    from stargate.domain.operating.switch import Switch

OperationRow = Condition | Action | Lease | Hold | Approval | Incident | LoopState


@dataclass(frozen=True)
class Operations:
    """Conditions by their key (`kind#subject`), leases and holds by scope, the outer loops by their service.

    All else by its id.
    """

    conditions: Mapping[str, Condition] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    leases: Mapping[str, Lease] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    loops: Mapping[str, LoopState] = field(default_factory=dict)

    def in_flight(self, condition: str) -> Action | None:
        """The action that answers the condition and has not been settled."""
        found = (action for action in self.actions.values() if action.in_flight)
        return next((action for action in found if action.condition == condition), None)

    def open_incidents(self) -> list[Incident]:
        """The oldest first."""
        found = (one for one in self.incidents.values() if one.open)
        return sorted(found, key=lambda one: one.opened_at)

    def incident_of(self, condition: str) -> Incident | None:
        """The open one that the condition belongs to."""
        return next((one for one in self.open_incidents() if one.has(condition)), None)

    def is_looked_after(self, condition: str) -> bool:
        """It is open, or something that was changed for it is still to be taken back."""
        known = self.conditions.get(condition)
        held = any(one.live and one.condition == condition for one in self.holds.values())
        return held or (known is not None and known.open)

    def freed(self, action: Action) -> tuple[Lease, ...]:
        """The action's lease as it is when it is over; nothing if another has it by now."""
        lease = self.leases.get(action.scope)
        ours = lease is not None and lease.held_by(action.action_id, action.fence)
        return (lease.released(),) if lease is not None and ours else ()

    def knows(self, row: OperationRow) -> bool:
        """Just so, not in an older or newer form."""
        where, key = place_of(row)
        return bool(getattr(self, where).get(key) == row)

    def after(self, change: Change) -> Operations:
        """As the rows are once the change is written."""
        known = self
        for row in change.rows:
            known = known.with_row(replace(row, version=row.version + 1))
        return known

    def with_row(self, row: OperationRow) -> Operations:
        where, key = place_of(row)
        return replace(self, **{where: {**getattr(self, where), key: row}})


# Among which rows each kind is, and what its key there is called.
PLACES: Mapping[type[OperationRow], tuple[str, str]] = {
    Condition: ("conditions", "key"),
    Action: ("actions", "action_id"),
    Lease: ("leases", "scope"),
    Hold: ("holds", "scope"),
    Approval: ("approvals", "approval_id"),
    Incident: ("incidents", "incident_id"),
    LoopState: ("loops", "service"),
}


def place_of(row: OperationRow) -> tuple[str, str]:
    """Among which rows it is, and its key there."""
    where, key = PLACES[type(row)]
    return where, str(getattr(row, key))


@dataclass(frozen=True)
class Change:
    """Rows as they shall be, each with the version it was read with (0: it is new), and entries.

    It is written as a whole or not at all. Each row's version must still be the one it was read with and is
    written one higher; each entry must be new.
    """

    rows: tuple[OperationRow, ...] = ()
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Overview:
    """`outputs` are those of the environment's stack `balancer`, empty while it does not stand."""

    environment: Environment
    outputs: Mapping[str, str]
    switch: Switch
    operations: Operations
    playbook: InForce
