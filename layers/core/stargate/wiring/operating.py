# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""Functions of the loop: signals in, actions out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.state.table import Table
from stargate.wiring.actions import instruments, pager, tools
from stargate.wiring.shared import narrator_of

if TYPE_CHECKING:
    from stargate.ports.state import OperationsRows
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.operating.decide_condition import Deciding
    from stargate.usecases.operating.examine_conditions import ExamineConditions
    from stargate.usecases.operating.explain_event import ExplainEvent
    from stargate.usecases.operating.perform_action import PerformAction
    from stargate.usecases.operating.probe_gateways import ProbeGateways
    from stargate.usecases.operating.receive_delivery import ReceiveDelivery
    from stargate.usecases.operating.settle_action import SettleAction
    from stargate.usecases.operating.take_event import TakeEvent
    from stargate.usecases.operating.take_request import TakeRequest
    from stargate.usecases.operating.take_signal import TakeSignal
    from stargate.usecases.operating.verify_effect import VerifyEffect
    from stargate.usecases.people.tell_approvers import TellApprovers


def _deciding(table: Table, remediate_arn: str, actor: str) -> Deciding:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.stepfunctions import StepFunctionsRemedies
    from stargate.usecases.operating.decide_condition import Deciding

    remedies = StepFunctionsRemedies(remediate_arn)
    return Deciding(OperationsTable(table), instruments(), remedies, SystemClock(), narrator_of(actor))


def _take_signal(deciding: Deciding) -> TakeSignal:
    from stargate.usecases.operating.take_signal import TakeSignal

    return TakeSignal(deciding.operations, deciding, deciding.clock, deciding.narrator)


def receive_signal() -> TakeEvent:
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.usecases.operating.take_event import TakeEvent

    given = settings.read(settings.ReceiveSignalSettings)
    return TakeEvent(taking_signals(given, "receive_signal"), EnvironmentRows(Table(given.table_name)))


def receive_delivery() -> ReceiveDelivery:
    from stargate.adapters.people.hook_secrets import ManagedHookSecrets
    from stargate.adapters.workflows.lambda_functions import LambdaSignalTaker
    from stargate.usecases.operating.receive_delivery import ReceiveDelivery

    taker = LambdaSignalTaker(settings.read(settings.HandOverSettings).receive_signal_function)
    return ReceiveDelivery(ManagedHookSecrets(), taker, SystemClock())


def taking_signals(given: settings.ReceiveSignalSettings, actor: str) -> TakeSignal:
    """Decides on them, and has the outer loop look where capacity is concerned."""
    from stargate.adapters.workflows.sqs import SqsLooks

    take = _take_signal(_deciding(Table(given.table_name), given.remediate_arn, actor))
    return replace(take, looks=SqsLooks(given.looks_queue_url))


def signals(given: settings.RemediateSettings, actor: str) -> TakeSignal:
    """Decides on them; for who tells nothing that capacity hangs on."""
    return _take_signal(_deciding(Table(given.table_name), given.remediate_arn, actor))


def take_request() -> TakeRequest:
    from stargate.adapters.identifiers import RandomIdentifiers
    from stargate.usecases.operating.take_request import TakeRequest

    take = signals(settings.read(settings.RemediateSettings), "take_request")
    return TakeRequest(take, RandomIdentifiers())


def explain_event() -> ExplainEvent:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.operating.explain_event import ExplainEvent

    table = Table(settings.read(settings.TableSettings).table_name)
    return ExplainEvent(OperationsTable(table), instruments(), SystemClock())


def examine_conditions() -> ExamineConditions:
    from stargate.adapters.gateway.cloudwatch import CloudWatchAlarms
    from stargate.adapters.state.ledger_rows import LedgerRows
    from stargate.domain.gateway.presets import REGIONS
    from stargate.usecases.operating.examine_conditions import ExamineConditions
    from stargate.usecases.operating.tell_ends import TellEnds

    given, actor = settings.read(settings.ExamineConditionsSettings), "examine_conditions"
    table = Table(given.table_name)
    deciding, ledger = _deciding(table, given.remediate_arn, actor), LedgerRows(table)
    return ExamineConditions(
        deciding.operations,
        CloudWatchAlarms(),
        _take_signal(deciding),
        deciding,
        settle_action(actor),
        deciding.clock,
        deciding.narrator,
        ledger,
        REGIONS,
        _tell_approvers(given, deciding.operations),
        TellEnds(pager(given.operators_topic_arn), ledger),
    )


def _tell_approvers(given: settings.ExamineConditionsSettings, operations: OperationsRows) -> TellApprovers:
    from stargate.adapters.identifiers import RandomSecrets
    from stargate.adapters.people.sns import ApproversTopic
    from stargate.usecases.people.tell_approvers import TellApprovers

    return TellApprovers(
        operations,
        pager(given.operators_topic_arn),
        ApproversTopic(given.approvers_topic_arn),
        RandomSecrets(),
        given.links_url,
        SystemClock(),
    )


def probe_gateways() -> ProbeGateways:
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.usecases.operating.probe_gateways import ProbeGateways

    given = settings.read(settings.RemediateSettings)
    table = Table(given.table_name)
    deciding = _deciding(table, given.remediate_arn, "probe_gateways")
    return ProbeGateways(
        EnvironmentRows(table), deciding.operations, tools().keys, _take_signal(deciding), deciding.clock
    )


def perform_action() -> PerformAction:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.operating.perform_action import PerformAction

    given = settings.read(settings.PerformActionSettings)
    table = Table(given.table_name)
    return PerformAction(
        OperationsTable(table),
        instruments(),
        tools().performers(pager(given.operators_topic_arn), _falling_asleep(table, given.sleep_arn)),
        SystemClock(),
        narrator_of("perform_action"),
    )


def _falling_asleep(table: Table, sleep_arn: str) -> BeginWork:
    from stargate.adapters.identifiers import RandomIdentifiers
    from stargate.adapters.state.environment_rows import EnvironmentRows
    from stargate.adapters.state.operations import OperationsTable
    from stargate.adapters.workflows.stepfunctions import StepFunctionsWorkflows
    from stargate.domain.environment import Work
    from stargate.usecases.life.begin_work import BeginWork

    return BeginWork(
        EnvironmentRows(table),
        OperationsTable(table),
        StepFunctionsWorkflows({Work.SLEEP: sleep_arn}),
        SystemClock(),
        RandomIdentifiers(),
        narrator_of("perform_action"),
    )


def verify_effect() -> VerifyEffect:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.operating.gather_facts import Instruments
    from stargate.usecases.operating.verify_effect import VerifyEffect

    given = settings.read(settings.ActionSettings)
    operations = OperationsTable(Table(given.table_name))
    measuring = Instruments(tools().measuring(pager(given.operators_topic_arn)))
    return VerifyEffect(operations, measuring, SystemClock())


def settle_action(actor: str = "settle_action") -> SettleAction:
    from stargate.adapters.state.operations import OperationsTable
    from stargate.usecases.operating.settle_action import SettleAction

    table = Table(settings.read(settings.TableSettings).table_name)
    return SettleAction(OperationsTable(table), SystemClock(), narrator_of(actor))
