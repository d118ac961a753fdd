"""Put a gateway to sleep, a step further with each call: nothing of it runs, everything of it stays.

What ran is written down before anything is touched. Then alarms are muted, scaling is suspended, services go
to zero, and when their last task has gone the database is stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Check, Status, Work
from stargate.domain.life.rest import Rest, ServiceAtWork, Target, services_of
from stargate.domain.operating.action import number
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.errors import NotAsleepYetError
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.operating.holds import Hold
    from stargate.ports.gateway import Repose
    from stargate.ports.state import Environments, OperationsRows
    from stargate.usecases.narrate import Narrator

BOUNDS = ACTIONS["raise_bound"]


@dataclass(frozen=True)
class SleepGateway:
    environments: Environments
    operations: OperationsRows
    repose: Repose
    narrator: Narrator

    def __call__(self, environment_id: str, attempt: int) -> None:
        """NotAsleepYetError until it sleeps; the same call again goes on from the truth."""
        environment = current(self.environments, environment_id, attempt, Status.UPDATING)
        if environment.work is not Work.SLEEP:
            return
        rest = environment.rest or self._write_down(environment)
        self.repose.mute(environment.regions, rest.alarms)
        checks = [self._still(environment, service) for service in rest.services]
        checks.append(self._stop_database(environment, now=all(check.ok for check in checks)))
        self.environments.record_checks(environment, checks)
        failing = [f"{check.name}: {check.measured}, asked {check.bound}" for check in checks if not check.ok]
        if failing:
            raise NotAsleepYetError("; ".join(failing))

    def _write_down(self, environment: Environment) -> Rest:
        holds = self.operations.by_id(environment.environment_id).operations.holds
        prefix = f"stargate-{environment.name}-"
        services = tuple(self._at_work(environment, holds))
        rest = Rest(services, self.repose.sounding(environment.regions, prefix))
        counts = ", ".join(f"{one.name} {one.tasks}" for one in services)
        entry = self.narrator.step(
            environment, environment.name, f"running before sleep: {counts}", environment.cause
        )
        self.environments.replace(environment, replace(environment, rest=rest), entry)
        return rest

    def _at_work(self, environment: Environment, holds: Mapping[str, Hold]) -> Iterator[ServiceAtWork]:
        for name in services_of(environment.graph):
            found = self.repose.service(environment.region, environment.cluster, name)
            if found is not None:
                target = self.repose.target(environment.region, environment.cluster, name)
                yield ServiceAtWork(
                    name, found.desired, _without_hold(target, holds.get(BOUNDS.scope_of(name)))
                )

    def _still(self, environment: Environment, service: ServiceAtWork) -> Check:
        place = environment.region, environment.cluster, service.name
        if service.target is not None:
            stilled = service.target.stilled()
            if self.repose.target(*place) != stilled:
                self.repose.set_target(*place, stilled)
        found = self.repose.service(*place)
        if found is not None and found.desired != 0:
            self.repose.size(*place, 0)
        running = 0 if found is None else found.running
        return Check(f"service {service.name}", running == 0, f"{running} running", "0 running")

    def _stop_database(self, environment: Environment, *, now: bool) -> Check:
        """Not before the last task that uses it has gone."""
        region, identifier = environment.region, environment.database
        status = self.repose.database(region, identifier)
        if now and status == "available":
            self.repose.stop_database(region, identifier)
        return Check("database", status == "stopped", status, "stopped")


def _without_hold(target: Target | None, hold: Hold | None) -> Target | None:
    """A bound that we raised for a while is not how it was: what it was before is."""
    if target is None or hold is None or not hold.live or not hold.is_ours("minimum", target.minimum):
        return target
    return replace(target, minimum=number(hold.was, "minimum"))
