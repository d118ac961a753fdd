"""What the account has already of that a new environment would need or would be in the way of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.gateway import rds
from stargate.adapters.provisioning import acm, leftovers, secretsmanager

if TYPE_CHECKING:
    from stargate.domain.provisioning.certificates import Certificate
    from stargate.domain.provisioning.returning import AccountSecret


class AwsBelongings:
    def certificate(self, arn: str) -> Certificate | None:
        return acm.certificate(arn)

    def secrets(self, region: str, prefix: str) -> list[AccountSecret]:
        return secretsmanager.named(region, prefix)

    def has_database(self, region: str, identifier: str) -> bool:
        return rds.database(region, identifier)[0] != "absent"

    def left_over(self, region: str, name: str) -> list[str]:
        return [
            *leftovers.log_groups(region, name),
            *leftovers.cluster(region, f"stargate-{name}"),
            *leftovers.function(region, f"stargate-{name}-observer"),
        ]

    def web_acls(self, name: str) -> list[str]:
        return leftovers.web_acls(name)
