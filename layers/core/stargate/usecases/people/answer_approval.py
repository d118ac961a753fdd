"""A person answers an approval, once and in time; what it lifts is examined again at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.operations import Change
from stargate.domain.people.answers import ANSWERS, faults_of_answer
from stargate.domain.people.approvals import ApprovalStatus, approval_of, standing
from stargate.domain.people.approvers import barred
from stargate.errors import (
    ApprovalNotFoundError,
    ApprovalOverError,
    ConflictError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    NotApproverError,
)
from stargate.usecases.people.ask_approval import told_of

if TYPE_CHECKING:
    from stargate.domain.operating.operations import Overview
    from stargate.domain.people.approvals import Approval
    from stargate.ports.state import OperationsRows
    from stargate.ports.workflows import Examinations
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class AnswerApproval:
    operations: OperationsRows
    examinations: Examinations
    clock: Clock
    narrator: Narrator

    def __call__(self, name: str, request: Any, by: str) -> tuple[Overview, Approval]:
        """What is known of its environment afterwards, and the approval.

        ApprovalNotFoundError, ApprovalOverError of one that was answered before or whose time is over,
        NotApproverError of a person who may not.
        """
        faults = faults_of_answer(request)
        if faults:
            raise InvalidRequestError(faults)
        status, reason = ANSWERS[request["answer"]], request.get("reason", "").strip()
        for _ in range(TRIES):
            try:
                return self._answer(name, status, reason, by)
            except (
                ConflictError
            ):  # the examination told of it meanwhile, or somebody else answered: look again
                continue
        raise ConflictError(f"approval {name} is changed by others all the time")

    def _answer(self, name: str, status: ApprovalStatus, reason: str, by: str) -> tuple[Overview, Approval]:
        overview, approval = found(self.operations, name)
        now = self.clock.now()
        if not approval.is_pending(now):
            raise ApprovalOverError(f"the approval of {approval.asks_for}: {standing(approval, now)}")
        refused = barred(overview.environment, approval, by)
        if refused:
            raise NotApproverError(refused)
        answered = approval.answered(status, by, reason, now)
        words = f"{by} {status.lower()} the approval of {answered.asks_for}"
        until = f", to be used until {told(answered.expires_at)}" if status is ApprovalStatus.GRANTED else ""
        because = f": {reason}" if reason else ""
        narrator = replace(self.narrator, actor=by)
        after, entry = told_of(narrator, overview.environment, answered, f"{words}{until}{because}")
        change = Change((after,), (entry,))
        self.operations.record(overview.environment.environment_id, change)
        self.examinations.order(overview.environment.environment_id, entry.entry_id)
        return replace(overview, operations=overview.operations.after(change)), after


def found(operations: OperationsRows, name: str) -> tuple[Overview, Approval]:
    environment_id, approval_id = approval_of(name)
    missing = ApprovalNotFoundError(f"there is no approval {name}")
    try:
        overview = operations.by_id(environment_id)
    except EnvironmentNotFoundError as error:
        raise missing from error
    approval = overview.operations.approvals.get(approval_id)
    if approval is None:
        raise missing
    return overview, approval
