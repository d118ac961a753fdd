"""What a region offers and already holds."""

from __future__ import annotations

from stargate.adapters.aws import client


class Ec2Regions:
    def zones(self, region: str) -> list[str]:
        answer = client("ec2", region).describe_availability_zones(
            Filters=[
                {"Name": "state", "Values": ["available"]},
                {"Name": "zone-type", "Values": ["availability-zone"]},
            ]
        )
        return [zone["ZoneName"] for zone in answer["AvailabilityZones"]]

    def addresses(self, region: str) -> int:
        return len(client("ec2", region).describe_addresses()["Addresses"])

    def vpc_cidrs(self, region: str) -> dict[str, tuple[str, ...]]:
        pages = client("ec2", region).get_paginator("describe_vpcs").paginate()
        found = {}
        for page in pages:
            for vpc in page["Vpcs"]:
                blocks = [block["CidrBlock"] for block in vpc.get("CidrBlockAssociationSet", [])]
                found[vpc["VpcId"]] = tuple(blocks or [vpc["CidrBlock"]])
        return found
