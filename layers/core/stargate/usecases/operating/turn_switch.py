"""The kill switch: read it, turn it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.switch import Switch, faults_of_turn
from stargate.errors import InvalidRequestError

if TYPE_CHECKING:
    from stargate.ports.state import Switches
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class TurnSwitch:
    switches: Switches
    clock: Clock
    actor: str

    def read(self) -> Switch:
        return self.switches.read()

    def __call__(self, request: Any) -> Switch:
        """To where it stands already: it stays as it was turned, with the reason of then."""
        faults = faults_of_turn(request)
        if faults:
            raise InvalidRequestError(faults)
        wanted, present = request["actions"] == "on", self.switches.read()
        if wanted is present.on:
            return present
        turned = Switch(wanted, request.get("reason", "").strip(), self.actor, self.clock.now())
        self.switches.turn(turned)
        return turned
