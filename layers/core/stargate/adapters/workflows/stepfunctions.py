"""Starts the workflows and answers their waiting tasks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.refusals import named
from stargate.domain.drills.kinds import TRIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.drills.kinds import Kind
    from stargate.domain.environment import Work

LONGEST_ERROR, LONGEST_CAUSE = 256, 32768
WAITS_NO_MORE = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})


@dataclass(frozen=True)
class StepFunctionsWorkflows:
    """Each with the state machine that does such work; who may not start one does not know it."""

    machines: Mapping[Work, str]

    def start(self, work: Work, execution_name: str, payload: Mapping[str, Any]) -> None:
        _start(self.machines[work], execution_name, payload)

    def status(self, work: Work, execution_name: str) -> str | None:
        return _status(self.machines[work], execution_name)


@dataclass(frozen=True)
class StepFunctionsDrills:
    drill_arn: str
    restore_arn: str

    def start(self, kind: Kind, execution_name: str, payload: Mapping[str, Any]) -> None:
        _start(self._machine(kind), execution_name, payload)

    def status(self, kind: Kind, execution_name: str) -> str | None:
        return _status(self._machine(kind), execution_name)

    def _machine(self, kind: Kind) -> str:
        return self.restore_arn if TRIALS[kind].runs_beside else self.drill_arn


@dataclass(frozen=True)
class StepFunctionsDrift:
    drift_arn: str

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        _start(self.drift_arn, execution_name, payload)


@dataclass(frozen=True)
class StepFunctionsRemedies:
    remediate_arn: str

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        _start(self.remediate_arn, execution_name, payload)

    def status(self, execution_name: str) -> str | None:
        return _status(self.remediate_arn, execution_name)


@dataclass(frozen=True)
class StepFunctionsReporting:
    report_costs_arn: str

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        _start(self.report_costs_arn, execution_name, payload)


def _start(arn: str, execution_name: str, payload: Mapping[str, Any]) -> None:
    document = json.dumps(payload, sort_keys=True)
    try:
        with named("StartExecution"):
            client("stepfunctions").start_execution(stateMachineArn=arn, name=execution_name, input=document)
    except ClientError as error:
        if code_of(error) != "ExecutionAlreadyExists":
            raise


def _status(arn: str, execution_name: str) -> str | None:
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:{execution_name}"
    try:
        with named("DescribeExecution"):
            answer = client("stepfunctions").describe_execution(executionArn=execution)
    except ClientError as error:
        if code_of(error) == "ExecutionDoesNotExist":
            return None
        raise
    return str(answer["status"])


class StepFunctionsCallbacks:
    def succeed(self, token: str, output: Mapping[str, Any]) -> None:
        try:
            client("stepfunctions").send_task_success(taskToken=token, output=json.dumps(output))
        except ClientError as error:
            if code_of(error) not in WAITS_NO_MORE:
                raise

    def fail(self, token: str, error: str, cause: str) -> None:
        try:
            client("stepfunctions").send_task_failure(
                taskToken=token, error=error[:LONGEST_ERROR], cause=cause[:LONGEST_CAUSE]
            )
        except ClientError as refused:
            if code_of(refused) not in WAITS_NO_MORE:
                raise
