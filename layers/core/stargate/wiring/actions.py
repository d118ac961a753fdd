# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""What the loop looks and acts with, over AWS. A client is made when it is first used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.clock import SystemClock

if TYPE_CHECKING:
    from stargate.adapters.people.sns import OperatorsTopic
    from stargate.usecases.operating.gather_facts import Instruments
    from stargate.usecases.operating.tools import Tools


def tools() -> Tools:
    from stargate.adapters.gateway.application_autoscaling import EcsScaling
    from stargate.adapters.gateway.cloudwatch import CloudWatchMetrics
    from stargate.adapters.gateway.connection_pools import EcsConnectionPools
    from stargate.adapters.gateway.database_servers import RdsServers
    from stargate.adapters.gateway.ecs import EcsServices
    from stargate.adapters.gateway.observer import LambdaObserver
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.adapters.gateway.zonal_shifts import ArcZonalShifts
    from stargate.adapters.quotas.quota_requests import ServiceQuotaRequests
    from stargate.usecases.operating.through_observer import (
        BudgetsByObserver,
        KeysByObserver,
        ModelsByObserver,
    )
    from stargate.usecases.operating.tools import Tools

    observer = LambdaObserver()
    return Tools(
        scaling=EcsScaling(),
        services=EcsServices(),
        metrics=CloudWatchMetrics(),
        alarms=AwsRepose(),
        shifts=ArcZonalShifts(),
        servers=RdsServers(),
        quotas=ServiceQuotaRequests(),
        pools=EcsConnectionPools(),
        keys=KeysByObserver(observer),
        models=ModelsByObserver(observer),
        budgets=BudgetsByObserver(observer),
        clock=SystemClock(),
    )


def instruments() -> Instruments:
    from stargate.usecases.operating.gather_facts import Instruments

    return Instruments(tools().sources())


def pager(operators_topic_arn: str) -> OperatorsTopic:
    from stargate.adapters.people.sns import OperatorsTopic

    return OperatorsTopic(operators_topic_arn)
