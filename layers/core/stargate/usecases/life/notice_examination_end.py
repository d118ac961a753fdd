"""An examination for drift that failed, timed out or was stopped: whoever waits for it is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.failure import reason_of

if TYPE_CHECKING:
    from stargate.ports.drift import Reports
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class NoticeExaminationEnd:
    reports: Reports
    clock: Clock

    def __call__(self, execution_name: str, status: str, error: str, cause: str) -> None:
        environment_id = execution_name.partition("-")[0]
        report = self.reports.get(environment_id)
        if report is None or report.execution != execution_name:
            return  # another has begun since, or somebody started it by hand
        if report.ended_at is not None and not report.repairing:
            return  # all that was to be done is done
        why = reason_of(error, cause) or f"the workflow ended {status}"
        self.reports.put(environment_id, report.left_unfinished(why, self.clock.now()))
