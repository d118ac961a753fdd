"""EventBridge carries events to the buses of other regions, with the rights of the target's role.

MiniStack drops what is meant for another region. On AWS such a target needs a role that EventBridge may
assume and that may put events on the bus; the event arrives as it was sent, its own region in it.
"""

import logging
from typing import Any

from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.responses import get_region, request_scope
from ministack.services import eventbridge

from local.iam.principals import is_trusted, refusal

SERVICE = "events.amazonaws.com"
_log = logging.getLogger("stargate.events")


def install() -> None:
    invoke_target = eventbridge._invoke_target

    def invoke_wherever_it_is(
        target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None
    ) -> None:
        bus = _bus_elsewhere(target.get("Arn", ""))
        if bus is None:
            invoke_target(target, event, rule, view)
            return
        denial = _denial(target)
        if denial:
            _log.warning("event not forwarded to %s: %s", target["Arn"], denial)
            return
        _forward(bus, event, rule)

    eventbridge._invoke_target = invoke_wherever_it_is


def _bus_elsewhere(arn: str) -> Any:
    try:
        spec = parse_arn(arn)
    except ArnParseError:
        return None
    is_bus = spec.service == "events" and spec.resource.startswith("event-bus/")
    return spec if is_bus and spec.region != get_region() else None


def _denial(target: dict[str, Any]) -> str | None:
    role = target.get("RoleArn", "")
    if not role or not is_trusted(role, SERVICE):
        return f"EventBridge cannot assume {role or 'any role'}"
    return refusal(role, "events:PutEvents", target["Arn"])


def _forward(bus: Any, event: dict[str, Any], rule: dict[str, Any]) -> None:
    source = eventbridge._rule_key(rule["Name"], rule.get("EventBusName", "default"))
    forwarded = {
        **event,
        "EventBusName": bus.resource.split("/", 1)[1],
        # Two regions that forward to each other would otherwise never end.
        "_DispatchPath": [*event.get("_DispatchPath", []), source],
    }
    with request_scope(bus.account_id, bus.region):
        eventbridge._dispatch_event(forwarded)
