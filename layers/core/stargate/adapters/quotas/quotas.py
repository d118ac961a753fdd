"""The account's quotas, as Service Quotas has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.gateway import elbv2, rds
from stargate.adapters.provisioning import ec2
from stargate.domain.provisioning.quotas import ADDRESSES, BALANCERS, DATABASES, NAT_GATEWAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stargate.domain.provisioning.quotas import Quota


class ServiceQuotas:
    def granted(self, region: str, quotas: Iterable[Quota]) -> dict[Quota, float]:
        values = {quota: _value(region, quota) for quota in quotas}
        return {quota: value for quota, value in values.items() if value is not None}

    def used(self, region: str, zones: Sequence[str]) -> dict[Quota, float]:
        gateways = ec2.nat_gateways(region)
        return {
            ADDRESSES: ec2.addresses(region),
            NAT_GATEWAYS: max((gateways[zone] for zone in zones), default=0),
            BALANCERS: elbv2.application_balancers(region),
            DATABASES: rds.databases(region),
        }


def _value(region: str, quota: Quota) -> float | None:
    """What was applied to the account, else AWS's default, else None where AWS knows no such quota."""
    quotas = client("service-quotas", region)
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    for ask in (quotas.get_service_quota, quotas.get_aws_default_service_quota):
        try:
            return float(ask(**asked)["Quota"]["Value"])
        except ClientError as error:
            if code_of(error) != "NoSuchResourceException":
                raise
    return None
