# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of an environment that stands: its sleep, and what is due by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.table import Table
from stargate.wiring.shared import narrator_of, workflows_of

if TYPE_CHECKING:
    from stargate.usecases.life.examine_drift import ExamineDrift
    from stargate.usecases.life.keep_time import KeepTime
    from stargate.usecases.life.repair_drift import RepairDrift
    from stargate.usecases.life.sleep_gateway import SleepGateway
    from stargate.usecases.life.survey_services import SurveyServices
    from stargate.usecases.life.wake_gateway import WakeGateway


def sleep_gateway() -> SleepGateway:
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.life.sleep_gateway import SleepGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    narrator = narrator_of("sleep_gateway")
    return SleepGateway(EnvironmentRows(table), OperationsTable(table), AwsRepose(), narrator)


def wake_gateway() -> WakeGateway:
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.usecases.life.wake_gateway import WakeGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return WakeGateway(EnvironmentRows(table), AwsRepose())


def examine_drift() -> ExamineDrift:
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.drift_detection import CloudFormationDrift
    from stargate.adapters.state.drift_reports import ReportRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.events import EventBridgeAnnouncer
    from stargate.usecases.life.detect_stacks import DetectStacks
    from stargate.usecases.life.examine_drift import ExamineDrift

    given = settings.read(settings.DriftSettings)
    table = Table(given.table_name)
    return ExamineDrift(
        OperationsTable(table),
        ReportRows(table),
        DetectStacks(CloudFormationStacks(), CloudFormationDrift()),
        _survey(given.gateway_bucket),
        EventBridgeAnnouncer(),
        SystemClock(),
        narrator_of("examine_drift"),
    )


def repair_drift() -> RepairDrift:
    from stargate.adapters.gateway.estate import AwsMending
    from stargate.adapters.state.drift_reports import ReportRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.events import EventBridgeAnnouncer
    from stargate.usecases.life.repair_drift import RepairDrift

    given = settings.read(settings.DriftSettings)
    table = Table(given.table_name)
    return RepairDrift(
        OperationsTable(table),
        ReportRows(table),
        _survey(given.gateway_bucket),
        AwsMending(),
        EventBridgeAnnouncer(),
        SystemClock(),
        narrator_of("repair_drift"),
    )


def _survey(gateway_bucket: str) -> SurveyServices:
    from stargate.adapters.gateway.estate import AwsEstate
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.usecases.life.survey_services import SurveyServices

    return SurveyServices(S3Manifests(gateway_bucket), CloudFormationStacks(), AwsEstate())


def keep_time() -> KeepTime:
    from stargate.adapters.gateway.repose import AwsRepose
    from stargate.adapters.state.operations import OperationsTable, SwitchRow
    from stargate.adapters.workflows.stepfunctions import StepFunctionsDrift
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.life.keep_time import KeepTime
    from stargate.usecases.life.retire_environment import RetireEnvironment
    from stargate.wiring.provisioning import settle_environment

    given = settings.read(settings.KeepTimeSettings)
    table, workflows = Table(given.table_name), workflows_of(given)
    environments, clock, identifiers = EnvironmentRows(table), SystemClock(), RandomIdentifiers()
    narrator = narrator_of("keep_time")
    return KeepTime(
        environments,
        SwitchRow(table),
        AwsRepose(),
        StepFunctionsDrift(given.drift_arn),
        workflows,
        RetireEnvironment(environments, workflows, clock, identifiers, narrator),
        BeginWork(environments, OperationsTable(table), workflows, clock, identifiers, narrator),
        settle_environment("keep_time"),
        clock,
        narrator,
    )
