"""Ask for an environment: a new one, the one that runs, or a failed one resumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.budget import Budget
from stargate.domain.environment import AT_WORK, Environment, Mode, Status, Work
from stargate.domain.gateway.presets import PRESETS, Spec
from stargate.domain.life.ends import deadline_after
from stargate.domain.life.requests import faults_of
from stargate.domain.life.schedule import Schedule
from stargate.domain.life.works import standing
from stargate.domain.provisioning.planning import plan_id
from stargate.errors import (
    ConflictError,
    EnvironmentBusyError,
    InvalidRequestError,
    NameTakenError,
    PlanOutdatedError,
)
from stargate.usecases.provisioning.node_states import node_states

if TYPE_CHECKING:
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Environments, Histories
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.costs.hold_ceiling import HoldCeiling
    from stargate.usecases.narrate import Narrator


@dataclass(frozen=True)
class Asked:
    name: str
    preset: str
    spec: Spec
    mode: str | None  # None leaves it as it is, which for a new environment is to act
    ttl: float | None = None
    budget: Budget | None = None  # None leaves it as it is
    schedule: Schedule | None = None
    region: str | None = None  # None leaves it as it is, which for a new environment is the preset's


@dataclass(frozen=True)
class CreateEnvironment:
    environments: Environments
    manifests: Manifests
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator
    gateway_version: str
    histories: Histories
    hold_ceiling: HoldCeiling

    def __call__(self, request: Any) -> Environment:
        faults = faults_of(request)
        if faults:
            raise InvalidRequestError(faults)
        spec = PRESETS[request["preset"]].spec.overridden(request.get("overrides", {}))
        budget = Budget().changed(request.get("budget", {}))
        schedule = Schedule.from_document(request["schedule"]) if "schedule" in request else None
        asked = Asked(
            request["name"],
            request["preset"],
            spec,
            request.get("mode"),
            request.get("ttl"),
            budget,
            schedule,
            request.get("region"),
        )
        self._refuse_outdated(asked.name, request)
        try:
            environment = self._ensure(asked)
        except ConflictError:  # somebody asked for the same at the same time: theirs is the one
            environment = self._ensure(asked)
        if environment.status in AT_WORK and environment.work is not Work.RETIRE:
            # The same name again starts nothing, but heals a crash between the row and the first start.
            self.workflows.start(environment.work, environment.execution_name, environment.execution_payload)
        return environment

    def _refuse_outdated(self, name: str, request: Any) -> None:
        if "plan" not in request:
            return
        present = self.environments.by_name(name)
        world = None if present is None or present.status is Status.RETIRED else present
        if request["plan"] != plan_id(name, request, world, self.gateway_version):
            raise PlanOutdatedError(f"{name} is not what the plan {request['plan']} was made of: plan again")

    def _ensure(self, asked: Asked) -> Environment:
        name = asked.name
        present = self.environments.by_name(name)
        if present is None or present.status is Status.RETIRED:
            return self._create(asked, present)
        if present.status is Status.RETIRING:
            raise EnvironmentBusyError(
                f"{standing(present)}: it is being removed, ask again once it is RETIRED"
            )
        if present.preset != asked.preset or present.spec != asked.spec:
            raise NameTakenError(
                f"{name} is {present.status} with another specification: PATCH changes it, or choose another "
                "name"
            )
        if asked.region is not None and present.region != asked.region:
            raise NameTakenError(f"{name} is {present.status} in {present.region}, where it stays")
        if asked.mode is not None and present.mode != asked.mode:
            raise NameTakenError(f"{name} is {present.status} in mode {present.mode}; PATCH changes it")
        if asked.budget is not None and present.budget != asked.budget:
            raise NameTakenError(f"{name} is {present.status} with another budget; PATCH changes it")
        if asked.schedule is not None and present.schedule != asked.schedule:
            raise NameTakenError(f"{name} is {present.status} with another schedule; PATCH changes it")
        if present.status in {Status.FAILED, Status.DEGRADED}:
            return self._resume(present)
        return present

    def _create(self, asked: Asked, replaces: Environment | None) -> Environment:
        name, preset, spec = asked.name, asked.preset, asked.spec
        now = self.clock.now()
        entry_id = self.identifiers.entry_id(now)
        environment = Environment(
            environment_id=self.identifiers.environment_id(),
            name=name,
            preset=preset,
            region=asked.region or PRESETS[preset].region,
            status=Status.PROVISIONING,
            attempt=1,
            gateway_version=self.gateway_version,
            spec=spec,
            created_at=now,
            updated_at=now,
            attempt_started_at=now,
            cause=entry_id,
            asked_by=self.narrator.actor,
            mode=Mode(asked.mode or Mode.ACT),
            # Who asks for an end does not want to be kept from it.
            deletion_protection=PRESETS[preset].deletion_protection and asked.ttl is None,
            schedule=asked.schedule,
            deadline=None if asked.ttl is None else deadline_after(now, asked.ttl),
            budget=asked.budget,
        )
        self.hold_ceiling(None, environment)
        entry = self.narrator.asked(environment, f"{name} asked for, preset {preset}", spec.document())
        states = node_states(environment, self.manifests, self.histories)
        self.environments.create(environment, states, entry, replaces)
        return environment

    def _resume(self, failed: Environment) -> Environment:
        now = self.clock.now()
        work = Work.PROVISION if failed.work is Work.RETIRE else failed.work
        resumed = failed.next_attempt(work, now, self.identifiers.entry_id(now), self.narrator.actor)
        entry = self.narrator.asked(resumed, f"{failed.name} resumed", {"attempt": resumed.attempt})
        self.environments.replace(failed, resumed, entry)
        return resumed
