"""Change an environment: how it is run and ends at once, what its gateway is made from by an update."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import AT_WORK, Environment, Work
from stargate.domain.faults import Fault
from stargate.domain.life.changes import faults_of_change
from stargate.domain.life.settings import SETTINGS, Changed, changed, conflicts
from stargate.domain.life.updates import OF_THE_GATEWAY, update_faults
from stargate.domain.life.works import Refused, held_by_drill, standing, to_update
from stargate.domain.provisioning.planning import declared_by, plan_id
from stargate.errors import (
    ConflictError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    ManifestNotFoundError,
    PlanOutdatedError,
)
from stargate.usecases.provisioning.node_states import node_states
from stargate.usecases.provisioning.zones import zones_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.environment import Declared
    from stargate.domain.provisioning.progress import NodeState
    from stargate.ports.provisioning import Manifests, Regions
    from stargate.ports.state import Environments, Histories, OperationsRows
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.costs.hold_ceiling import HoldCeiling
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class ChangeEnvironment:
    environments: Environments
    operations: OperationsRows
    manifests: Manifests
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator
    gateway_version: str
    hold_ceiling: HoldCeiling
    regions: Regions
    histories: Histories

    def __call__(self, name: str, request: Any) -> Environment:
        faults = faults_of_change(request)
        if faults:
            raise InvalidRequestError(faults)
        for _ in range(TRIES):
            try:
                environment = self._change(name, request)
            except ConflictError:  # it was settled in this very moment
                continue
            if environment.status in AT_WORK and environment.work is Work.UPDATE:
                payload = environment.execution_payload
                self.workflows.start(environment.work, environment.execution_name, payload)
            return environment
        raise ConflictError(f"{name} is changed by others all the time")

    def _change(self, name: str, request: Mapping[str, Any]) -> Environment:
        present = self.environments.by_name(name)
        if present is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if present.is_going:
            raise EnvironmentBusyError(f"{standing(present)}: only what is not being removed can be changed")
        if "plan" in request and request["plan"] != plan_id(name, request, present, self.gateway_version):
            raise PlanOutdatedError(f"{name} is not what the plan {request['plan']} was made of: plan again")
        declared = declared_by(present, request, self.gateway_version)
        faults = [*conflicts(present, request), *self._update_faults(present, request, declared)]
        if faults:
            raise InvalidRequestError(faults)
        settings = {key: value for key, value in request.items() if key in SETTINGS}
        change = changed(present, settings, self.clock.now())
        if declared != present.declared:
            after = change.environment.made_from(declared)
            self.hold_ceiling(present, after)  # what stands may stay, whatever ceiling it is given
            return self._update(present, change, declared)
        return self._set(present, change) if change.words else present

    def _update_faults(
        self, present: Environment, request: Mapping[str, Any], declared: Declared
    ) -> Iterator[Fault]:
        if not OF_THE_GATEWAY & set(request):
            return
        yield from update_faults(present, declared, zones_for(present, declared, self.regions))
        try:
            self.manifests.read(declared.gateway_version)
        except ManifestNotFoundError as missing:
            yield Fault("/gateway_version", str(missing), "latest, or a version that was published")

    def _set(self, present: Environment, change: Changed) -> Environment:
        after = replace(change.environment, updated_at=self.clock.now())
        entry = self.narrator.entry(
            present,
            "decision",
            present.name,
            "; ".join(change.words),
            f"request by {self.narrator.actor}",
            dict(change.detail or {}),
        )
        self.environments.replace(present, after, entry)
        return after

    def _update(self, present: Environment, change: Changed, declared: Declared) -> Environment:
        now = self.clock.now()
        leases = self.operations.by_id(present.environment_id).operations.leases
        verdict = held_by_drill(present, leases, now) or to_update(present)
        if isinstance(verdict, Refused):
            raise EnvironmentBusyError(verdict.reason)
        cause, by = self.identifiers.entry_id(now), self.narrator.actor
        begun = change.environment.updated(declared, now, cause, by)
        words = "; ".join((f"update of {present.name} asked for", *change.words))
        detail = {
            **(change.detail or {}),
            "attempt": begun.attempt,
            "preset": declared.preset,
            "gateway_version": declared.gateway_version,
            "spec": declared.spec.document(),
        }
        entry = self.narrator.asked(begun, words, detail)
        self.environments.replace(present, begun, entry, self._added(present, begun))
        return begun

    def _added(self, before: Environment, after: Environment) -> list[NodeState]:
        """Nodes that another preset brings."""
        if before.graph == after.graph:
            return []
        known = set(before.graph.names)
        states = node_states(after, self.manifests, self.histories)
        return [state for state in states if state.name not in known]
