"""Wake a gateway, a step further with each call: the database first, then what ran, then what watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.errors import NotAwakeYetError
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.life.rest import ServiceAtWork
    from stargate.ports.gateway import Repose
    from stargate.ports.state import Environments


@dataclass(frozen=True)
class WakeGateway:
    environments: Environments
    repose: Repose

    def __call__(self, environment_id: str, attempt: int) -> None:
        """NotAwakeYetError until all of it runs as it did; the same call again goes on from the truth."""
        environment = current(self.environments, environment_id, attempt, Status.WAKING)
        if environment.rest is None:
            return  # it was never put to sleep: nothing was written down, so nothing was touched
        self._start_database(environment)
        coming = [words for one in environment.rest.services if (words := self._rouse(environment, one))]
        if coming:
            raise NotAwakeYetError("; ".join(coming))
        self.repose.unmute(environment.region, environment.rest.alarms)

    def _start_database(self, environment: Environment) -> None:
        region, identifier = environment.region, environment.database
        status = self.repose.database(region, identifier)
        if status == "stopped":
            self.repose.start_database(region, identifier)
        if status != "available":
            raise NotAwakeYetError(f"the database is {status}")

    def _rouse(self, environment: Environment, service: ServiceAtWork) -> str:
        """What is still missing of it, in words.

        The count comes before the bounds: autoscaling that found none running would count for itself.
        """
        place = environment.region, environment.cluster, service.name
        found = self.repose.service(*place)
        if found is None:
            raise NotAwakeYetError(f"the service {service.name} is not there any more")
        if found.desired == 0 and service.tasks:
            self.repose.size(*place, service.tasks)
        if service.target is not None and self.repose.target(*place) != service.target:
            self.repose.set_target(*place, service.target)
        missing = service.tasks - found.running
        return f"{service.name}: {found.running} of {service.tasks} running" if missing > 0 else ""
