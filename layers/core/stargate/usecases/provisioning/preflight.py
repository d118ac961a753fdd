"""Refuse early what could not succeed, and say everything that is wrong at once."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.regions import REGION_STACK, decide_region, regions_away
from stargate.domain.provisioning.certificates import certificate_faults
from stargate.domain.provisioning.moves import Stands
from stargate.domain.provisioning.progress import NodeStatus
from stargate.domain.provisioning.quotas import ADDRESSES, QUOTAS, VPCS, needed, shortages
from stargate.errors import ManifestNotFoundError, PreflightError, SupersededError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.ports.provisioning import Belongings, Manifests, Offers, Quotas, Regions, Stacks
    from stargate.ports.state import Environments, Nodes


MAKING = (Status.PROVISIONING, Status.UPDATING)


def current(environments: Environments, environment_id: str, attempt: int, *statuses: Status) -> Environment:
    """The environment, if this attempt is still its current one and it is still at this work."""
    environment = environments.get(environment_id)
    if environment.attempt != attempt or environment.status not in statuses:
        raise SupersededError(
            f"attempt {attempt} of {environment.name} is over: it is {environment.status} "
            f"in attempt {environment.attempt}"
        )
    return environment


@dataclass(frozen=True)
class Preflight:
    environments: Environments
    nodes: Nodes
    manifests: Manifests
    regions: Regions
    stacks: Stacks
    offers: Offers
    quotas: Quotas
    belongings: Belongings
    home: str
    gateway_version: str

    def __call__(self, environment_id: str, attempt: int) -> tuple[str, ...]:
        """The regions from which events do not come home yet; PreflightError with every fault."""
        environment = current(self.environments, environment_id, attempt, *MAKING)
        faults = list(self.faults(environment))
        if faults:
            raise PreflightError("; ".join(faults))
        return tuple(self._regions_to_prepare(environment))

    def faults(self, environment: Environment) -> Iterator[str]:
        """Whatever would keep it from standing, in words; nothing is touched."""
        yield from self._manifest_faults(environment)
        yield from self._zone_faults(environment)
        yield from self._network_faults(environment)
        yield from self._name_faults(environment)
        yield from self._class_faults(environment)
        yield from self._model_faults(environment)
        yield from self._quota_faults(environment)
        yield from self._certificate_faults(environment)
        yield from self._secret_faults(environment)
        yield from self._database_faults(environment)

    def _regions_to_prepare(self, environment: Environment) -> Iterator[str]:
        for region in regions_away(environment, self.home):
            observed = self.stacks.describe(region, REGION_STACK)
            if not isinstance(decide_region(observed, self.gateway_version), Stands):
                yield region

    def _manifest_faults(self, environment: Environment) -> Iterator[str]:
        try:
            manifest = self.manifests.read(environment.gateway_version)
        except ManifestNotFoundError as missing:
            yield str(missing)
            return
        absent = [node.name for node in environment.graph.stacks if node.name not in manifest.stacks]
        if absent:
            yield f"gateway {environment.gateway_version} has no template for {', '.join(absent)}"

    def _zone_faults(self, environment: Environment) -> Iterator[str]:
        needed = environment.preset_defaults().zones
        zones = self.regions.zones(environment.region)
        if len(zones) < needed:
            yield f"{environment.region} offers {len(zones)} availability zones, {needed} are needed"

    def _network_faults(self, environment: Environment) -> Iterator[str]:
        """AWS lets VPCs overlap, but not peer then. Our own of an earlier attempt may stay."""
        if not self._is_untouched(environment, "network"):
            return
        ours = ipaddress.ip_network(environment.spec.network.cidr)
        for vpc, blocks in sorted(self.regions.vpc_cidrs(environment.region).items()):
            for block in blocks:
                if ours.overlaps(ipaddress.ip_network(block)):
                    yield f"network {ours} overlaps {block} of {vpc} in {environment.region}"

    def _quota_faults(self, environment: Environment) -> Iterator[str]:
        """Of an attempt that has begun already, what it took is in use and would count twice."""
        if not self._is_untouched(environment, "network"):
            return
        region = environment.region
        used = {
            VPCS: float(len(self.regions.vpc_cidrs(region))),
            ADDRESSES: float(self.regions.addresses(region)),
        }
        for fault in shortages(needed(environment), self.quotas.granted(region, QUOTAS), used):
            yield f"{region}: {fault}"

    def _is_untouched(self, environment: Environment, node: str) -> bool:
        state = self.nodes.all(environment.environment_id).get(node)
        return state is None or state.status is NodeStatus.WAITING

    def _certificate_faults(self, environment: Environment) -> Iterator[str]:
        edge = environment.spec.edge
        if edge.certificate:
            found = self.belongings.certificate(edge.certificate)
            yield from certificate_faults(edge.certificate, found, edge.domain)

    def _secret_faults(self, environment: Environment) -> Iterator[str]:
        """A name is held until its secret's recovery window is over."""
        if not self._is_untouched(environment, "secrets"):
            return
        region, prefix = environment.region, f"stargate-{environment.name}/"
        for name, is_going in sorted(self.belongings.secrets(region, prefix).items()):
            if is_going:
                yield (
                    f"the secret {name} in {region} is within its deletion window: delete it without "
                    "recovery, or choose another name"
                )
            else:
                yield f"the secret {name} in {region} is not ours: remove it, or choose another name"

    def _database_faults(self, environment: Environment) -> Iterator[str]:
        region, identifier = environment.region, f"stargate-{environment.name}"
        if self._is_untouched(environment, "data") and self.belongings.has_database(region, identifier):
            yield f"the database {identifier} in {region} is not ours: remove it, or choose another name"

    def _class_faults(self, environment: Environment) -> Iterator[str]:
        wanted = environment.spec.database
        region = environment.region
        if not self.offers.database_class(region, wanted.instance_class, multi_az=wanted.multi_az):
            yield (
                f"{region} offers no PostgreSQL on {wanted.instance_class}"
                f"{' in two zones' if wanted.multi_az else ''}: choose another database.class"
            )

    def _model_faults(self, environment: Environment) -> Iterator[str]:
        """Only the account's owner can open a model, by AWS's agreement and Anthropic's use form."""
        try:
            models = self.manifests.read(environment.gateway_version).models
        except ManifestNotFoundError:
            return  # told already
        region = environment.region_of("models")
        for model, words in self.offers.closed_models(region, models).items():
            yield (
                f"{model} is not open to this account in {region} ({words}): request access to it in "
                "Bedrock's console, with Anthropic's use form, and ask again"
            )

    def _name_faults(self, environment: Environment) -> Iterator[str]:
        for node in environment.graph.stacks:
            name = environment.stack_name(node.name)
            observed = self.stacks.describe(environment.region_of(node.name), name)
            if observed is not None and not observed.belongs_to(environment.environment_id):
                yield f"the stack name {name} is held by {observed.stack_id}, which is not ours"
