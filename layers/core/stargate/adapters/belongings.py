"""What the account has already of that a new environment would need or would be in the way of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters import acm, rds, secretsmanager

if TYPE_CHECKING:
    from stargate.domain.provisioning.certificates import Certificate


class AwsBelongings:
    def certificate(self, arn: str) -> Certificate | None:
        return acm.certificate(arn)

    def secrets(self, region: str, prefix: str) -> dict[str, bool]:
        return secretsmanager.taken_names(region, prefix)

    def has_database(self, region: str, identifier: str) -> bool:
        return rds.database(region, identifier)[0] != "absent"
