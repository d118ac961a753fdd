# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""The API's routes, group by group, for one request: its caller is the actor of all that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.identifiers import RandomIdentifiers
from stargate.adapters.state.environment_rows import EnvironmentRows
from stargate.adapters.state.history_rows import HistoryRows
from stargate.adapters.state.ledger_rows import LedgerRows
from stargate.adapters.state.node_rows import NodeRows
from stargate.adapters.state.table import Table
from stargate.wiring.drills import request_drill
from stargate.wiring.shared import narrator_of, workflows_of

if TYPE_CHECKING:
    from stargate.api.actions import ActionsApi
    from stargate.api.approvals import ApprovalsApi
    from stargate.api.checks import ChecksApi
    from stargate.api.costs import CostsApi
    from stargate.api.drift import DriftApi
    from stargate.api.drills import DrillsApi
    from stargate.api.environments import EnvironmentsApi
    from stargate.api.hooks import HooksApi
    from stargate.api.incidents import IncidentsApi
    from stargate.api.letters import LettersApi
    from stargate.api.operating import OperatingApi
    from stargate.api.requests import Once
    from stargate.usecases.drills.show_drills import ShowDrills


def environments(actor: str, context: Any) -> EnvironmentsApi:
    from stargate.adapters.costs.price_book import StoredPrices
    from stargate.adapters.provisioning.ec2 import Ec2Regions
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.lambda_functions import LambdaPlanner
    from stargate.api.environments import EnvironmentsApi
    from stargate.usecases.costs.hold_ceiling import HoldCeiling
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.life.change_environment import ChangeEnvironment
    from stargate.usecases.life.resume_environment import ResumeEnvironment
    from stargate.usecases.life.retire_environment import RetireEnvironment
    from stargate.usecases.provisioning.create_environment import CreateEnvironment
    from stargate.usecases.provisioning.request_plan import RequestPlan
    from stargate.usecases.provisioning.show_environments import ShowEnvironments

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    rows, clock, identifiers = EnvironmentRows(table), SystemClock(), RandomIdentifiers()
    workflows, narrator = workflows_of(given), narrator_of(actor)
    manifests, version = S3Manifests(given.gateway_bucket), given.gateway_version
    ceiling = HoldCeiling(manifests, StoredPrices(given.gateway_bucket))
    operations = OperationsTable(table)
    begin = BeginWork(rows, operations, workflows, clock, identifiers, narrator)
    return EnvironmentsApi(
        create=CreateEnvironment(
            rows, manifests, workflows, clock, identifiers, narrator, version, HistoryRows(table), ceiling
        ),
        plan=RequestPlan(rows, LambdaPlanner(given.plan_environment_function), version, Ec2Regions()),
        begin=begin,
        resume=ResumeEnvironment(rows, manifests, begin),
        change=ChangeEnvironment(
            rows,
            operations,
            manifests,
            workflows,
            clock,
            identifiers,
            narrator,
            version,
            ceiling,
            Ec2Regions(),
            HistoryRows(table),
        ),
        retire=RetireEnvironment(rows, workflows, clock, identifiers, narrator),
        show=ShowEnvironments(rows, NodeRows(table), LedgerRows(table), HistoryRows(table), clock),
        drills=_shown_drills(table, given),
        once=_once(given, actor, context),
    )


def checks(actor: str, context: Any) -> ChecksApi:
    from stargate.adapters.workflows.lambda_functions import LambdaTrials
    from stargate.api.checks import ChecksApi
    from stargate.usecases.provisioning.request_check import RequestCheck
    from stargate.usecases.provisioning.show_environments import ShowEnvironments

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    rows, trials = EnvironmentRows(table), LambdaTrials(given.try_rate_limit_function)
    return ChecksApi(
        request=RequestCheck(rows, trials, narrator_of(actor)),
        show=ShowEnvironments(rows, NodeRows(table), LedgerRows(table), HistoryRows(table), SystemClock()),
        once=_once(given, actor, context),
    )


def operating(actor: str, _context: Any) -> OperatingApi:
    from stargate.adapters.state.budget_rows import QuotaBudgetRows
    from stargate.adapters.state.operations import OperationsTable, SwitchRow
    from stargate.adapters.state.playbooks import PlaybookRows
    from stargate.adapters.workflows.lambda_functions import LambdaExplainer
    from stargate.api.operating import OperatingApi
    from stargate.domain.costs.snapshot import SNAPSHOT
    from stargate.usecases.operating.change_playbook import ChangePlaybook
    from stargate.usecases.operating.request_explanation import RequestExplanation
    from stargate.usecases.operating.show_conditions import ShowConditions
    from stargate.usecases.operating.turn_switch import TurnSwitch
    from stargate.usecases.scaling.show_capacity import ShowCapacity

    given = settings.read(settings.ApiSettings)
    table, clock = Table(given.table_name), SystemClock()
    return OperatingApi(
        conditions=ShowConditions(OperationsTable(table)),
        switch=TurnSwitch(SwitchRow(table), clock, actor),
        playbook=ChangePlaybook(EnvironmentRows(table), PlaybookRows(table), clock, narrator_of(actor)),
        capacity=ShowCapacity(OperationsTable(table), QuotaBudgetRows(table), SNAPSHOT, clock),
        explanation=RequestExplanation(EnvironmentRows(table), LambdaExplainer(given.explain_event_function)),
    )


def approvals(actor: str, context: Any) -> ApprovalsApi:
    from stargate.api.approvals import ApprovalsApi
    from stargate.usecases.people.show_approvals import ShowApprovals
    from stargate.wiring.approvals import answering

    given = settings.read(settings.ApiSettings)
    answer = answering(Table(given.table_name), actor)
    show = ShowApprovals(answer.operations, answer.clock)
    return ApprovalsApi(answer, show, _once(given, actor, context), actor)


def hooks(actor: str, context: Any) -> HooksApi:
    from stargate.adapters.people.hook_secrets import ManagedHookSecrets
    from stargate.api.hooks import HooksApi
    from stargate.usecases.operating.keep_hooks import KeepHooks

    given = settings.read(settings.ApiSettings)
    rows, secrets = EnvironmentRows(Table(given.table_name)), ManagedHookSecrets()
    keep = KeepHooks(rows, secrets, RandomIdentifiers(), narrator_of(actor))
    return HooksApi(keep, _once(given, actor, context))


def actions(actor: str, context: Any) -> ActionsApi:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.lambda_functions import LambdaRequests
    from stargate.api.actions import ActionsApi
    from stargate.usecases.operating.request_action import RequestAction

    given = settings.read(settings.ApiSettings)
    requests = LambdaRequests(given.take_request_function)
    request = RequestAction(OperationsTable(Table(given.table_name)), requests, actor)
    return ActionsApi(request, _once(given, actor, context))


def incidents(_actor: str, _context: Any) -> IncidentsApi:
    from stargate.adapters.state.incident_rows import IncidentRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.api.incidents import IncidentsApi
    from stargate.usecases.operating.show_incidents import ShowIncidents

    table = Table(settings.read(settings.ApiSettings).table_name)
    return IncidentsApi(ShowIncidents(OperationsTable(table), IncidentRows(table), LedgerRows(table)))


def letters(actor: str, context: Any) -> LettersApi:
    from stargate.adapters.workflows.lambda_functions import LambdaRedriver
    from stargate.api.letters import LettersApi
    from stargate.usecases.operating.request_redrive import RequestRedrive

    given = settings.read(settings.ApiSettings)
    redrive = RequestRedrive(LambdaRedriver(given.redrive_letters_function), actor)
    return LettersApi(redrive, _once(given, actor, context))


def costs(_actor: str, _context: Any) -> CostsApi:
    from stargate.api.costs import CostsApi
    from stargate.wiring.costs import show_reports, state_costs

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    return CostsApi(
        state_costs(table, given.gateway_bucket),
        show_reports(table, given.gateway_bucket),
    )


def drift(actor: str, context: Any) -> DriftApi:
    from stargate.adapters.provisioning.s3 import S3Manifests
    from stargate.adapters.state.drift_reports import ReportRows
    from stargate.adapters.workflows.stepfunctions import StepFunctionsDrift
    from stargate.api.drift import DriftApi
    from stargate.usecases.life.ask_drift import AskDrift

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    ask = AskDrift(
        EnvironmentRows(table),
        ReportRows(table),
        S3Manifests(given.gateway_bucket),
        StepFunctionsDrift(given.drift_arn),
        SystemClock(),
        RandomIdentifiers(),
        actor,
    )
    return DriftApi(ask, _once(given, actor, context))


def drills(actor: str, context: Any) -> DrillsApi:
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.api.drills import DrillsApi
    from stargate.usecases.drills.stop_drill import StopDrill

    given = settings.read(settings.ApiSettings)
    table = Table(given.table_name)
    return DrillsApi(
        request=request_drill(table, given.drill_arn, given.drill_restore_arn, actor),
        show=_shown_drills(table, given),
        stop=StopDrill(EnvironmentRows(table), DrillRows(table), actor),
        once=_once(given, actor, context),
    )


def _shown_drills(table: Table, given: settings.ApiSettings) -> ShowDrills:
    from stargate.adapters.state.drill_records import S3DrillRecords
    from stargate.adapters.state.drill_rows import DrillRows
    from stargate.usecases.drills.show_drills import ShowDrills

    records = S3DrillRecords(given.gateway_bucket)
    return ShowDrills(EnvironmentRows(table), DrillRows(table), records, SystemClock())


def _once(given: settings.ApiSettings, actor: str, context: Any) -> Once:
    from stargate.adapters.state.idempotency import TableReplies
    from stargate.api.requests import Once

    return Once(TableReplies(given.table_name, context), actor)
