"""A drill's workflow that failed, timed out or was stopped: its lease is given back by somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.failure import reason_of
from stargate.errors import DrillNotFoundError, EnvironmentNotFoundError

if TYPE_CHECKING:
    from stargate.usecases.drills.settle_drill import SettleDrill


@dataclass(frozen=True)
class NoticeDrillEnd:
    settle: SettleDrill

    def __call__(self, execution_name: str, status: str, error: str, cause: str) -> None:
        environment_id, _, drill_id = execution_name.partition("-")
        try:
            self.settle(
                environment_id,
                drill_id,
                "failed",
                reason_of(error, cause) or f"the workflow ended {status}",
                error,
            )
        except (DrillNotFoundError, EnvironmentNotFoundError):
            return  # somebody started it by hand, for no drill of ours
