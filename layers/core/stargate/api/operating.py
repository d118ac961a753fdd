"""The routes of the loop: what is wrong with an environment, and the kill switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed

if TYPE_CHECKING:
    from stargate.api.requests import Query
    from stargate.usecases.operating.show_conditions import ShowConditions
    from stargate.usecases.operating.turn_switch import TurnSwitch


@dataclass(frozen=True)
class OperatingApi:
    conditions: ShowConditions
    switch: TurnSwitch

    def show_conditions(self, name: str, query: Query) -> Reply:
        limit = checked(query, ("status", "limit", "next"))
        open_only = query.get("status", "open") == "open"
        return Reply(200, self.conditions(name, limit, query.get("next"), open_only=open_only))

    def show_switch(self) -> Reply:
        return Reply(200, self.switch.read().document())

    def turn_switch(self, body: bytes) -> Reply:
        return Reply(200, self.switch(parsed(body)).document())
