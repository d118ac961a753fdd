"""What a request would do, stack by stack, before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.budget import Budget
from stargate.domain.environment import Environment, Mode, Status
from stargate.domain.gateway.parameters import (
    MissingParameterError,
    Order,
    environment_parameters,
    stack_parameters,
)
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.gateway.regions import regions_away
from stargate.domain.life.schedule import Schedule
from stargate.domain.life.settings import SETTINGS, changed
from stargate.domain.provisioning.durations import STEP_SECONDS
from stargate.domain.provisioning.plan_prices import price_of
from stargate.domain.provisioning.planning import (
    LANGFUSE,
    ProposedUpdate,
    action_of,
    declared_by,
    interruptions,
    of_conversion,
    plan_id,
)
from stargate.domain.provisioning.progress import longest_path
from stargate.usecases.provisioning.prepare_common import outputs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.gateway.manifest import Manifest
    from stargate.domain.provisioning.planning import ResourceChange
    from stargate.domain.provisioning.progress import States
    from stargate.ports.costs import Prices
    from stargate.ports.provisioning import ChangeSets, Manifests
    from stargate.ports.state import Environments, Nodes
    from stargate.ports.world import Clock
    from stargate.usecases.provisioning.preflight import Preflight

    Document = dict[str, Any]


@dataclass(frozen=True)
class PlanEnvironment:
    environments: Environments
    nodes: Nodes
    manifests: Manifests
    preflight: Preflight
    change_sets: ChangeSets
    clock: Clock
    gateway_bucket: str
    boundary_arn: str
    gateway_version: str
    prices: Prices

    def __call__(self, name: str, request: Mapping[str, Any]) -> Document:
        """The plan of a request that was found good; a faulty one never comes here."""
        present = self.environments.by_name(name)
        if present is None or present.status is Status.RETIRED:
            return self._of_new(name, request)
        return self._of_standing(present, request)

    def _of_new(self, name: str, request: Mapping[str, Any]) -> Document:
        environment = self._candidate(name, request)
        manifest = self.manifests.read(environment.gateway_version)
        declared = environment_parameters(environment, self.gateway_bucket, self.boundary_arn)
        stacks = [
            {
                "name": node.name,
                "action": "add",
                "resources": manifest.stacks[node.name].resources_total(declared),
                "typical_seconds": round(manifest.stacks[node.name].seconds_to_create(declared)),
            }
            for node in environment.graph.stacks
        ]
        return self._document(environment, "create", request, None, stacks, [])

    def _candidate(self, name: str, request: Mapping[str, Any]) -> Environment:
        preset, now = PRESETS[request["preset"]], self.clock.now()
        return Environment(
            environment_id="planned",
            name=name,
            preset=preset.name,
            region=request.get("region", preset.region),
            status=Status.PROVISIONING,
            attempt=1,
            gateway_version=self.gateway_version,
            spec=preset.spec.overridden(request.get("overrides", {})),
            created_at=now,
            updated_at=now,
            attempt_started_at=now,
            cause="",
            mode=Mode(request.get("mode", Mode.ACT)),
            budget=Budget().changed(request.get("budget", {})),
            schedule=Schedule.from_document(request["schedule"]) if "schedule" in request else None,
        )

    def _of_standing(self, present: Environment, request: Mapping[str, Any]) -> Document:
        declared = declared_by(present, request, self.gateway_version)
        settings = {key: value for key, value in request.items() if key in SETTINGS}
        change = changed(present, settings, self.clock.now())
        after = change.environment.made_from(declared)
        manifest = self.manifests.read(after.gateway_version)
        parameters = environment_parameters(after, self.gateway_bucket, self.boundary_arn)
        states = self.nodes.all(present.environment_id)
        previewed = self._previewed(after, manifest, states)
        stacks: list[Document] = []
        moving: set[str] = set()
        for node in after.graph.stacks:
            name, changes = node.name, previewed[node.name]
            action = "add" if changes is None else action_of(changes)
            needs = set(after.graph.all_needs(name))
            waits = sorted(moving & needs)
            if action == "none" and needs - set(states):
                action = "change"  # it is given something that is not there yet
            if action != "none":
                moving.add(name)
            seconds = 0.0 if action == "none" else manifest.stacks[name].seconds_to_create(parameters)
            stacks.append(
                {
                    "name": name,
                    "action": action,
                    "resources": len(changes or ()),
                    "typical_seconds": round(seconds),
                    "changes": [change.document() for change in changes or ()],
                    # What it needs changes first: with other outputs of theirs, more of this may change.
                    "known_after": waits,
                }
            )
        words = [told for one in previewed.values() for told in interruptions(one or ())]
        document = self._document(after, "update", request, present, stacks, words)
        return {**document, "settings": list(change.words)}

    def _previewed(
        self, environment: Environment, manifest: Manifest, states: States
    ) -> dict[str, list[ResourceChange] | None]:
        """What CloudFormation would change of each stack, all asked at once; None where there is none yet."""
        names = [node.name for node in environment.graph.stacks]
        standing = {name for name in names if name in states and states[name].stack_id is not None}
        asked = {
            name: update
            for name in names
            if name in standing and (update := self._update_of(environment, manifest, states, name))
        }
        told = dict(zip(asked, self.change_sets.previews(list(asked.values())), strict=True))
        return {name: told.get(name, []) if name in standing else None for name in names}

    def _update_of(
        self, environment: Environment, manifest: Manifest, states: States, name: str
    ) -> ProposedUpdate | None:
        """None where what is declared is what was applied, or where something it needs is made first."""
        template = manifest.stacks[name]
        outputs: dict[str, str] = {}
        for need in environment.graph.all_needs(name):
            if need in states:
                outputs.update(states[need].outputs)
        if environment.shared is not None:
            outputs.update(outputs_of(self.preflight.stacks, environment.shared))
        declared = environment_parameters(environment, self.gateway_bucket, self.boundary_arn)
        try:
            order = Order(template, stack_parameters(template, declared, outputs))
        except MissingParameterError:
            return None
        if states[name].applied == order.fingerprint:
            return None
        url = self.manifests.template_url(environment.gateway_version, template.key)
        return ProposedUpdate(
            environment.region_of(name), environment.stack_name(name), url, order.parameters
        )

    def _price(self, environment: Environment, present: Environment | None) -> Document:
        before = None
        if present is not None:
            before = (present, self.manifests.read(present.gateway_version))
        after = (environment, self.manifests.read(environment.gateway_version))
        return price_of(before, after, self.prices.book())

    def _document(
        self,
        environment: Environment,
        kind: str,
        request: Mapping[str, Any],
        present: Environment | None,
        stacks: list[Document],
        words: list[str],
    ) -> Document:
        faults = list(self.preflight.faults(environment))
        # Steps run in a creation; what an update makes them do again is not known before.
        seconds = dict.fromkeys(environment.graph.names, STEP_SECONDS) if kind == "create" else {}
        seconds |= {stack["name"]: float(stack["typical_seconds"]) for stack in stacks}
        repairs = self.manifests.read(environment.gateway_version).repairs
        return {
            "plan": plan_id(environment.name, request, present, self.gateway_version),
            "environment": environment.name,
            "kind": kind,
            "preset": environment.preset,
            "gateway_version": environment.gateway_version,
            "spec": environment.spec.document(),
            "stacks": stacks,
            "seconds": round(longest_path(environment.graph, seconds)),
            "interrupts": words,
            "restores": list(self.preflight.restored(environment)),
            "preflight": {"ok": not faults, "faults": faults},
            "regions": list(regions_away(environment, self.preflight.home)),
            "price": self._price(environment, present),
            "warnings": [LANGFUSE, *self.preflight.warnings(), *of_conversion(present, environment)],
            "repairs": [repair.document() for repair in repairs if repair.concerns(environment)],
        }
