"""Ask what drift was found last, for a fresh examination, or for drift to be put back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.life.drift.report import Report, begun
from stargate.domain.life.repairing import faults_of_repair
from stargate.domain.life.works import EXAMINABLE, standing
from stargate.errors import ConflictError, EnvironmentBusyError, EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.ports.drift import DriftWorkflow, Reports
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Environments
    from stargate.ports.world import Clock, Identifiers

NEVER = {
    "status": "never examined",
    "unfinished": "",
    "differs": [],
    "on_purpose": [],
    "unchecked": {},
    "repaired": [],
}


@dataclass(frozen=True)
class AskDrift:
    environments: Environments
    reports: Reports
    manifests: Manifests
    workflow: DriftWorkflow
    clock: Clock
    identifiers: Identifiers
    actor: str

    def show(self, name: str) -> dict[str, Any]:
        environment = self._find(name)
        report = self.reports.get(environment.environment_id)
        told = NEVER if report is None else report.told(self.clock.now())
        return {"environment": name, **told}

    def examine(self, name: str) -> dict[str, Any]:
        return self._begin(self._find(name), repair=False, only=())

    def repair(self, name: str, request: Any) -> dict[str, Any]:
        """`request` is `{}` or `{"only": ["<stack>/<resource>", ...]}`."""
        environment = self._find(name)
        manifest = self.manifests.read(environment.gateway_version)
        faults = faults_of_repair(request, environment, manifest)
        if faults:
            raise InvalidRequestError(faults)
        return self._begin(environment, repair=True, only=tuple(request.get("only", ())))

    def _begin(self, environment: Environment, *, repair: bool, only: tuple[str, ...]) -> dict[str, Any]:
        """An examination that is under way already is told instead of another, unless it would not repair."""
        if environment.status not in EXAMINABLE:
            raise EnvironmentBusyError(
                f"{standing(environment)}: only what is READY, DEGRADED or ASLEEP can be examined for drift"
            )
        now, before = self.clock.now(), self.reports.get(environment.environment_id)
        if before is not None and before.is_running(now):
            if repair and not before.repair:
                raise EnvironmentBusyError(
                    f"drift of {environment.name} is being examined, asked for by {before.asked_by}: "
                    "ask again when that is over"
                )
            return self._started(environment, before)
        execution = f"{environment.environment_id}-drift-{self.identifiers.entry_id(now)}"
        report = replace(begun(before, execution, now, self.actor), repair=repair, only=only)
        try:
            self.reports.begin(environment.environment_id, report, before)
        except ConflictError as error:
            words = f"drift of {environment.name} is being examined for somebody else at this very moment"
            raise EnvironmentBusyError(words) from error
        return self._started(environment, report)

    def _started(self, environment: Environment, report: Report) -> dict[str, Any]:
        """Once more does no harm, and heals a crash between the row and the start."""
        payload = {"environment_id": environment.environment_id, "execution": report.execution}
        self.workflow.start(report.execution, payload)
        return {"environment": environment.name, **report.told(self.clock.now())}

    def _find(self, name: str) -> Environment:
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return environment
