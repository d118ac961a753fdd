"""Wake a gateway, a step further with each call: the database first, then what ran, then what watches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Check, Status
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
        database = self._start_database(environment)
        services = [self._rouse(environment, one, now=database.ok) for one in environment.rest.services]
        checks = (database, *services)
        self.environments.record_checks(environment, checks)
        failing = [f"{check.name}: {check.measured}, asked {check.bound}" for check in checks if not check.ok]
        if failing:
            raise NotAwakeYetError("; ".join(failing))
        self.repose.unmute(environment.regions, environment.rest.alarms)

    def _start_database(self, environment: Environment) -> Check:
        region, identifier = environment.region, environment.database
        status = self.repose.database(region, identifier)
        if status == "stopped":
            self.repose.start_database(region, identifier)
        return Check("database", status == "available", status, "available")

    def _rouse(self, environment: Environment, service: ServiceAtWork, *, now: bool) -> Check:
        """Not before the database takes connections: every service needs it.

        The count comes before the bounds: autoscaling that found none running would count for itself.
        """
        place = environment.region, environment.cluster, service.name
        name, bound = f"service {service.name}", f">= {service.tasks} running"
        found = self.repose.service(*place)
        if found is None:
            return Check(name, ok=False, measured="absent", bound=bound)
        if now and found.desired == 0 and service.tasks:
            self.repose.size(*place, service.tasks)
        if now and service.target is not None and self.repose.target(*place) != service.target:
            self.repose.set_target(*place, service.target)
        return Check(name, now and found.running >= service.tasks, f"{found.running} running", bound)
