"""What can be measured of a running gateway, gathered from the services that know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.gateway import cloudfront, ecs, elbv2, rds

if TYPE_CHECKING:
    from collections.abc import Sequence


class AwsGauges:
    def database(self, region: str, identifier: str) -> tuple[str, bool]:
        return rds.database(region, identifier)

    def distribution(self, distribution_id: str) -> tuple[str, bool]:
        return cloudfront.distribution(distribution_id)

    def services(self, region: str, cluster: str, names: Sequence[str]) -> dict[str, tuple[int, str]]:
        return ecs.services(region, cluster, names)

    def healthy_targets(self, region: str, target_group_arn: str) -> int:
        return elbv2.healthy_targets(region, target_group_arn)
