"""ECS: services as their fleets have them, one-off tasks in time, and AWS's events of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack import app

from local.gateways import registry
from local.services.ecs import (
    control,
    one_off,
    orders,
    performance_logs,
    service_deployments,
    showing,
    targets,
)

if TYPE_CHECKING:
    from local.services.later import Later
    from local.services.pace import Pace


def install(pace: Pace, later: Later) -> None:
    one_off.install(pace, later)
    performance_logs.install(pace, later)
    orders.install()
    service_deployments.install()
    targets.install()
    showing.install()
    control.install()
    app.SERVICE_HANDLERS["ecs"] = up_to_date(app.SERVICE_HANDLERS["ecs"], later)


def up_to_date(handler: Any, later: Later) -> Any:
    """Whoever asks finds what has happened by then."""

    async def handle(*args: Any) -> Any:
        later.note_loop()
        registry.catch_up()
        return await handler(*args)

    return handle
