"""Calls movers without waiting for them; planner, explainer and taker of requests for their answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client, patient_client
from stargate.adapters.refusals import named
from stargate.errors import (
    ExplanationFailedError,
    PlanFailedError,
    RedriveFailedError,
    RequestFailedError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.errors import StargateError


@dataclass(frozen=True)
class LambdaMovers:
    deploy_stack: str
    run_step: str
    remove_stack: str

    def deploy(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.deploy_stack, environment_id, attempt, node, cause)

    def run(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.run_step, environment_id, attempt, node, cause)

    def remove(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.remove_stack, environment_id, attempt, node, cause)


@dataclass(frozen=True)
class LambdaTrials:
    function: str

    def begin(self, environment_id: str, cause: str) -> None:
        _call(self.function, {"environment_id": environment_id, "cause": cause})


@dataclass(frozen=True)
class LambdaSignalTaker:
    function: str

    def hand_over(self, event: Mapping[str, Any]) -> None:
        with named("Invoke"):
            _call(self.function, event)


@dataclass(frozen=True)
class LambdaRecipients:
    """Of dead letters: functions whose names begin with the control plane's."""

    prefix: str

    def call(self, function: str, payload: Any) -> None:
        with named("Invoke"):
            _call(f"{self.prefix}{function}", payload)


@dataclass(frozen=True)
class LambdaRedriver:
    function: str

    def redrive(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """RedriveFailedError with the function's own words if it could not."""
        return _asked(self.function, order, RedriveFailedError)


@dataclass(frozen=True)
class LambdaPlanner:
    function: str

    def plan(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """PlanFailedError with the function's own words if it could not make one."""
        return _asked(self.function, {"name": name, "request": request}, PlanFailedError)


@dataclass(frozen=True)
class LambdaRequests:
    function: str

    def take(self, name: str, request: Mapping[str, Any], person: str) -> dict[str, Any]:
        """RequestFailedError with the function's own words if it could not be decided."""
        return _asked(self.function, {"name": name, "request": request, "person": person}, RequestFailedError)


@dataclass(frozen=True)
class LambdaExplainer:
    function: str

    def explain(self, name: str, event: Any) -> dict[str, Any]:
        """ExplanationFailedError with the function's own words if it could not tell."""
        return _asked(self.function, {"name": name, "event": event}, ExplanationFailedError)


def _asked(function: str, payload: Mapping[str, Any], failed: type[StargateError]) -> dict[str, Any]:
    answer = patient_client("lambda").invoke(FunctionName=function, Payload=json.dumps(payload).encode())
    document: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise failed(str(document.get("errorMessage", f"the function {function} failed")))
    return document


def _invoke(function: str, environment_id: str, attempt: int, node: str, cause: str) -> None:
    payload = {"environment_id": environment_id, "attempt": attempt, "node": node, "cause": cause}
    _call(function, payload)


def _call(function: str, payload: Mapping[str, Any]) -> None:
    client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode()
    )
