"""Which zones a gateway uses: a zonal shift of ARC for its balancer, and the subnets of its ECS services."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import Zones

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LASTS = "24h"  # then it ends by itself, should nobody be left to end it


class ArcZonalShifts:
    def describe(self, region: str, cluster: str, balancer_arn: str, services: Sequence[str]) -> Zones | None:
        shifts = _shifts(region, balancer_arn)
        if shifts is None:
            return None
        placed = _placed(region, cluster, services)
        known = _known(region, sorted({subnet for subnets in placed.values() for subnet in subnets}))
        zones = dict(known.values())
        return Zones(
            balancer=balancer_arn,
            zones=zones,
            away=tuple(sorted(shifts)),
            subnets={
                service: {subnet: known[subnet][0] for subnet in subnets if subnet in known}
                for service, subnets in placed.items()
            },
            tasks=_tasks(region, cluster, {name: zone for zone, name in zones.items()}),
        )

    def shift(self, region: str, balancer_arn: str, zone: str, comment: str) -> None:
        if zone in (_shifts(region, balancer_arn) or {}):
            return
        with refused("StartZonalShift"):
            client("arc-zonal-shift", region).start_zonal_shift(
                resourceIdentifier=balancer_arn, awayFrom=zone, expiresIn=LASTS, comment=comment
            )

    def shift_back(self, region: str, balancer_arn: str, zone: str) -> None:
        shift = (_shifts(region, balancer_arn) or {}).get(zone)
        if shift is None:
            return
        with refused("CancelZonalShift"):
            client("arc-zonal-shift", region).cancel_zonal_shift(zonalShiftId=shift)

    def place(self, region: str, cluster: str, service: str, subnets: Sequence[str]) -> None:
        ecs = client("ecs", region)
        with named("DescribeServices"):
            answer = ecs.describe_services(cluster=cluster, services=[service])
        network = _network(answer["services"][0]) if answer["services"] else None
        if network is None or sorted(network["subnets"]) == sorted(subnets):
            return
        with refused("UpdateService"):
            ecs.update_service(
                cluster=cluster,
                service=service,
                networkConfiguration={"awsvpcConfiguration": {**network, "subnets": sorted(subnets)}},
                forceNewDeployment=True,  # the tasks that run move, too
            )


def _shifts(region: str, balancer_arn: str) -> dict[str, str] | None:
    """The zones that the balancer is kept from, each with its shift's id; None if ARC does not know it."""
    try:
        with named("GetManagedResource"):
            found = client("arc-zonal-shift", region).get_managed_resource(resourceIdentifier=balancer_arn)
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    applied = [one for one in found["zonalShifts"] if one["appliedStatus"] == "APPLIED"]
    return {one["awayFrom"]: one["zonalShiftId"] for one in applied}


def _placed(region: str, cluster: str, services: Sequence[str]) -> dict[str, list[str]]:
    with named("DescribeServices"):
        answer = client("ecs", region).describe_services(cluster=cluster, services=list(services))
    active = [one for one in answer["services"] if one["status"] == "ACTIVE"]
    return {
        one["serviceName"]: list(network["subnets"])
        for one in active
        if (network := _network(one)) is not None
    }


def _network(service: Mapping[str, Any]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = service.get("networkConfiguration", {}).get("awsvpcConfiguration")
    return found


def _known(region: str, subnets: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Subnet to the id and the name of its zone."""
    if not subnets:
        return {}
    with named("DescribeSubnets"):
        answer = client("ec2", region).describe_subnets(SubnetIds=list(subnets))
    return {
        one["SubnetId"]: (one["AvailabilityZoneId"], one["AvailabilityZone"]) for one in answer["Subnets"]
    }


def _tasks(region: str, cluster: str, zones: Mapping[str, str]) -> dict[str, int]:
    """How many run in each zone; of a gateway's thirty or so tasks one page has all."""
    ecs = client("ecs", region)
    with named("ListTasks"):
        listed = ecs.list_tasks(cluster=cluster, desiredStatus="RUNNING")["taskArns"]
    if not listed:
        return {}
    with named("DescribeTasks"):
        found = ecs.describe_tasks(cluster=cluster, tasks=listed)["tasks"]
    return dict(Counter(zones.get(one.get("availabilityZone", ""), "") for one in found))
