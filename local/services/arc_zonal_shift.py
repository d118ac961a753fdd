"""ARC's zonal shifts of load balancers, which MiniStack lacks: a balancer kept from one zone for a while.

Only a balancer that has opted in can be shifted (its attribute `zonal_shift.config.enabled`), as at AWS. The
twin's balancer has one queue for all zones, so a shift keeps requests from nobody by itself: what moves is
what the services do about it. Shapes and errors: botocore's model of arc-zonal-shift.
"""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import alb, ec2

if TYPE_CHECKING:
    from local.clock import Clock

SERVICE = "arc-zonal-shift"
OPTED_IN = "zonal_shift.config.enabled"
LASTING = re.compile(r"([1-9][0-9]{0,3})([mh])")
LONGEST_HOURS = 72
MANAGED = re.compile(r"/managedresources/(.+)")
SHIFT = re.compile(r"/zonalshifts/([^/]+)")

Response = tuple[int, dict[str, str], bytes]


class RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Shift:
    shift_id: str
    balancer: str
    zone: str
    comment: str
    begins: float
    ends: float
    status: str = "ACTIVE"

    def at(self, now: float) -> str:
        return "EXPIRED" if self.status == "ACTIVE" and now >= self.ends else self.status

    def told(self, now: float) -> dict[str, Any]:
        return {
            "zonalShiftId": self.shift_id,
            "resourceIdentifier": self.balancer,
            "awayFrom": self.zone,
            "startTime": self.begins,
            "expiryTime": self.ends,
            "status": self.at(now),
            "comment": self.comment,
        }


_shifts: dict[tuple[str, str], dict[str, Shift]] = {}


def install(clock: Clock) -> None:
    _shifts.clear()

    async def handle(
        method: str, path: str, _headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> Response:
        try:
            return _answer(200, answer(method, unquote(path), body, clock.now()))
        except RefusedError as refused:
            return _answer(refused.status, {"message": str(refused)}, refused.code)

    app.SERVICE_HANDLERS[SERVICE] = handle
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[SERVICE] = [SERVICE]  # how a path's operation is told


def judged_by(path: str, body: bytes) -> str:
    """The balancer that a call is about, which IAM decides it by."""
    path = unquote(path)
    if found := MANAGED.fullmatch(path):
        return found[1]
    if found := SHIFT.fullmatch(path):
        shift = _ours().get(found[1])
        return shift.balancer if shift else "*"
    return str(json.loads(body or b"{}").get("resourceIdentifier", "*"))


def answer(method: str, path: str, body: bytes, now: float) -> dict[str, Any]:
    if method == "POST" and path == "/zonalshifts":
        return _start(json.loads(body or b"{}"), now)
    if method == "GET" and path == "/zonalshifts":
        return {"items": [shift.told(now) for shift in _ours().values()]}
    if method == "DELETE" and (found := SHIFT.fullmatch(path)):
        return _cancel(found[1], now)
    if method == "GET" and (found := MANAGED.fullmatch(path)):
        return _managed(found[1], now)
    raise RefusedError(404, "ResourceNotFoundException", f"no such operation: {method} {path}")


def _ours() -> dict[str, Shift]:
    return _shifts.setdefault((get_account_id(), get_region()), {})


def _active(balancer: str, now: float) -> list[Shift]:
    return [one for one in _ours().values() if one.balancer == balancer and one.at(now) == "ACTIVE"]


def _managed(balancer: str, now: float) -> dict[str, Any]:
    zones = _zones(balancer)
    away = {shift.zone for shift in _active(balancer, now)}
    shifts = [
        {**shift.told(now), "appliedStatus": "APPLIED", "shiftType": "ZONAL_SHIFT"}
        for shift in _active(balancer, now)
    ]
    for shift in shifts:
        shift.pop("status")
    return {
        "arn": balancer,
        "name": balancer.split("/")[-2],
        "appliedWeights": {zone: 0.0 if zone in away else 1.0 for zone in zones},
        "zonalShifts": shifts,
        "autoshifts": [],
        "zonalAutoshiftStatus": "DISABLED",
    }


def _start(asked: dict[str, Any], now: float) -> dict[str, Any]:
    balancer, zone = str(asked.get("resourceIdentifier")), str(asked.get("awayFrom"))
    lasts = LASTING.fullmatch(str(asked.get("expiresIn")))
    seconds = int(lasts[1]) * (60 if lasts[2] == "m" else 3600) if lasts else 0
    if zone not in _zones(balancer):
        raise RefusedError(400, "ValidationException", f"{zone} is no zone of the resource")
    if not 0 < seconds <= LONGEST_HOURS * 3600:
        raise RefusedError(400, "ValidationException", "expiresIn must be from 1m to 72h")
    if _active(balancer, now):
        raise RefusedError(409, "ConflictException", "there is a zonal shift of the resource already")
    shift = Shift(str(uuid.uuid4()), balancer, zone, str(asked.get("comment", "")), now, now + seconds)
    _ours()[shift.shift_id] = shift
    return shift.told(now)


def _cancel(shift_id: str, now: float) -> dict[str, Any]:
    shift = _ours().get(shift_id)
    if shift is None:
        raise RefusedError(404, "ResourceNotFoundException", f"no zonal shift {shift_id}")
    if shift.at(now) != "ACTIVE":
        raise RefusedError(409, "ConflictException", f"the zonal shift is {shift.at(now)}")
    shift.status = "CANCELED"
    return shift.told(now)


def _zones(balancer: str) -> list[str]:
    """The ids of the zones that the balancer is in, if it can be shifted at all."""
    known = alb._lbs.get(balancer)
    if known is None or not _has_opted_in(balancer):
        raise RefusedError(404, "ResourceNotFoundException", f"no managed resource {balancer}")
    subnets = (ec2._subnets.get(name) for name in known["Subnets"])
    return [str(subnet["AvailabilityZoneId"]) for subnet in subnets if subnet is not None]


def _has_opted_in(balancer: str) -> bool:
    attributes = alb._lb_attrs.get(balancer, [])
    return any(one["Key"] == OPTED_IN and one["Value"] == "true" for one in attributes)


def _answer(status: int, document: dict[str, Any], error: str = "") -> Response:
    headers = {"Content-Type": "application/json", **({"x-amzn-ErrorType": error} if error else {})}
    return status, headers, json.dumps(document).encode()
