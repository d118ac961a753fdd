# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions that make, check and remove gateways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.history_rows import HistoryRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.sharer_rows import SharerRows
from stargate.adapters.state.table import Table
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.ports.workflows import Movers
    from stargate.usecases.provisioning.check_gateway import CheckGateway
    from stargate.usecases.provisioning.check_retired import CheckRetired
    from stargate.usecases.provisioning.deploy_stack import DeployStack
    from stargate.usecases.provisioning.dispose_data import DisposeData
    from stargate.usecases.provisioning.node_moves import Desk
    from stargate.usecases.provisioning.notice_progress import NoticeProgress
    from stargate.usecases.provisioning.plan_environment import PlanEnvironment
    from stargate.usecases.provisioning.preflight import Preflight
    from stargate.usecases.provisioning.prepare_common import PrepareCommon
    from stargate.usecases.provisioning.publish_gateway import PublishGateway
    from stargate.usecases.provisioning.release_common import ReleaseCommon
    from stargate.usecases.provisioning.remove_stack import RemoveStack
    from stargate.usecases.provisioning.run_step import RunStep
    from stargate.usecases.provisioning.settle_environment import SettleEnvironment
    from stargate.usecases.provisioning.try_rate_limit import TryRateLimit


def _desk(table: Table, actor: str, error: str, movers: Movers | None = None) -> Desk:
    from stargate.adapters.workflows.stepfunctions import StepFunctionsCallbacks
    from stargate.usecases.provisioning.node_moves import Desk

    return Desk(
        EnvironmentRows(table),
        NodeRows(table),
        StepFunctionsCallbacks(),
        SystemClock(),
        narrator_of(actor),
        error,
        movers,
    )


def _making(deploy_stack: str, run_step: str) -> Movers:
    """Of what is made; what only makes removes nothing."""
    from stargate.adapters.workflows.lambda_functions import LambdaMovers

    return LambdaMovers(deploy_stack, run_step, "")


def deploy_stack() -> DeployStack:
    from stargate.adapters.gateway.application_autoscaling import EcsScaling
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.errors import StackFailedError
    from stargate.usecases.provisioning.deploy_stack import DeployStack

    given = settings.read(settings.DeployStackSettings)
    return DeployStack(
        _desk(
            Table(given.table_name),
            "deploy_stack",
            StackFailedError.__name__,
            _making(given.deploy_stack_function, given.run_step_function),
        ),
        CloudFormationStacks(given.service_role_arn),
        S3Manifests(given.gateway_bucket),
        EcsScaling(),
        given.gateway_bucket,
        given.boundary_arn,
    )


def run_step() -> RunStep:
    from stargate.adapters.gateway.ecs import EcsTasks
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.errors import StepFailedError
    from stargate.usecases.provisioning.run_step import RunStep

    given = settings.read(settings.RunStepSettings)
    movers = _making(given.deploy_stack_function, given.run_step_function)
    desk = _desk(Table(given.table_name), "run_step", StepFailedError.__name__, movers)
    return RunStep(desk, CloudFormationStacks(), EcsTasks())


def remove_stack() -> RemoveStack:
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.errors import StackFailedError
    from stargate.usecases.provisioning.remove_stack import RemoveStack

    given = settings.read(settings.RemoveStackSettings)
    desk = _desk(Table(given.table_name), "remove_stack", StackFailedError.__name__)
    return RemoveStack(desk, CloudFormationStacks(given.service_role_arn))


def notice_progress() -> NoticeProgress:
    from stargate.adapters.workflows.lambda_functions import LambdaMovers
    from stargate.usecases.provisioning.notice_progress import NoticeProgress

    given = settings.read(settings.NoticeProgressSettings)
    table = Table(given.table_name)
    movers = LambdaMovers(given.deploy_stack_function, given.run_step_function, given.remove_stack_function)
    return NoticeProgress(
        EnvironmentRows(table), NodeRows(table), movers, SystemClock(), narrator_of("notice_progress")
    )


def plan_environment() -> PlanEnvironment:
    from stargate.adapters.costs.price_book import StoredPrices
    from stargate.adapters.provisioning.change_sets import CloudFormationChangeSets
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.usecases.provisioning.plan_environment import PlanEnvironment

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
        StoredPrices(given.gateway_bucket),
    )


def preflight() -> Preflight:
    from stargate.adapters.provisioning.account import AwsAccount
    from stargate.adapters.provisioning.belongings import AwsBelongings
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.ec2 import Ec2Regions
    from stargate.adapters.provisioning.iam import SimulatedRights
    from stargate.adapters.provisioning.offers import AwsOffers
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.adapters.quotas.quotas import ServiceQuotas
    from stargate.usecases.provisioning.beforehand.goods import Goods
    from stargate.usecases.provisioning.beforehand.ground import Ground
    from stargate.usecases.provisioning.beforehand.leave import Leave
    from stargate.usecases.provisioning.beforehand.names import Names
    from stargate.usecases.provisioning.beforehand.owner import Owner
    from stargate.usecases.provisioning.find_returning import FindReturning
    from stargate.usecases.provisioning.preflight import Preflight

    given = settings.read(settings.PreflightSettings)
    table = Table(given.table_name)
    nodes, manifests, stacks = NodeRows(table), S3Manifests(given.gateway_bucket), CloudFormationStacks()
    regions, belongings = Ec2Regions(), AwsBelongings()
    return Preflight(
        EnvironmentRows(table),
        manifests,
        stacks,
        FindReturning(manifests, stacks, belongings),
        (
            Ground(nodes, regions, ServiceQuotas()),
            Names(nodes, stacks, belongings),
            Goods(manifests, regions, AwsOffers(), belongings),
            Leave(manifests, SimulatedRights(given.service_role_arn, given.boundary_arn)),
        ),
        Owner(AwsAccount(given.operators_arn)),
        given.aws_region,
        given.gateway_version,
    )


def prepare_common() -> PrepareCommon:
    from stargate.adapters.provisioning.adoptions import CloudFormationAdoptions
    from stargate.adapters.provisioning.belongings import AwsBelongings
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.usecases.provisioning.find_returning import FindReturning
    from stargate.usecases.provisioning.prepare_common import PrepareCommon
    from stargate.usecases.provisioning.restore_secrets import RestoreSecrets

    given = settings.read(settings.PrepareCommonSettings)
    table, manifests = Table(given.table_name), S3Manifests(given.gateway_bucket)
    stacks = CloudFormationStacks(given.service_role_arn)
    return PrepareCommon(
        EnvironmentRows(table),
        manifests,
        stacks,
        SharerRows(table),
        given.home_bus_arn,
        given.forwarder_role_arn,
        given.gateway_version,
        RestoreSecrets(
            FindReturning(manifests, stacks, AwsBelongings()),
            manifests,
            stacks,
            CloudFormationAdoptions(given.service_role_arn),
        ),
    )


def release_common() -> ReleaseCommon:
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.remains import AwsRemains
    from stargate.usecases.provisioning.release_common import ReleaseCommon

    given = settings.read(settings.RemoveStackSettings)
    table = Table(given.table_name)
    stacks = CloudFormationStacks(given.service_role_arn)
    return ReleaseCommon(EnvironmentRows(table), stacks, SharerRows(table), AwsRemains())


def check_gateway() -> CheckGateway:
    from stargate.adapters.gateway.front_door import HttpsFrontDoor
    from stargate.adapters.gateway.gauges import AwsGauges
    from stargate.adapters.gateway.observer import LambdaObserver
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.usecases.provisioning.check_gateway import CheckGateway

    table = Table(settings.read(settings.TableSettings).table_name)
    return CheckGateway(
        EnvironmentRows(table), CloudFormationStacks(), AwsGauges(), HttpsFrontDoor(), LambdaObserver()
    )


def try_rate_limit() -> TryRateLimit:
    from stargate.adapters.gateway.flood import HttpsFlood
    from stargate.usecases.provisioning.try_rate_limit import TryRateLimit

    table = Table(settings.read(settings.TableSettings).table_name)
    clock, narrator = SystemClock(), narrator_of("try_rate_limit")
    return TryRateLimit(EnvironmentRows(table), NodeRows(table), HttpsFlood(), clock, narrator)


def check_retired() -> CheckRetired:
    from stargate.adapters.provisioning.cloudformation import CloudFormationStacks
    from stargate.adapters.provisioning.remains import AwsRemains
    from stargate.adapters.provisioning.tagging import TaggingInventory
    from stargate.usecases.provisioning.check_retired import CheckRetired

    table = Table(settings.read(settings.TableSettings).table_name)
    return CheckRetired(EnvironmentRows(table), CloudFormationStacks(), TaggingInventory(), AwsRemains())


def dispose_data() -> DisposeData:
    from stargate.adapters.provisioning.remains import AwsRemains
    from stargate.usecases.provisioning.dispose_data import DisposeData

    table = Table(settings.read(settings.TableSettings).table_name)
    return DisposeData(EnvironmentRows(table), AwsRemains())


def settle_environment(actor: str = "settle_environment") -> SettleEnvironment:
    from stargate.adapters.workflows.stepfunctions import StepFunctionsWorkflows
    from stargate.domain.environment import Work
    from stargate.usecases.provisioning.settle_environment import SettleEnvironment

    given = settings.read(settings.SettleSettings)
    table = Table(given.table_name)
    return SettleEnvironment(
        EnvironmentRows(table),
        StepFunctionsWorkflows({Work.UPDATE: given.provision_arn}),
        SystemClock(),
        RandomIdentifiers(),
        narrator_of(actor),
        NodeRows(table),
        HistoryRows(table),
    )


def publish_gateway() -> PublishGateway:
    from stargate.adapters.provisioning.s3 import S3Shelf
    from stargate.usecases.provisioning.publish_gateway import PublishGateway

    given = settings.read(settings.BucketSettings)
    return PublishGateway(S3Shelf(given.gateway_bucket))
