"""Service Quotas, for what an environment takes from: applied values, that can be set from outside.

The values are those of an account that has been in use for a while; a new one is granted fewer vCPUs.
Those of Bedrock are what the running gateways are held to: whoever changes the one changes the other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core import iam_actions

from local import control
from local.gateways import registry
from local.twin.parameters import MODELS
from local.twin.quota import Quota as ModelQuota
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
    Quota,
)
from stargate.domain.scaling.model_quotas import SERVICE as BEDROCK
from stargate.domain.scaling.model_quotas import US_QUOTAS

if TYPE_CHECKING:
    from collections.abc import Callable

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
OF_MODELS = {
    Quota(BEDROCK, known.code, known.name): (quota.model, measure)
    for quota in US_QUOTAS
    for measure, known in (("tokens_per_minute", quota.tokens), ("requests_per_minute", quota.requests))
}
KNOWN = (*QUOTAS, *OF_MODELS)
BY_CODES = {(quota.service, quota.code): quota for quota in KNOWN}

PENDING = "PENDING"

_applied: dict[str, float] = {}
_requests: dict[str, list[dict[str, Any]]] = {}  # by the quota's code

Response = tuple[int, dict[str, str], bytes]


def install() -> None:
    app.SERVICE_HANDLERS[SERVICE] = handle_request
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    control.route("POST", "/_stargate/quotas", apply)
    control.route("DELETE", "/_stargate/quotas", restore)


def apply(body: dict[str, Any]) -> dict[str, Any]:
    """Set what the account is granted of one quota: {"code", "value"}."""
    codes = {quota.code: quota for quota in KNOWN}
    if body.get("code") not in codes or not isinstance(body.get("value"), int | float):
        raise ValueError(f"code: one of {', '.join(sorted(codes))}; value: a number")
    quota = codes[body["code"]]
    if quota in OF_MODELS:
        _hold_models_to(*OF_MODELS[quota], float(body["value"]))
    else:
        _applied[quota.code] = float(body["value"])
    return {"applied": dict(_applied)}


def restore(_body: dict[str, Any]) -> dict[str, Any]:
    _applied.clear()
    _requests.clear()
    for quota, (model, measure) in OF_MODELS.items():
        _hold_models_to(model, measure, _default_of(quota))
    return {"applied": {}}


async def handle_request(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> Response:
    operation = headers.get("x-amz-target", "").removeprefix(TARGET)
    asked = json.loads(body or b"{}")
    quota = BY_CODES.get((asked.get("ServiceCode"), asked.get("QuotaCode")))
    if operation == "ListServiceQuotas":
        return _list(str(asked.get("ServiceCode")))
    if quota is None or operation not in OPERATIONS:
        return _answer(400, {"__type": "NoSuchResourceException", "message": "The request failed."})
    return OPERATIONS[operation](quota, asked)


def _list(service: str) -> Response:
    found = [quota for quota in KNOWN if quota.service == service]
    if not found:
        return _answer(400, {"__type": "NoSuchResourceException", "message": "The request failed."})
    return _answer(200, {"Quotas": [_told(quota, granted(quota)) for quota in found]})


def _request(quota: Quota, asked: dict[str, Any]) -> Response:
    """It stands until somebody answers it: here nobody does, as nobody does within hours at AWS."""
    if any(one["Status"] == PENDING for one in _requests.get(quota.code, [])):
        return _answer(400, {"__type": "ResourceAlreadyExistsException", "message": "A request stands."})
    if asked["DesiredValue"] <= granted(quota):
        return _answer(400, {"__type": "IllegalArgumentException", "message": "It is no increase."})
    request = {
        "Id": f"{quota.code}-{len(_requests.get(quota.code, [])) + 1}",
        "ServiceCode": quota.service,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "DesiredValue": asked["DesiredValue"],
        "Status": PENDING,
    }
    _requests.setdefault(quota.code, []).append(request)
    return _answer(200, {"RequestedQuota": request})


def _history(quota: Quota, _asked: dict[str, Any]) -> Response:
    return _answer(200, {"RequestedQuotas": _requests.get(quota.code, [])})


def granted(quota: Quota) -> float:
    if quota not in OF_MODELS:
        return _applied.get(quota.code, DEFAULTS[quota])
    model, measure = OF_MODELS[quota]
    held_to = [float(getattr(gateway.models[model].quota, measure)) for _, gateway in registry.gateways()]
    return min(held_to, default=_default_of(quota))


def _default_of(quota: Quota) -> float:
    if quota not in OF_MODELS:
        return DEFAULTS[quota]
    model, measure = OF_MODELS[quota]
    return next(float(getattr(one.quota, measure)) for one in MODELS if one.name == model)


def _hold_models_to(model: str, measure: str, value: float) -> None:
    """A quota is the account's: every gateway is held to it."""
    with registry.lock:
        for _, gateway in registry.gateways():
            known = gateway.models[model].quota
            limits = {
                "requests_per_minute": known.requests_per_minute,
                "tokens_per_minute": known.tokens_per_minute,
            }
            gateway.models[model].set_quota(ModelQuota(**{**limits, measure: value}))


def _get(quota: Quota, _asked: dict[str, Any]) -> Response:
    return _answer(200, {"Quota": _told(quota, granted(quota))})


def _default(quota: Quota, _asked: dict[str, Any]) -> Response:
    return _answer(200, {"Quota": _told(quota, _default_of(quota))})


OPERATIONS: dict[str, Callable[[Quota, dict[str, Any]], Response]] = {
    "GetServiceQuota": _get,
    "GetAWSDefaultServiceQuota": _default,
    "RequestServiceQuotaIncrease": _request,
    "ListRequestedServiceQuotaChangeHistoryByQuota": _history,
}


def _told(quota: Quota, value: float) -> dict[str, Any]:
    return {
        "ServiceCode": quota.service,
        "QuotaCode": quota.code,
        "QuotaName": quota.name,
        "Value": value,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }


def _answer(status: int, document: dict[str, Any]) -> Response:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode()
