# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the outer loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.table import Table
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.usecases.scaling.order_looks import OrderLooks
    from stargate.usecases.scaling.scale_gateway import ScaleGateway
    from stargate.usecases.scaling.watch_quotas import WatchQuotas


def order_looks() -> OrderLooks:
    from stargate.adapters.workflows.sqs import SqsLooks
    from stargate.usecases.scaling.order_looks import OrderLooks

    given = settings.read(settings.LooksSettings)
    return OrderLooks(EnvironmentRows(Table(given.table_name)), SqsLooks(given.looks_queue_url))


def scale_gateway() -> ScaleGateway:
    from stargate.adapters.gateway.application_autoscaling import EcsScaling
    from stargate.adapters.gateway.ecs import EcsServices
    from stargate.adapters.gateway.observer import LambdaObserver
    from stargate.adapters.state.budget_rows import QuotaBudgetRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.scaling.scale_gateway import ScaleGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return ScaleGateway(
        OperationsTable(table),
        LambdaObserver(),
        EcsScaling(),
        EcsServices(),
        QuotaBudgetRows(table),
        SystemClock(),
        narrator_of("scale_gateway"),
    )


def watch_quotas() -> WatchQuotas:
    from stargate.adapters.quotas.model_quotas import BedrockUse, PublishedQuotas, ServiceQuotasOfModels
    from stargate.adapters.state.budget_rows import ModelProfiles, QuotaBudgetRows
    from stargate.adapters.state.cost_days import CostDays
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.costs.watch_spending import WatchSpending
    from stargate.usecases.scaling.watch_quotas import WatchQuotas
    from stargate.wiring.operating import taking_signals

    given = settings.read(settings.ReceiveSignalSettings)
    table = Table(given.table_name)
    taking = taking_signals(given, "watch_quotas")
    return WatchQuotas(
        EnvironmentRows(table),
        OperationsTable(table),
        ModelProfiles(NodeRows(table)),
        ServiceQuotasOfModels(),
        BedrockUse(),
        PublishedQuotas(),
        QuotaBudgetRows(table),
        taking,
        SystemClock(),
        spending=WatchSpending(CostDays(table), taking, SystemClock()),
    )
