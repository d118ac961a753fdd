"""Ask for a plan: the request is held against all that can be told of it at once, then planned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Status
from stargate.domain.faults import Fault
from stargate.domain.life.changes import faults_of_change
from stargate.domain.life.requests import faults_of
from stargate.domain.life.settings import conflicts
from stargate.domain.life.updates import update_faults
from stargate.domain.life.works import standing
from stargate.domain.provisioning.planning import declared_by
from stargate.errors import EnvironmentBusyError, InvalidRequestError
from stargate.usecases.provisioning.zones import zones_for

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Regions
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Planner


@dataclass(frozen=True)
class RequestPlan:
    environments: Environments
    planner: Planner
    gateway_version: str
    regions: Regions

    def __call__(self, name: str, request: Any) -> dict[str, Any]:
        """Of a name that nobody has: what a POST would make. Otherwise what a PATCH would change."""
        if not isinstance(request, dict):
            raise InvalidRequestError([Fault("", "is no JSON object", "a JSON object")])
        present = self.environments.by_name(name)
        if present is None or present.status is Status.RETIRED:
            faults = faults_of({**request, "name": name})
        elif present.status is Status.RETIRING:
            raise EnvironmentBusyError(
                f"{standing(present)}: it is being removed, ask again once it is RETIRED"
            )
        else:
            faults = (faults_of_change(request) if request else ()) or self._conflicts(present, request)
        if faults:
            raise InvalidRequestError(faults)
        return self.planner.plan(name, request)

    def _conflicts(self, present: Environment, request: dict[str, Any]) -> tuple[Fault, ...]:
        declared = declared_by(present, request, self.gateway_version)
        zones = zones_for(present, declared, self.regions)
        return (*conflicts(present, request), *update_faults(present, declared, zones))
