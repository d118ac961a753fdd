"""Ask for dead letters to be shown or brought back, where the rights for it are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.letters import faults_of_order
from stargate.errors import InvalidRequestError

if TYPE_CHECKING:
    from stargate.ports.letters import Redriver


@dataclass(frozen=True)
class RequestRedrive:
    redriver: Redriver
    actor: str

    def show(self) -> dict[str, Any]:
        return self.redriver.redrive({"show": True, "actor": self.actor})

    def __call__(self, request: Any) -> dict[str, Any]:
        faults = faults_of_order(request)
        if faults:
            raise InvalidRequestError(faults)
        return self.redriver.redrive({**request, "actor": self.actor})
