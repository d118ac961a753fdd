# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""The one composition root: settings in, use cases out.

Each maker imports the adapters of its own function only, so a function pays for nothing it does not use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.dynamodb import EnvironmentRows, HistoryRows, LedgerRows, NodeRows, Table
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.usecases.narrate import Narrator

if TYPE_CHECKING:
    from stargate.adapters.stepfunctions import StepFunctionsWorkflows
    from stargate.api import Api
    from stargate.ports import Movers
    from stargate.usecases.begin_drill import BeginDrill
    from stargate.usecases.check_gateway import CheckGateway
    from stargate.usecases.check_retired import CheckRetired
    from stargate.usecases.decide_condition import Deciding
    from stargate.usecases.deploy_stack import DeployStack
    from stargate.usecases.dispose_data import DisposeData
    from stargate.usecases.examine_conditions import ExamineConditions
    from stargate.usecases.gather_facts import Instruments
    from stargate.usecases.inject_failure import InjectFailure
    from stargate.usecases.keep_time import KeepTime
    from stargate.usecases.node_moves import Desk
    from stargate.usecases.notice_drill_end import NoticeDrillEnd
    from stargate.usecases.notice_progress import NoticeProgress
    from stargate.usecases.notice_remedy_end import NoticeRemedyEnd
    from stargate.usecases.notice_workflow_end import NoticeWorkflowEnd
    from stargate.usecases.perform_action import PerformAction
    from stargate.usecases.plan_environment import PlanEnvironment
    from stargate.usecases.preflight import Preflight
    from stargate.usecases.prepare_database import PrepareDatabase
    from stargate.usecases.prepare_regions import PrepareRegions
    from stargate.usecases.publish_gateway import PublishGateway
    from stargate.usecases.remove_stack import RemoveStack
    from stargate.usecases.request_drill import RequestDrill
    from stargate.usecases.rescue_gateway import RescueGateway
    from stargate.usecases.score_drill import ScoreDrill
    from stargate.usecases.settle_action import SettleAction
    from stargate.usecases.settle_drill import SettleDrill
    from stargate.usecases.settle_environment import SettleEnvironment
    from stargate.usecases.sleep_gateway import SleepGateway
    from stargate.usecases.take_signal import TakeSignal
    from stargate.usecases.verify_effect import VerifyEffect
    from stargate.usecases.wake_gateway import WakeGateway
    from stargate.usecases.watch_gateway import WatchGateway


def _narrator(actor: str) -> Narrator:
    return Narrator(SystemClock(), RandomIdentifiers(), actor)


def _desk(table: Table, actor: str, error: str, movers: Movers | None = None) -> Desk:
    from stargate.adapters.stepfunctions import StepFunctionsCallbacks
    from stargate.usecases.node_moves import Desk

    return Desk(
        EnvironmentRows(table),
        NodeRows(table),
        StepFunctionsCallbacks(),
        SystemClock(),
        _narrator(actor),
        error,
        movers,
    )


def _making(deploy_stack: str, prepare_database: str) -> Movers:
    """Of what is made; what only makes removes nothing."""
    from stargate.adapters.lambda_functions import LambdaMovers

    return LambdaMovers(deploy_stack, prepare_database, "")


def deploy_stack() -> DeployStack:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.s3 import S3Manifests
    from stargate.errors import StackFailedError
    from stargate.usecases.deploy_stack import DeployStack

    given = settings.read(settings.DeployStackSettings)
    return DeployStack(
        _desk(
            Table(given.table_name),
            "deploy_stack",
            StackFailedError.__name__,
            _making(given.deploy_stack_function, given.prepare_database_function),
        ),
        CloudFormationStacks(given.service_role_arn),
        S3Manifests(given.gateway_bucket),
        given.gateway_bucket,
        given.boundary_arn,
    )


def prepare_database() -> PrepareDatabase:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.ecs import EcsTasks
    from stargate.errors import StepFailedError
    from stargate.usecases.prepare_database import PrepareDatabase

    given = settings.read(settings.PrepareDatabaseSettings)
    movers = _making(given.deploy_stack_function, given.prepare_database_function)
    desk = _desk(Table(given.table_name), "prepare_database", StepFailedError.__name__, movers)
    return PrepareDatabase(desk, CloudFormationStacks(), EcsTasks())


def remove_stack() -> RemoveStack:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.errors import StackFailedError
    from stargate.usecases.remove_stack import RemoveStack

    given = settings.read(settings.RemoveStackSettings)
    desk = _desk(Table(given.table_name), "remove_stack", StackFailedError.__name__)
    return RemoveStack(desk, CloudFormationStacks(given.service_role_arn))


def notice_progress() -> NoticeProgress:
    from stargate.adapters.lambda_functions import LambdaMovers
    from stargate.usecases.notice_progress import NoticeProgress

    given = settings.read(settings.NoticeProgressSettings)
    table = Table(given.table_name)
    movers = LambdaMovers(
        given.deploy_stack_function, given.prepare_database_function, given.remove_stack_function
    )
    return NoticeProgress(
        EnvironmentRows(table), NodeRows(table), movers, SystemClock(), _narrator("notice_progress")
    )


def plan_environment() -> PlanEnvironment:
    from stargate.adapters.change_sets import CloudFormationChangeSets
    from stargate.adapters.s3 import S3Manifests
    from stargate.usecases.plan_environment import PlanEnvironment

    given = settings.read(settings.PlanSettings)
    table = Table(given.table_name)
    return PlanEnvironment(
        EnvironmentRows(table),
        NodeRows(table),
        S3Manifests(given.gateway_bucket),
        preflight(),
        CloudFormationChangeSets(given.service_role_arn),
        SystemClock(),
        given.gateway_bucket,
        given.boundary_arn,
        given.gateway_version,
    )


def preflight() -> Preflight:
    from stargate.adapters.belongings import AwsBelongings
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.ec2 import Ec2Regions
    from stargate.adapters.offers import AwsOffers
    from stargate.adapters.quotas import ServiceQuotas
    from stargate.adapters.s3 import S3Manifests
    from stargate.usecases.preflight import Preflight

    given = settings.read(settings.PreflightSettings)
    table = Table(given.table_name)
    return Preflight(
        EnvironmentRows(table),
        NodeRows(table),
        S3Manifests(given.gateway_bucket),
        Ec2Regions(),
        CloudFormationStacks(),
        AwsOffers(),
        ServiceQuotas(),
        AwsBelongings(),
        given.aws_region,
        given.gateway_version,
    )


def prepare_regions() -> PrepareRegions:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.s3 import S3Manifests
    from stargate.usecases.prepare_regions import PrepareRegions

    given = settings.read(settings.PrepareRegionsSettings)
    return PrepareRegions(
        EnvironmentRows(Table(given.table_name)),
        S3Manifests(given.gateway_bucket),
        CloudFormationStacks(given.service_role_arn),
        given.home_bus_arn,
        given.forwarder_role_arn,
        given.gateway_version,
    )


def check_gateway() -> CheckGateway:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.front_door import HttpsFrontDoor
    from stargate.adapters.gauges import AwsGauges
    from stargate.adapters.observer import LambdaObserver
    from stargate.usecases.check_gateway import CheckGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return CheckGateway(
        EnvironmentRows(table), CloudFormationStacks(), AwsGauges(), HttpsFrontDoor(), LambdaObserver()
    )


def check_retired() -> CheckRetired:
    from stargate.adapters.cloudformation import CloudFormationStacks
    from stargate.adapters.remains import AwsRemains
    from stargate.adapters.tagging import TaggingInventory
    from stargate.usecases.check_retired import CheckRetired

    table = Table(settings.read(settings.TableSettings).table_name)
    return CheckRetired(EnvironmentRows(table), CloudFormationStacks(), TaggingInventory(), AwsRemains())


def dispose_data() -> DisposeData:
    from stargate.adapters.remains import AwsRemains
    from stargate.usecases.dispose_data import DisposeData

    table = Table(settings.read(settings.TableSettings).table_name)
    return DisposeData(EnvironmentRows(table), AwsRemains())


def settle_environment(actor: str = "settle_environment") -> SettleEnvironment:
    from stargate.adapters.stepfunctions import StepFunctionsWorkflows
    from stargate.domain.environment import Work
    from stargate.usecases.settle_environment import SettleEnvironment

    given = settings.read(settings.SettleSettings)
    table = Table(given.table_name)
    return SettleEnvironment(
        EnvironmentRows(table),
        StepFunctionsWorkflows({Work.UPDATE: given.provision_arn}),
        SystemClock(),
        RandomIdentifiers(),
        _narrator(actor),
        NodeRows(table),
        HistoryRows(table),
    )


def notice_workflow_end(state_machine_arn: str) -> NoticeWorkflowEnd | NoticeRemedyEnd | NoticeDrillEnd:
    """Whoever settles what this workflow has left."""
    actor = "notice_workflow_end"
    given = settings.read(settings.WorkflowEndSettings)
    if state_machine_arn == given.remediate_arn:
        from stargate.usecases.notice_remedy_end import NoticeRemedyEnd

        return NoticeRemedyEnd(settle_action(actor))
    if state_machine_arn == given.drill_arn:
        from stargate.usecases.notice_drill_end import NoticeDrillEnd

        return NoticeDrillEnd(settle_drill(actor))
    from stargate.usecases.notice_workflow_end import NoticeWorkflowEnd

    return NoticeWorkflowEnd(settle_environment(actor))


def _instruments() -> Instruments:
    from stargate.adapters.application_autoscaling import EcsScaling
    from stargate.adapters.cloudwatch import CloudWatchMetrics
    from stargate.adapters.ecs import EcsServices
    from stargate.usecases.gather_facts import Instruments

    return Instruments(EcsScaling(), EcsServices(), CloudWatchMetrics(), SystemClock())


def _deciding(table: Table, remediate_arn: str, actor: str) -> Deciding:
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.stepfunctions import StepFunctionsRemedies
    from stargate.usecases.decide_condition import Deciding

    remedies = StepFunctionsRemedies(remediate_arn)
    return Deciding(OperationsTable(table), _instruments(), remedies, SystemClock(), _narrator(actor))


def _take_signal(deciding: Deciding) -> TakeSignal:
    from stargate.usecases.take_signal import TakeSignal

    return TakeSignal(deciding.operations, deciding, deciding.clock, deciding.narrator)


def receive_signal() -> TakeSignal:
    given = settings.read(settings.RemediateSettings)
    return _take_signal(_deciding(Table(given.table_name), given.remediate_arn, "receive_signal"))


def examine_conditions() -> ExamineConditions:
    from stargate.adapters.cloudwatch import CloudWatchAlarms
    from stargate.domain.presets import PRESETS
    from stargate.usecases.examine_conditions import ExamineConditions

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
    from stargate.usecases.perform_action import PerformAction

    table = Table(settings.read(settings.TableSettings).table_name)
    instruments = _instruments()
    return PerformAction(
        OperationsTable(table),
        instruments,
        instruments.scaling,
        instruments.services,
        SystemClock(),
        _narrator("perform_action"),
    )


def verify_effect() -> VerifyEffect:
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.verify_effect import VerifyEffect

    table = Table(settings.read(settings.TableSettings).table_name)
    return VerifyEffect(OperationsTable(table), _instruments(), SystemClock())


def settle_action(actor: str = "settle_action") -> SettleAction:
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.settle_action import SettleAction

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleAction(OperationsTable(table), SystemClock(), _narrator(actor))


def _workflows(given: settings.ApiSettings | settings.KeepTimeSettings) -> StepFunctionsWorkflows:
    from stargate.adapters.stepfunctions import StepFunctionsWorkflows
    from stargate.domain.environment import Work

    machines = {
        Work.PROVISION: given.provision_arn,
        Work.UPDATE: given.provision_arn,
        Work.SLEEP: given.sleep_arn,
        Work.WAKE: given.wake_arn,
        Work.RETIRE: given.retire_arn,
    }
    return StepFunctionsWorkflows(machines)


def sleep_gateway() -> SleepGateway:
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.repose import AwsRepose
    from stargate.usecases.sleep_gateway import SleepGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    narrator = _narrator("sleep_gateway")
    return SleepGateway(EnvironmentRows(table), OperationsTable(table), AwsRepose(), narrator)


def wake_gateway() -> WakeGateway:
    from stargate.adapters.repose import AwsRepose
    from stargate.usecases.wake_gateway import WakeGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return WakeGateway(EnvironmentRows(table), AwsRepose())


def keep_time() -> KeepTime:
    from stargate.adapters.operations import SwitchRow
    from stargate.adapters.repose import AwsRepose
    from stargate.usecases.begin_work import BeginWork
    from stargate.usecases.keep_time import KeepTime
    from stargate.usecases.retire_environment import RetireEnvironment

    given = settings.read(settings.KeepTimeSettings)
    table, workflows = Table(given.table_name), _workflows(given)
    environments, clock, identifiers = EnvironmentRows(table), SystemClock(), RandomIdentifiers()
    narrator = _narrator("keep_time")
    return KeepTime(
        environments,
        SwitchRow(table),
        AwsRepose(),
        RetireEnvironment(environments, workflows, clock, identifiers, narrator),
        BeginWork(environments, workflows, clock, identifiers, narrator),
        clock,
        narrator,
    )


def _asking(table: Table, drill_arn: str, actor: str) -> RequestDrill:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.rds import RdsDatabases
    from stargate.adapters.stepfunctions import StepFunctionsDrills
    from stargate.usecases.request_drill import RequestDrill

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
    from stargate.usecases.begin_drill import BeginDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    asking = _asking(table, "", "begin_drill")
    return BeginDrill(asking.operations, asking.drills, asking, asking.clock, _narrator("begin_drill"))


def watch_gateway() -> WatchGateway:
    from stargate.adapters.drill_records import S3DrillRecords
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.gateway_watch import GatewayWatch
    from stargate.usecases.watch_gateway import WatchGateway

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
    from stargate.usecases.inject_failure import InjectFailure

    asking = _asking(Table(settings.read(settings.TableSettings).table_name), "", "inject_failure")
    return InjectFailure(
        asking.operations, asking.drills, asking.databases, asking.clock, _narrator("inject_failure")
    )


def rescue_gateway() -> RescueGateway:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.ecs import EcsServices
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.rescue_gateway import RescueGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return RescueGateway(
        OperationsTable(table), DrillRows(table), EcsServices(), SystemClock(), _narrator("rescue_gateway")
    )


def score_drill() -> ScoreDrill:
    from stargate.adapters.drill_records import S3DrillRecords
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.adapters.rds import RdsDatabases
    from stargate.usecases.score_drill import ScoreDrill

    given = settings.read(settings.DrillRecordsSettings)
    table = Table(given.table_name)
    return ScoreDrill(
        EnvironmentRows(table),
        OperationsTable(table),
        DrillRows(table),
        S3DrillRecords(given.gateway_bucket),
        RdsDatabases(),
        SystemClock(),
        _narrator("score_drill"),
    )


def settle_drill(actor: str = "settle_drill") -> SettleDrill:
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.operations import OperationsTable
    from stargate.usecases.settle_drill import SettleDrill

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleDrill(OperationsTable(table), DrillRows(table), SystemClock(), _narrator(actor))


def publish_gateway() -> PublishGateway:
    from stargate.adapters.s3 import S3Shelf
    from stargate.usecases.publish_gateway import PublishGateway

    given = settings.read(settings.PublishGatewaySettings)
    return PublishGateway(S3Shelf(given.gateway_bucket))


def api(actor: str, context: Any) -> Api:
    """For one request: its caller is the actor of all that follows from it."""
    from stargate.adapters.drill_records import S3DrillRecords
    from stargate.adapters.drill_rows import DrillRows
    from stargate.adapters.idempotency import TableReplies
    from stargate.adapters.lambda_functions import LambdaPlanner
    from stargate.adapters.operations import OperationsTable, SwitchRow
    from stargate.adapters.s3 import S3Manifests
    from stargate.api import Api
    from stargate.usecases.begin_work import BeginWork
    from stargate.usecases.change_environment import ChangeEnvironment
    from stargate.usecases.create_environment import CreateEnvironment
    from stargate.usecases.request_plan import RequestPlan
    from stargate.usecases.retire_environment import RetireEnvironment
    from stargate.usecases.show_conditions import ShowConditions
    from stargate.usecases.show_drills import ShowDrills
    from stargate.usecases.show_environments import ShowEnvironments
    from stargate.usecases.turn_switch import TurnSwitch

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    environments, clock, identifiers = EnvironmentRows(table), SystemClock(), RandomIdentifiers()
    workflows = _workflows(given)
    return Api(
        create=CreateEnvironment(
            environments,
            S3Manifests(given.gateway_bucket),
            workflows,
            clock,
            identifiers,
            _narrator(actor),
            given.gateway_version,
            HistoryRows(table),
        ),
        retire=RetireEnvironment(environments, workflows, clock, identifiers, _narrator(actor)),
        plan=RequestPlan(environments, LambdaPlanner(given.plan_environment_function), given.gateway_version),
        begin=BeginWork(environments, workflows, clock, identifiers, _narrator(actor)),
        change=ChangeEnvironment(
            environments,
            S3Manifests(given.gateway_bucket),
            workflows,
            clock,
            identifiers,
            _narrator(actor),
            given.gateway_version,
        ),
        show=ShowEnvironments(environments, NodeRows(table), LedgerRows(table), clock),
        conditions=ShowConditions(OperationsTable(table)),
        drill=_asking(table, given.drill_arn, actor),
        drills=ShowDrills(environments, DrillRows(table), S3DrillRecords(given.gateway_bucket), clock),
        switch=TurnSwitch(SwitchRow(table), clock, actor),
        replies=TableReplies(given.table_name, context),
        actor=actor,
    )
