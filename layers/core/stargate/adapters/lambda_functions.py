"""Calls the movers without waiting for them, and the planner, whose answer is waited for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client, patient_client
from stargate.errors import PlanFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class LambdaMovers:
    deploy_stack: str
    prepare_database: str
    remove_stack: str

    def deploy(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.deploy_stack, environment_id, attempt, node, cause)

    def prepare(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.prepare_database, environment_id, attempt, node, cause)

    def remove(self, environment_id: str, attempt: int, node: str, cause: str) -> None:
        _invoke(self.remove_stack, environment_id, attempt, node, cause)


@dataclass(frozen=True)
class LambdaTrials:
    function: str

    def begin(self, environment_id: str, cause: str) -> None:
        _call(self.function, {"environment_id": environment_id, "cause": cause})


@dataclass(frozen=True)
class LambdaPlanner:
    function: str

    def plan(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """PlanFailedError with the function's own words if it could not make one."""
        payload = json.dumps({"name": name, "request": request}).encode()
        answer = patient_client("lambda").invoke(FunctionName=self.function, Payload=payload)
        document: dict[str, Any] = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise PlanFailedError(str(document.get("errorMessage", "the planning function failed")))
        return document


def _invoke(function: str, environment_id: str, attempt: int, node: str, cause: str) -> None:
    payload = {"environment_id": environment_id, "attempt": attempt, "node": node, "cause": cause}
    _call(function, payload)


def _call(function: str, payload: Mapping[str, Any]) -> None:
    client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode()
    )
