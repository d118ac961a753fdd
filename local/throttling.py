"""An account's limits on how often an API may be called, for whoever sets them: by default there are none.

AWS fills a bucket of calls for each service at a steady rate; what finds it empty is refused with the
service's own word for it, in its own protocol. The rate is per simulated second. A caller's pauses are real:
where time is sixty times as fast, a pause of a second is a minute for the bucket.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from local import control
from local.clock import Clock

IN_CREDENTIAL = re.compile(rb"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
XML = "text/xml"
# The protocol's form, status and code of each service that we call often; JSON for the rest.
QUERY = {"cloudformation": (400, "Throttling"), "rds": (400, "Throttling"), "iam": (400, "Throttling")}
EC2 = {"ec2": (503, "RequestLimitExceeded")}
JSON = (400, "ThrottlingException")


@dataclass
class Bucket:
    """`per_second` calls flow in until `burst` are there."""

    per_second: float
    burst: float
    filled_at: float
    calls: float
    refused: int = 0

    def take(self, now: float) -> bool:
        self.calls = min(self.burst, self.calls + (now - self.filled_at) * self.per_second)
        self.filled_at = now
        if self.calls < 1:
            self.refused += 1
            return False
        self.calls -= 1
        return True


_buckets: dict[str, Bucket] = {}


def install(clock: Clock) -> None:
    def limit(order: dict[str, Any]) -> dict[str, Any]:
        """Of {"service", "per_second", "burst"}."""
        rate, burst = float(order["per_second"]), float(order["burst"])
        if rate <= 0 or burst < 1:
            raise ValueError("per_second is more than 0 and burst at least 1: nothing could ever be called")
        _buckets[str(order["service"])] = Bucket(rate, burst, clock.now(), burst)
        return _told()

    control.route("POST", "/_stargate/throttles", limit)
    control.route("GET", "/_stargate/throttles", lambda _: _told())
    control.route("DELETE", "/_stargate/throttles", lambda _: _lifted())


def _told() -> dict[str, Any]:
    return {
        name: {"per_second": one.per_second, "burst": one.burst, "refused": one.refused}
        for name, one in _buckets.items()
    }


def _lifted() -> dict[str, Any]:
    _buckets.clear()
    return {}


def wrap(application: control.Application, clock: Clock) -> control.Application:
    """The same ASGI application, with what comes too often refused."""

    async def limited(scope: control.Message, receive: control.Receive, send: control.Send) -> None:
        service = service_of(scope) if _buckets and scope["type"] == "http" else ""
        bucket = _buckets.get(service)
        if bucket is None or bucket.take(clock.now()):
            await application(scope, receive, send)
            return
        await control.read(receive)
        await _refuse(service, send)

    return limited


def service_of(scope: control.Message) -> str:
    """As the signature names it."""
    authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    found = IN_CREDENTIAL.search(authorization)
    return found[1].decode() if found else ""


async def _refuse(service: str, send: control.Send) -> None:
    status, kind, body = refusal(service)
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refusal(service: str) -> tuple[int, str, bytes]:
    """Status, content type and body."""
    if service in QUERY:
        status, code = QUERY[service]
        inner = f"<Type>Sender</Type><Code>{code}</Code><Message>Rate exceeded</Message>"
        return status, XML, f"<ErrorResponse><Error>{inner}</Error></ErrorResponse>".encode()
    if service in EC2:
        status, code = EC2[service]
        inner = f"<Error><Code>{code}</Code><Message>Request limit exceeded.</Message></Error>"
        return status, XML, f"<Response><Errors>{inner}</Errors></Response>".encode()
    status, code = JSON
    body = json.dumps({"__type": code, "message": "Rate exceeded"}).encode()
    return status, "application/x-amz-json-1.1", body
