"""What a region offers and already holds."""

from __future__ import annotations

from collections import Counter

from stargate.adapters.aws import client


class Ec2Regions:
    def zones(self, region: str) -> dict[str, str]:
        answer = client("ec2", region).describe_availability_zones(
            Filters=[
                {"Name": "state", "Values": ["available"]},
                {"Name": "zone-type", "Values": ["availability-zone"]},
            ]
        )
        # In no documented order there; Fn::GetAZs has them by name.
        found = sorted(answer["AvailabilityZones"], key=lambda zone: zone["ZoneName"])
        return {zone["ZoneName"]: zone["ZoneId"] for zone in found}

    def vpc_cidrs(self, region: str) -> dict[str, tuple[str, ...]]:
        pages = client("ec2", region).get_paginator("describe_vpcs").paginate()
        found = {}
        for page in pages:
            for vpc in page["Vpcs"]:
                blocks = [block["CidrBlock"] for block in vpc.get("CidrBlockAssociationSet", [])]
                found[vpc["VpcId"]] = tuple(blocks or [vpc["CidrBlock"]])
        return found


def addresses(region: str) -> int:
    """How many Elastic IPs the account holds."""
    return len(client("ec2", region).describe_addresses()["Addresses"])


def nat_gateways(region: str) -> Counter[str]:
    """Those that are not gone, by zone."""
    ec2 = client("ec2", region)
    living = [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    gateways = [
        gateway["SubnetId"]
        for page in ec2.get_paginator("describe_nat_gateways").paginate(Filter=living)
        for gateway in page["NatGateways"]
    ]
    if not gateways:
        return Counter()
    subnets = ec2.get_paginator("describe_subnets").paginate(SubnetIds=sorted(set(gateways)))
    zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for page in subnets for subnet in page["Subnets"]}
    return Counter(zones[subnet] for subnet in gateways if subnet in zones)
