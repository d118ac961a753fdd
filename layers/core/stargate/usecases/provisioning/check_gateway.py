"""Measure the gateway before calling it READY: each check with what was found and what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Check, Environment, Status
from stargate.domain.gateway.front_door import PAGES, check_page
from stargate.domain.gateway.observer import ASKED, check_observation
from stargate.domain.provisioning.moves import STANDING_STATUSES
from stargate.errors import GatewayNotWellError
from stargate.usecases.provisioning.preflight import current

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.gateway.shared import SharedSecrets
    from stargate.domain.provisioning.moves import ObservedStack
    from stargate.ports.gateway import FrontDoor, Gauges, Observer
    from stargate.ports.provisioning import Stacks
    from stargate.ports.state import Environments

    Standing = dict[str, ObservedStack]


MEASURED = (Status.PROVISIONING, Status.UPDATING, Status.WAKING)


@dataclass(frozen=True)
class CheckGateway:
    environments: Environments
    stacks: Stacks
    gauges: Gauges
    door: FrontDoor
    observer: Observer

    def __call__(self, environment_id: str, attempt: int) -> tuple[Check, ...]:
        environment = current(self.environments, environment_id, attempt, *MEASURED)
        checks = tuple(self._checks(environment))
        self.environments.record_checks(environment, checks)
        failing = [f"{check.name}: {check.measured}, asked {check.bound}" for check in checks if not check.ok]
        if failing:
            raise GatewayNotWellError("; ".join(failing))
        return checks

    def _checks(self, environment: Environment) -> Iterator[Check]:
        standing = self._standing(environment)
        total = len(environment.graph.stacks)
        yield Check("stacks", len(standing) == total, f"{len(standing)} stand", f"{total} stand")
        if environment.shared is not None:
            yield self._shared_check(environment.shared)
        yield self._database_check(environment)
        if "edge" in standing:
            yield self._distribution_check(standing["edge"])
        yield from self._service_checks(environment)
        if "balancer" in standing:
            yield from self._target_checks(environment, standing["balancer"])
        if "edge" in standing:
            yield from self._door_checks(standing["edge"])
        if "observer" in standing:
            yield from self._inside_checks(environment)

    def _standing(self, environment: Environment) -> Standing:
        found = {}
        for node in environment.graph.stacks:
            region = environment.region_of(node.name)
            observed = self.stacks.describe(region, environment.stack_name(node.name))
            ours = observed is not None and observed.belongs_to(environment.environment_id)
            if observed is not None and ours and observed.status in STANDING_STATUSES:
                found[node.name] = observed
        return found

    def _shared_check(self, shared: SharedSecrets) -> Check:
        observed = self.stacks.describe(shared.region, shared.stack_name)
        status = "absent" if observed is None else observed.status
        return Check(
            "shared secrets", status in STANDING_STATUSES, f"{shared.stack_name} is {status}", "stands"
        )

    def _database_check(self, environment: Environment) -> Check:
        status, multi_az = self.gauges.database(environment.region, f"stargate-{environment.name}")
        declared = environment.spec.database.multi_az
        ok = status == "available" and multi_az == declared
        return Check("database", ok, f"{status}, {_zones(multi_az)}", f"available, {_zones(declared)}")

    def _distribution_check(self, edge: ObservedStack) -> Check:
        status, enabled = self.gauges.distribution(edge.outputs["DistributionId"])
        measured = f"{status}, {'enabled' if enabled else 'disabled'}"
        return Check("distribution", measured == "Deployed, enabled", measured, "Deployed, enabled")

    def _service_checks(self, environment: Environment) -> Iterator[Check]:
        spec = environment.spec
        declared = {
            "litellm": spec.litellm.min_tasks,
            "grafana": spec.grafana.tasks,
            "langfuse": spec.langfuse.tasks,
            "victoria-metrics": 1,
        }
        cluster = f"stargate-{environment.name}"
        found = self.gauges.services(environment.region, cluster, tuple(declared))
        for name, tasks in declared.items():
            running, rollout = found.get(name, (0, "absent"))
            ok = running >= tasks and rollout == "COMPLETED"
            yield Check(
                f"service {name}", ok, f"{running} running, {rollout}", f">= {tasks} running, COMPLETED"
            )

    def _target_checks(self, environment: Environment, balancer: ObservedStack) -> Iterator[Check]:
        for name, arn in sorted(balancer.outputs.items()):
            if name.endswith("TargetGroupArn"):
                healthy = self.gauges.healthy_targets(environment.region, arn)
                subject = name.removesuffix("TargetGroupArn").lower()
                yield Check(f"targets {subject}", healthy >= 1, f"{healthy} healthy", ">= 1 healthy")

    def _door_checks(self, edge: ObservedStack) -> Iterator[Check]:
        """By CloudFront's own name: it answers before a name of one's own has been led to it."""
        domain = edge.outputs["DistributionDomain"]
        for page in PAGES:
            yield check_page(page, self.door.ask(domain, page.path))

    def _inside_checks(self, environment: Environment) -> Iterator[Check]:
        for verb in ASKED:
            found = self.observer.ask(environment.region, environment.name, verb)
            yield check_observation(verb, found)


def _zones(multi_az: bool) -> str:  # noqa: FBT001  (a pure word for a truth value)
    return "multi-AZ" if multi_az else "one zone"
