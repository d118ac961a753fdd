"""Waiting, in time, until a service is steady or gone: what CloudFormation waits for."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from ministack.services import ecs

from local.gateways import registry
from local.services.ecs import service_records
from local.twin.fleet import Rollout

if TYPE_CHECKING:
    from local.services.ecs.service_records import Past
    from local.twin.fleet import Fleet

BEAT = 0.02  # real seconds
TRIPPED = "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."


class ServiceNotSteadyError(Exception):
    """The service will not become steady by itself."""


async def until_steady(arn: str) -> None:
    """Return once all tasks of the service serve; ServiceNotSteadyError if its deployment has failed."""
    while not _stands(arn):  # noqa: ASYNC110 - a fleet has no event to wait on: it is asked
        await asyncio.sleep(BEAT)


def wait_until_deployed(arn: str) -> None:
    """As `until_steady`, on a thread; ServiceNotSteadyError also if what is deployed now is rolled back."""
    with registry.lock:
        service = ecs._services["/".join(arn.rsplit("/", 2)[1:])]
        deployment = service_records.history(service)[ecs._primary_deployment(service)["id"]]
    while not _stands_by(arn, deployment):
        time.sleep(BEAT)


async def until_gone(arn: str) -> None:
    """Return once no task of the deleted service is left."""
    while _fleet_with(arn) is not None:  # noqa: ASYNC110 - a fleet has no event to wait on: it is asked
        await asyncio.sleep(BEAT)


def begin_to_leave(arn: str) -> None:
    """CloudFormation deletes a service by force: its tasks drain while the deletion takes its time."""
    ecs._delete_service({"cluster": arn.rsplit("/", 2)[1], "service": _name(arn), "force": True})


def _stands_by(arn: str, deployment: Past) -> bool:
    stands = _stands(arn)
    if deployment.rolled_back_to is not None:
        raise ServiceNotSteadyError(TRIPPED)
    return stands


def _stands(arn: str) -> bool:
    fleet, name = _fleet_with(arn), _name(arn)
    if fleet is None:
        return True
    if fleet.deployments(name)[0].state is Rollout.FAILED:
        raise ServiceNotSteadyError(TRIPPED)
    return fleet.steady(name)


def _fleet_with(arn: str) -> Fleet | None:
    registry.catch_up()
    entry = registry.find(arn.rsplit("/", 2)[1])
    return entry.fleet if entry is not None and _name(arn) in entry.fleet.services() else None


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
