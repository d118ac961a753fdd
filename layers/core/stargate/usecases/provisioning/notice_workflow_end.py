"""A workflow that ended without settling its environment: the last net under everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.usecases.provisioning.settle_environment import SettleEnvironment


@dataclass(frozen=True)
class NoticeWorkflowEnd:
    settle: SettleEnvironment

    def __call__(self, execution_name: str, status: str, error: str, cause: str) -> None:
        environment_id, _, attempt = execution_name.rpartition("-")
        if not environment_id or not attempt.isdecimal():
            return  # somebody started it by hand, for no environment of ours
        reason = cause or error or f"the workflow ended {status}"
        try:
            self.settle(environment_id, int(attempt), Status.FAILED, error or status, reason)
        except EnvironmentNotFoundError:
            return
