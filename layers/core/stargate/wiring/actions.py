# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""What each fact is read by, and what does each kind of action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.adapters.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.usecases.operating.gather_facts import Instruments
    from stargate.usecases.operating.performers.performer import Performer


def deciding_instruments() -> Instruments:
    """For all that an action may ask before it is decided and performed."""
    from stargate.adapters.application_autoscaling import EcsScaling
    from stargate.adapters.cloudwatch import CloudWatchMetrics
    from stargate.adapters.ecs import EcsServices
    from stargate.usecases.operating.gather_facts import (
        Instruments,
        LastMinutes,
        RunningService,
        ScalableTarget,
        last_stop,
    )

    return Instruments(
        {
            "scaling": ScalableTarget(EcsScaling()),
            "service": RunningService(EcsServices()),
            "minutes": LastMinutes(CloudWatchMetrics(), SystemClock()),
            "last_stop": last_stop,
        }
    )


def measuring_instruments(operators_topic_arn: str) -> Instruments:
    """For all that an effect may be measured by, too."""
    from stargate.adapters.sns import OperatorsTopic
    from stargate.usecases.operating.gather_facts import Deliveries, Instruments

    deliveries = Deliveries(OperatorsTopic(operators_topic_arn), SystemClock())
    return Instruments({**deciding_instruments().sources, "deliveries": deliveries})


def performers(operators_topic_arn: str) -> Mapping[str, Performer]:
    """One for each kind of action in the registry."""
    from stargate.adapters.application_autoscaling import EcsScaling
    from stargate.adapters.ecs import EcsServices
    from stargate.adapters.sns import OperatorsTopic
    from stargate.usecases.operating.performers.bounds import MoveBounds
    from stargate.usecases.operating.performers.page import PagePerson
    from stargate.usecases.operating.performers.services import RestartService, StopDeployment

    bounds, services = MoveBounds(EcsScaling()), EcsServices()
    return {
        "raise_bound": bounds,
        "release_bound": bounds,
        "restart_service": RestartService(services),
        "stop_deployment": StopDeployment(services),
        "page": PagePerson(OperatorsTopic(operators_topic_arn)),
    }
