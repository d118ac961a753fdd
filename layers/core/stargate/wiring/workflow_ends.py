# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""What settles a workflow that ended without doing so itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.state.table import Table
from stargate.wiring.drills import settle_drill
from stargate.wiring.operating import settle_action
from stargate.wiring.provisioning import settle_environment

if TYPE_CHECKING:
    from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd
    from stargate.usecases.life.notice_examination_end import NoticeExaminationEnd
    from stargate.usecases.operating.notice_remedy_end import NoticeRemedyEnd
    from stargate.usecases.provisioning.notice_workflow_end import NoticeWorkflowEnd

    Notice = NoticeWorkflowEnd | NoticeRemedyEnd | NoticeDrillEnd | NoticeExaminationEnd


def notice_workflow_end(state_machine_arn: str) -> Notice:
    """Whoever settles what this workflow has left."""
    actor = "notice_workflow_end"
    given = settings.read(settings.WorkflowEndSettings)
    if state_machine_arn == given.remediate_arn:
        from stargate.usecases.operating.notice_remedy_end import NoticeRemedyEnd

        return NoticeRemedyEnd(settle_action(actor))
    if state_machine_arn in {given.drill_arn, given.drill_restore_arn}:
        from stargate.usecases.drills.notice_drill_end import NoticeDrillEnd

        return NoticeDrillEnd(settle_drill(actor))
    if state_machine_arn == given.drift_arn:
        from stargate.adapters.state.drift_reports import ReportRows
        from stargate.usecases.life.notice_examination_end import NoticeExaminationEnd

        return NoticeExaminationEnd(ReportRows(Table(given.table_name)), SystemClock())
    from stargate.usecases.provisioning.notice_workflow_end import NoticeWorkflowEnd

    return NoticeWorkflowEnd(settle_environment(actor))
