"""Ask for a plan: the request is held against all that can be told of it at once, then planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Status
from stargate.domain.faults import Fault
from stargate.domain.life.requests import faults_of
from stargate.domain.life.updates import faults_of_planned_update, update_faults
from stargate.domain.provisioning.planning import declared_by
from stargate.errors import EnvironmentBusyError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Planner


@dataclass(frozen=True)
class RequestPlan:
    environments: Environments
    planner: Planner
    gateway_version: str

    def __call__(self, name: str, request: Any) -> dict[str, Any]:
        """Of a name that nobody has: what a POST would make. Otherwise what a PATCH would change."""
        if not isinstance(request, dict):
            raise InvalidRequestError([Fault("", "is no JSON object", "a JSON object")])
        present = self.environments.by_name(name)
        if present is None or present.status is Status.RETIRED:
            faults = faults_of({**request, "name": name})
        elif present.status is Status.RETIRING:
            raise EnvironmentBusyError(f"{name} is being removed; ask again once it is RETIRED")
        else:
            faults = faults_of_planned_update(request) or tuple(
                update_faults(present, declared_by(present, request, self.gateway_version))
            )
        if faults:
            raise InvalidRequestError(faults)
        return self.planner.plan(name, request)
