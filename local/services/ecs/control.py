"""A deployment whose tasks crash: the one order to a gateway that ECS must know of, so it is given here."""

from __future__ import annotations

from typing import Any

from local import control
from local.gateways.control import act_on, addressed, refuse
from local.services.ecs import orders


def deploy(order: dict[str, Any]) -> dict[str, Any]:
    """{"environment", "service"}: deploy a version of the service that crashes; answers the truth."""
    entry, _, faults = addressed(order, {"service"})
    service, services = order.get("service"), sorted(entry.fleet.services())
    if service not in services:
        faults.append(f"service must be one of {', '.join(services)}, not {service!r}")
    refuse(faults)
    return act_on(entry, lambda: orders.deploy_crashing(entry.place.cluster, str(service)))


def install() -> None:
    control.route("POST", f"{control.PREFIX}deploy-crashing", deploy)
