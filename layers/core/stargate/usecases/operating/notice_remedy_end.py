"""A `remediate` that ended without settling its action: the action failed, and its lease is freed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.failure import reason_of
from stargate.domain.operating.action import action_of_execution
from stargate.errors import ActionNotFoundError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.usecases.operating.settle_action import SettleAction


@dataclass(frozen=True)
class NoticeRemedyEnd:
    settle: SettleAction

    def __call__(self, execution_name: str, status: str, error: str, cause: str) -> None:
        named = action_of_execution(execution_name)
        if named is None:
            return  # somebody started it by hand, for no action of ours
        reason = reason_of(error, cause) or f"the workflow ended {status}"
        try:
            self.settle(*named, "failed", reason)
        except (ActionNotFoundError, EnvironmentNotFoundError):
            return
