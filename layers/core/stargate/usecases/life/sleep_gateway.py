"""Put a gateway to sleep, a step further with each call: nothing of it runs, everything of it stays.

What ran is written down before anything is touched. Then alarms are muted, scaling is suspended, services go
to zero, and when their last task has gone the database is stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import Status, Work
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
        self.repose.mute(environment.region, rest.alarms)
        running = [words for service in rest.services if (words := self._still(environment, service))]
        if running:
            raise NotAsleepYetError("; ".join(running))
        self._stop_database(environment)

    def _write_down(self, environment: Environment) -> Rest:
        holds = self.operations.by_id(environment.environment_id).operations.holds
        prefix = f"stargate-{environment.name}-"
        services = tuple(self._at_work(environment, holds))
        rest = Rest(services, self.repose.sounding(environment.region, prefix))
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

    def _still(self, environment: Environment, service: ServiceAtWork) -> str:
        """What still runs of it, in words."""
        place = environment.region, environment.cluster, service.name
        if service.target is not None:
            stilled = service.target.stilled()
            if self.repose.target(*place) != stilled:
                self.repose.set_target(*place, stilled)
        found = self.repose.service(*place)
        if found is None:
            return ""
        if found.desired != 0:
            self.repose.size(*place, 0)
        return f"{service.name}: {found.running} still running" if found.running else ""

    def _stop_database(self, environment: Environment) -> None:
        region, identifier = environment.region, environment.database
        status = self.repose.database(region, identifier)
        if status == "available":
            self.repose.stop_database(region, identifier)
        if status != "stopped":
            raise NotAsleepYetError(f"the database is {status}")


def _without_hold(target: Target | None, hold: Hold | None) -> Target | None:
    """A bound that we raised for a while is not how it was: what it was before is."""
    if target is None or hold is None or not hold.live or not hold.is_ours("minimum", target.minimum):
        return target
    return replace(target, minimum=number(hold.was, "minimum"))
