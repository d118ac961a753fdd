"""The custom resource that publishes the gateway whenever the control plane is deployed."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from urllib.request import Request, urlopen

from stargate.telemetry import logger, observed
from stargate.wiring.provisioning import publish_gateway

PHYSICAL_ID = "stargate-gateway"  # never changes, so an update never deletes what environments still use


@observed
def handle(event: dict[str, Any], _context: Any) -> None:
    data: dict[str, str] = {}
    try:
        if event["RequestType"] != "Delete":
            data = {"GatewayVersion": publish_gateway()(files("gateway"))}
    except Exception as error:
        logger.exception("publishing failed")
        answer(event, "FAILED", str(error), data)
        raise
    answer(event, "SUCCESS", "", data)


def answer(event: dict[str, Any], status: str, reason: str, data: dict[str, str]) -> None:
    """CloudFormation waits an hour for this one call, so it is made whatever happened."""
    body = {
        "Status": status,
        "Reason": reason[:1024],
        "PhysicalResourceId": PHYSICAL_ID,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data,
    }
    request = Request(event["ResponseURL"], json.dumps(body).encode(), {"Content-Type": ""}, method="PUT")  # noqa: S310
    with urlopen(request, timeout=20) as response:  # noqa: S310  (CloudFormation's own signed URL)
        logger.info("answered CloudFormation", extra={"http_status": response.status})
