# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the workflows of drills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.ledger_rows import LedgerRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.table import Table
from stargate.wiring.actions import pager
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.usecases.drills.begin_drill import BeginDrill
    from stargate.usecases.drills.inject_failure import InjectFailure
    from stargate.usecases.drills.keep_drills import KeepDrills
    from stargate.usecases.drills.rehearse_restore import RehearseRestore
    from stargate.usecases.drills.request_drill import RequestDrill
    from stargate.usecases.drills.score_drill import ScoreDrill
    from stargate.usecases.drills.settle_drill import SettleDrill
    from stargate.usecases.drills.survey_gateway import SurveyGateway
    from stargate.usecases.drills.tend_drill import TendDrill
    from stargate.usecases.drills.watch_gateway import WatchGateway


def survey_gateway() -> SurveyGateway:
    from stargate.adapters.gateway.ecs_tasks import EcsServiceTasks
    from stargate.adapters.gateway.error_counts import BalancerErrorCounts
    from stargate.adapters.gateway.rds import RdsDatabases
    from stargate.adapters.gateway.zonal_shifts import ArcZonalShifts
    from stargate.usecases.drills.survey_gateway import SurveyGateway

    return SurveyGateway(
        RdsDatabases(), EcsServiceTasks(), ArcZonalShifts(), BalancerErrorCounts(), SystemClock()
    )


def request_drill(table: Table, drill_arn: str, restore_arn: str, actor: str) -> RequestDrill:
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.stepfunctions import StepFunctionsDrills
    from stargate.usecases.drills.request_drill import RequestDrill

    return RequestDrill(
        OperationsTable(table),
        DrillRows(table),
        survey_gateway(),
        StepFunctionsDrills(drill_arn, restore_arn),
        SystemClock(),
        RandomIdentifiers(),
        actor,
    )


def begin_drill() -> BeginDrill:
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.usecases.drills.begin_drill import BeginDrill

    given = settings.read(settings.ActionSettings)
    asking = request_drill(Table(given.table_name), "", "", "begin_drill")
    return BeginDrill(
        asking.operations,
        asking.drills,
        asking,
        AwsRepose(),
        pager(given.operators_topic_arn),
        asking.clock,
        narrator_of("begin_drill"),
    )


def watch_gateway() -> WatchGateway:
    from stargate.adapters.gateway.gateway_watch import GatewayWatch
    from stargate.adapters.state.drill_records import S3DrillRecords
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.usecases.drills.watch_gateway import WatchGateway

    given = settings.read(settings.DrillRecordsSettings)
    table = Table(given.table_name)
    return WatchGateway(
        EnvironmentRows(table),
        NodeRows(table),
        DrillRows(table),
        S3DrillRecords(given.gateway_bucket),
        GatewayWatch(),
        SystemClock(),
    )


def inject_failure() -> InjectFailure:
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.drills.inject_failure import InjectFailure

    table, survey = Table(settings.read(settings.TableSettings).table_name), survey_gateway()
    return InjectFailure(
        OperationsTable(table),
        DrillRows(table),
        survey,
        survey.databases,
        survey.tasks,
        survey.shifts,
        SystemClock(),
        narrator_of("inject_failure"),
    )


def tend_drill() -> TendDrill:
    from stargate.adapters.gateway.ecs import EcsServices
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.drills.tend_drill import TendDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    return TendDrill(
        OperationsTable(table),
        DrillRows(table),
        survey_gateway(),
        EcsServices(),
        SystemClock(),
        narrator_of("tend_drill"),
    )


def score_drill() -> ScoreDrill:
    from stargate.adapters.gateway.cloudwatch import CloudWatchAlarmHistory, CloudWatchMetrics
    from stargate.adapters.gateway.rds import RdsDatabases
    from stargate.adapters.state.drill_records import S3DrillRecords
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.drills.score_drill import Scales, ScoreDrill

    given = settings.read(settings.ScoreDrillSettings)
    table = Table(given.table_name)
    return ScoreDrill(
        OperationsTable(table),
        DrillRows(table),
        S3DrillRecords(given.gateway_bucket),
        Scales(RdsDatabases(), CloudWatchAlarmHistory(), CloudWatchMetrics(), LedgerRows(table)),
        pager(given.operators_topic_arn),
        SystemClock(),
        narrator_of("score_drill"),
    )


def settle_drill(actor: str = "settle_drill") -> SettleDrill:
    from stargate.adapters.gateway.rehearsals import RdsRehearsals
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.adapters.gateway.zonal_shifts import ArcZonalShifts
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.drills.settle_drill import SettleDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleDrill(
        OperationsTable(table),
        DrillRows(table),
        AwsRepose(),
        ArcZonalShifts(),
        RdsRehearsals(),
        SystemClock(),
        narrator_of(actor),
    )


def rehearse_restore() -> RehearseRestore:
    from stargate.adapters import assumptions
    from stargate.adapters.gateway.observer import LambdaObserver
    from stargate.adapters.gateway.rehearsals import RdsRehearsals
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.drills.rehearse_restore import RehearseRestore

    table = Table(settings.read(settings.TableSettings).table_name)
    return RehearseRestore(
        OperationsTable(table),
        DrillRows(table),
        NodeRows(table),
        survey_gateway(),
        LambdaObserver(),
        RdsRehearsals(),
        SystemClock(),
        narrator_of("rehearse_restore"),
        assumptions.OF_A_RESTORE,
    )


def keep_drills() -> KeepDrills:
    from stargate.usecases.drills.keep_drills import KeepDrills

    given = settings.read(settings.KeepDrillsSettings)
    table, actor = Table(given.table_name), "keep_drills"
    asking = request_drill(table, given.drill_arn, given.drill_restore_arn, actor)
    return KeepDrills(
        EnvironmentRows(table),
        asking.operations,
        asking.drills,
        asking,
        settle_drill(actor),
        asking.clock,
        narrator_of(actor),
    )
