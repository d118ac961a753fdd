# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the loop: signals in, actions out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.dynamodb import Table
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.usecases.operating.decide_condition import Deciding
    from stargate.usecases.operating.examine_conditions import ExamineConditions
    from stargate.usecases.operating.gather_facts import Instruments
    from stargate.usecases.operating.perform_action import PerformAction
    from stargate.usecases.operating.performers.performer import Performer
    from stargate.usecases.operating.settle_action import SettleAction
    from stargate.usecases.operating.take_signal import TakeSignal
    from stargate.usecases.operating.verify_effect import VerifyEffect


def instruments() -> Instruments:
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


def performers() -> Mapping[str, Performer]:
    """One for each kind of action in the registry."""
    from stargate.adapters.application_autoscaling import EcsScaling
    from stargate.adapters.ecs import EcsServices
    from stargate.usecases.operating.performers.bounds import MoveBounds
    from stargate.usecases.operating.performers.services import RestartService, StopDeployment

    bounds, services = MoveBounds(EcsScaling()), EcsServices()
    return {
        "raise_bound": bounds,
        "release_bound": bounds,
        "restart_service": RestartService(services),
        "stop_deployment": StopDeployment(services),
    }


def _deciding(table: Table, remediate_arn: str, actor: str) -> Deciding:
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.stepfunctions import StepFunctionsRemedies
    from stargate.usecases.operating.decide_condition import Deciding

    remedies = StepFunctionsRemedies(remediate_arn)
    return Deciding(OperationsTable(table), instruments(), remedies, SystemClock(), narrator_of(actor))


def _take_signal(deciding: Deciding) -> TakeSignal:
    from stargate.usecases.operating.take_signal import TakeSignal

    return TakeSignal(deciding.operations, deciding, deciding.clock, deciding.narrator)


def receive_signal() -> TakeSignal:
    given = settings.read(settings.RemediateSettings)
    return _take_signal(_deciding(Table(given.table_name), given.remediate_arn, "receive_signal"))


def examine_conditions() -> ExamineConditions:
    from stargate.adapters.cloudwatch import CloudWatchAlarms
    from stargate.domain.gateway.presets import PRESETS
    from stargate.usecases.operating.examine_conditions import ExamineConditions

    given, actor = settings.read(settings.RemediateSettings), "examine_conditions"
    deciding = _deciding(Table(given.table_name), given.remediate_arn, actor)
    return ExamineConditions(
        deciding.operations,
        CloudWatchAlarms(),
        _take_signal(deciding),
        deciding,
        settle_action(actor),
        deciding.clock,
        deciding.narrator,
        sorted({preset.region for preset in PRESETS.values()}),
    )


def perform_action() -> PerformAction:
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.operating.perform_action import PerformAction

    table = Table(settings.read(settings.TableSettings).table_name)
    return PerformAction(
        OperationsTable(table),
        instruments(),
        performers(),
        SystemClock(),
        narrator_of("perform_action"),
    )


def verify_effect() -> VerifyEffect:
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.operating.verify_effect import VerifyEffect

    table = Table(settings.read(settings.TableSettings).table_name)
    return VerifyEffect(OperationsTable(table), instruments(), SystemClock())


def settle_action(actor: str = "settle_action") -> SettleAction:
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.operating.settle_action import SettleAction

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleAction(OperationsTable(table), SystemClock(), narrator_of(actor))
