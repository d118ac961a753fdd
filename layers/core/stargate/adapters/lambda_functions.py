"""Calls the movers without waiting for them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from stargate.adapters.aws import client


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


def _invoke(function: str, environment_id: str, attempt: int, node: str, cause: str) -> None:
    payload = {"environment_id": environment_id, "attempt": attempt, "node": node, "cause": cause}
    client("lambda").invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(payload).encode()
    )
