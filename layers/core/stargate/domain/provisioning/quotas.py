"""What an environment takes of the account's quotas in its region, before anything of it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.environment import Environment

CPU_UNITS = 1024  # of one vCPU
# As the templates size them; a test holds the two together.
TASK_CPU = {"grafana": 512, "langfuse": 1024, "victoria-metrics": 512, "prepare-database": 1024}


@dataclass(frozen=True)
class Quota:
    """One of AWS's, by the codes of Service Quotas."""

    service: str
    code: str
    name: str


CLOUDFRONT_LIST_RULES = 55  # what the prefix list of CloudFront's addresses counts in a security group

VPCS = Quota("vpc", "L-F678F1CE", "VPCs per Region")
ADDRESSES = Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs")
NAT_GATEWAYS = Quota("vpc", "L-FE5A380F", "NAT gateways per Availability Zone")
GROUP_RULES = Quota("vpc", "L-0EA8095F", "Inbound or outbound rules per security group")
BALANCERS = Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region")
DATABASES = Quota("rds", "L-7B6409FD", "DB instances")
ON_DEMAND_VCPUS = Quota("fargate", "L-3032A538", "Fargate On-Demand vCPU resource count")
SPOT_VCPUS = Quota("fargate", "L-36FBB829", "Fargate Spot vCPU resource count")
QUOTAS = (
    VPCS,
    ADDRESSES,
    NAT_GATEWAYS,
    GROUP_RULES,
    BALANCERS,
    DATABASES,
    ON_DEMAND_VCPUS,
    SPOT_VCPUS,
)


def needed(environment: Environment) -> dict[Quota, float]:
    """How much of each; of vCPUs what it has with every service at its largest."""
    spec, zones = environment.spec, environment.preset_defaults().zones
    services = (
        spec.litellm.max_tasks * spec.litellm.cpu
        + spec.grafana.tasks * TASK_CPU["grafana"]
        + spec.langfuse.tasks * TASK_CPU["langfuse"]
        + TASK_CPU["victoria-metrics"]
    )
    prepares = TASK_CPU["prepare-database"]
    spot = services if spec.compute.spot else 0
    return {
        VPCS: 1,
        ADDRESSES: {"one": 1, "per_zone": zones, "instance": 0}[spec.network.nat],
        NAT_GATEWAYS: 0 if spec.network.nat == "instance" else 1,
        GROUP_RULES: CLOUDFRONT_LIST_RULES,
        BALANCERS: 1,
        DATABASES: 1,
        ON_DEMAND_VCPUS: (services - spot + prepares) / CPU_UNITS,
        SPOT_VCPUS: spot / CPU_UNITS,
    }


def shortages(
    needs: Mapping[Quota, float], granted: Mapping[Quota, float], used: Mapping[Quota, float]
) -> Iterator[str]:
    """What does not fit, in words. A quota that AWS tells nothing of is not held against anybody.

    Of vCPUs nobody tells how many are in use, so they are compared with the whole quota.
    """
    for quota, amount in needs.items():
        taken = used.get(quota, 0)
        if amount and quota in granted and taken + amount > granted[quota]:
            in_use = f", {taken:g} in use" if quota in used else ""
            yield (
                f"{quota.name}: {amount:g} needed{in_use}, quota {granted[quota]:g}: "
                f"ask Service Quotas for more ({quota.service} {quota.code})"
            )
