# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the workflow `drill`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.dynamodb import EnvironmentRows, NodeRows, Table
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.usecases.drills.begin_drill import BeginDrill
    from stargate.usecases.drills.inject_failure import InjectFailure
    from stargate.usecases.drills.request_drill import RequestDrill
    from stargate.usecases.drills.rescue_gateway import RescueGateway
    from stargate.usecases.drills.score_drill import ScoreDrill
    from stargate.usecases.drills.settle_drill import SettleDrill
    from stargate.usecases.drills.watch_gateway import WatchGateway


def request_drill(table: Table, drill_arn: str, actor: str) -> RequestDrill:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.rds import RdsDatabases
    from stargate.adapters.stepfunctions import StepFunctionsDrills
    from stargate.usecases.drills.request_drill import RequestDrill

    return RequestDrill(
        OperationsTable(table),
        DrillRows(table),
        RdsDatabases(),
        StepFunctionsDrills(drill_arn),
        SystemClock(),
        RandomIdentifiers(),
        actor,
    )


def begin_drill() -> BeginDrill:
    from stargate.usecases.drills.begin_drill import BeginDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    asking = request_drill(table, "", "begin_drill")
    return BeginDrill(asking.operations, asking.drills, asking, asking.clock, narrator_of("begin_drill"))


def watch_gateway() -> WatchGateway:
    from stargate.adapters.drill_records import S3DrillRecords
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.gateway_watch import GatewayWatch
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
    from stargate.usecases.drills.inject_failure import InjectFailure

    asking = request_drill(Table(settings.read(settings.TableSettings).table_name), "", "inject_failure")
    return InjectFailure(
        asking.operations, asking.drills, asking.databases, asking.clock, narrator_of("inject_failure")
    )


def rescue_gateway() -> RescueGateway:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.ecs import EcsServices
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.drills.rescue_gateway import RescueGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return RescueGateway(
        OperationsTable(table), DrillRows(table), EcsServices(), SystemClock(), narrator_of("rescue_gateway")
    )


def score_drill() -> ScoreDrill:
    from stargate.adapters.drill_records import S3DrillRecords
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.rds import RdsDatabases
    from stargate.usecases.drills.score_drill import ScoreDrill

    given = settings.read(settings.DrillRecordsSettings)
    table = Table(given.table_name)
    return ScoreDrill(
        EnvironmentRows(table),
        OperationsTable(table),
        DrillRows(table),
        S3DrillRecords(given.gateway_bucket),
        RdsDatabases(),
        SystemClock(),
        narrator_of("score_drill"),
    )


def settle_drill(actor: str = "settle_drill") -> SettleDrill:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.drills.settle_drill import SettleDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleDrill(OperationsTable(table), DrillRows(table), SystemClock(), narrator_of(actor))
