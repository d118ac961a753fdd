"""How a gateway stands before a drill, and what is left of its error budget: measured, never assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.drills.budget import Budget, budget_of
from stargate.domain.drills.deeds import Standing
from stargate.domain.drills.policy import Policy
from stargate.domain.life.rest import services_of

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview
    from stargate.ports.drills import ErrorCounts, ServiceTasks
    from stargate.ports.gateway import Databases
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class SurveyGateway:
    databases: Databases
    tasks: ServiceTasks
    errors: ErrorCounts
    clock: Clock

    def standing(self, overview: Overview, zone: str = "") -> Standing:
        environment = overview.environment
        return Standing(
            self.databases.describe(environment.region, environment.database),
            self.tasks.standing(environment.region, environment.cluster, services_of(environment.graph)),
            zone,
        )

    def budget(self, overview: Overview) -> Budget:
        environment = overview.environment
        hours = self.errors.hours(environment, overview.outputs, self.clock.now())
        return budget_of(hours, policy_of(overview).availability)


def policy_of(overview: Overview) -> Policy:
    return overview.environment.drills or Policy()
