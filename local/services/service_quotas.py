"""Service Quotas, for what an environment takes from: applied values, that can be set from outside.

The values are those of an account that has been in use for a while; a new one is granted fewer vCPUs.
"""

from __future__ import annotations

import json
from typing import Any

from ministack import app
from ministack.core import iam_actions

from local import control
from stargate.domain.provisioning.quotas import (
    ADDRESSES,
    BALANCERS,
    DATABASES,
    GROUP_RULES,
    NAT_GATEWAYS,
    ON_DEMAND_VCPUS,
    QUOTAS,
    SPOT_VCPUS,
    VPCS,
)

DEFAULTS = {
    VPCS: 100.0,
    ADDRESSES: 100.0,
    NAT_GATEWAYS: 50.0,
    GROUP_RULES: 60.0,
    BALANCERS: 50.0,
    DATABASES: 40.0,
    ON_DEMAND_VCPUS: 4000.0,
    SPOT_VCPUS: 4000.0,
}
SERVICE, TARGET = "servicequotas", "ServiceQuotasV20190624."
BY_CODES = {(quota.service, quota.code): quota for quota in QUOTAS}

_applied: dict[str, float] = {}

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    app.SERVICE_HANDLERS[SERVICE] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    control.route("POST", "/_stargate/quotas", apply)
    control.route("DELETE", "/_stargate/quotas", restore)


def apply(body: dict[str, Any]) -> dict[str, Any]:
    """Set what the account is granted of one quota: {"code", "value"}."""
    codes = {quota.code for quota in QUOTAS}
    if body.get("code") not in codes or not isinstance(body.get("value"), int | float):
        raise ValueError(f"code: one of {', '.join(sorted(codes))}; value: a number")
    _applied[body["code"]] = float(body["value"])
    return {"applied": dict(_applied)}


def restore(_body: dict[str, Any]) -> dict[str, Any]:
    _applied.clear()
    return {"applied": {}}


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> Response:
    operation = headers.get("x-amz-target", "").removeprefix(TARGET)
    asked = json.loads(body or b"{}")
    quota = BY_CODES.get((asked.get("ServiceCode"), asked.get("QuotaCode")))
    if operation not in {"GetServiceQuota", "GetAWSDefaultServiceQuota"} or quota is None:
        return _answer(400, {"__type": "NoSuchResourceException", "message": "The request failed."})
    is_default = operation == "GetAWSDefaultServiceQuota"
    value = DEFAULTS[quota] if is_default else _applied.get(quota.code, DEFAULTS[quota])
    told = {
        "ServiceCode": quota.service,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
    return _answer(200, {"Quota": told})


def _answer(status: int, document: dict[str, Any]) -> Response:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode()
