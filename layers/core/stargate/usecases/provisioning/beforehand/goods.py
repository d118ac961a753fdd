"""What is to be had: Fargate, the database's class, the NAT instance, Bedrock's models, a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.provisioning.certificates import certificate_faults
from stargate.domain.provisioning.fargate_zones import zone_faults
from stargate.errors import ManifestNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.environment import Environment
    from stargate.ports.provisioning import Belongings, Manifests, Offers, Regions

NAT_INSTANCE = "t3.nano"  # as the template has it; a test compares


@dataclass(frozen=True)
class Goods:
    manifests: Manifests
    regions: Regions
    offers: Offers
    belongings: Belongings

    def faults(self, environment: Environment) -> Iterator[str]:
        offered = self.regions.zones(environment.region)
        zones = list(offered)[: environment.preset_defaults().zones]
        ids = {zone: offered[zone] for zone in zones}
        yield from zone_faults(environment.region, ids, environment.spec.compute.architecture)
        yield from self._class_faults(environment, zones)
        yield from self._instance_faults(environment, zones)
        yield from self._model_faults(environment)
        edge = environment.spec.edge
        if edge.certificate:
            found = self.belongings.certificate(edge.certificate)
            yield from certificate_faults(edge.certificate, found, edge.domain)

    def _class_faults(self, environment: Environment, zones: list[str]) -> Iterator[str]:
        """A database may stand in any of the private subnets; its standby in another than itself."""
        wanted, region = environment.spec.database, environment.region
        offered = self.offers.database_zones(region, wanted.instance_class, multi_az=wanted.multi_az)
        least = 2 if wanted.multi_az else 1
        if len(offered & set(zones)) >= least:
            return
        where = f" in {', '.join(zones)}, only in {', '.join(sorted(offered))}" if offered else ""
        yield (
            f"{region} offers no PostgreSQL on {wanted.instance_class}{' in two zones' if least > 1 else ''}"
            f"{where}: choose another database.class"
        )

    def _instance_faults(self, environment: Environment, zones: list[str]) -> Iterator[str]:
        """It stands in the first zone."""
        if environment.spec.network.nat != "instance" or not zones:
            return
        offered = self.offers.instance_zones(environment.region, NAT_INSTANCE)
        if zones[0] not in offered:
            yield f"{zones[0]} offers no {NAT_INSTANCE} for the NAT instance: choose network.nat one"

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
                "Bedrock's console, and ask again"
            )
        if models and not self.offers.has_use_form(region):
            yield (
                f"this account has not sent in Anthropic's use form in {region}: fill it in once, in "
                "Bedrock's console or by PutUseCaseForModelAccess"
            )
