"""The routes of the loop: what is wrong with an environment, what would be done, and the kill switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed, refuse
from stargate.domain.faults import Fault
from stargate.domain.playbook.lines import read_text

if TYPE_CHECKING:
    from stargate.api.requests import Query
    from stargate.usecases.operating.change_playbook import ChangePlaybook
    from stargate.usecases.operating.request_explanation import RequestExplanation
    from stargate.usecases.operating.show_conditions import ShowConditions
    from stargate.usecases.operating.turn_switch import TurnSwitch
    from stargate.usecases.scaling.show_capacity import ShowCapacity


@dataclass(frozen=True)
class OperatingApi:
    conditions: ShowConditions
    switch: TurnSwitch
    playbook: ChangePlaybook
    capacity: ShowCapacity
    explanation: RequestExplanation

    def show_conditions(self, name: str, query: Query) -> Reply:
        limit = checked(query, ("status", "limit", "next"))
        open_only = query.get("status", "open") == "open"
        return Reply(200, self.conditions(name, limit, query.get("next"), open_only=open_only))

    def show_capacity(self, name: str, query: Query) -> Reply:
        return Reply(200, self.capacity(name, query))

    def explain_event(self, name: str, body: bytes) -> Reply:
        return Reply(200, self.explanation(name, parsed(body)))

    def show_switch(self) -> Reply:
        return Reply(200, self.switch.read().document())

    def turn_switch(self, body: bytes) -> Reply:
        return Reply(200, self.switch(parsed(body)).document())

    def show_playbook(self, name: str, query: Query) -> Reply:
        return Reply(200, self.playbook.show(name, _version(query)))

    def change_playbook(self, name: str, body: bytes) -> Reply:
        return Reply(200, self.playbook(name, read_text(body.decode(errors="replace"))))


def _version(query: Query) -> int | None:
    refuse([Fault(f"?{name}", "is not known", "version") for name in sorted(query) if name != "version"])
    asked = query.get("version")
    if asked is None:
        return None
    if not asked.isdecimal() or len(asked) > 6:
        refuse([Fault("?version", f"{asked!r} is not allowed", "a whole number")])
    return int(asked)
