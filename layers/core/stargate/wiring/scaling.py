# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the outer loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.dynamodb import EnvironmentRows, Table
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.usecases.scaling.order_looks import OrderLooks
    from stargate.usecases.scaling.scale_gateway import ScaleGateway


def order_looks() -> OrderLooks:
    from stargate.adapters.sqs import SqsLooks
    from stargate.usecases.scaling.order_looks import OrderLooks

    given = settings.read(settings.LooksSettings)
    return OrderLooks(EnvironmentRows(Table(given.table_name)), SqsLooks(given.looks_queue_url))


def scale_gateway() -> ScaleGateway:
    from stargate.adapters.application_autoscaling import EcsScaling
    from stargate.adapters.ecs import EcsServices
    from stargate.adapters.observer import LambdaObserver
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.scaling.scale_gateway import ScaleGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return ScaleGateway(
        OperationsTable(table),
        LambdaObserver(),
        EcsScaling(),
        EcsServices(),
        SystemClock(),
        narrator_of("scale_gateway"),
    )
