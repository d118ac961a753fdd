"""Every failure as a problem document (RFC 9457) that lists each fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from stargate.errors import (
    ActionAskedError,
    ApprovalNotFoundError,
    ApprovalOverError,
    AwsThrottledError,
    ConflictError,
    DeliveryRefusedError,
    DrillNotFoundError,
    DrillOverError,
    DrillRefusedError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    EnvironmentProtectedError,
    ExplanationFailedError,
    HookNotFoundError,
    IdempotencyKeyReusedError,
    IncidentNotFoundError,
    InvalidRequestError,
    MalformedDocumentError,
    NameTakenError,
    NotApproverError,
    PlanFailedError,
    PlanOutdatedError,
    PlaybookNotFoundError,
    PlaybookOutdatedError,
    RedriveFailedError,
    RequestFailedError,
    RequestInProgressError,
    StargateError,
)

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]


PROBLEMS: dict[type[StargateError], tuple[int, str, str]] = {
    InvalidRequestError: (400, "invalid-request", "The request has faults"),
    MalformedDocumentError: (400, "malformed-document", "The body cannot be read"),
    ActionAskedError: (409, "action-asked", "It is asked for already"),
    RequestFailedError: (503, "request-failed", "It could not be decided"),
    ApprovalNotFoundError: (404, "unknown-approval", "There is no such approval"),
    ApprovalOverError: (409, "approval-over", "It cannot be answered any more"),
    NotApproverError: (403, "not-approver", "Somebody else has to answer"),
    DeliveryRefusedError: (401, "delivery-refused", "Not let in"),
    HookNotFoundError: (404, "unknown-hook", "There is no such hook"),
    DrillNotFoundError: (404, "unknown-drill", "There is no such drill"),
    DrillOverError: (409, "drill-over", "The drill is over"),
    DrillRefusedError: (409, "drill-refused", "A drill cannot begin now"),
    EnvironmentNotFoundError: (404, "unknown-environment", "There is no such environment"),
    IncidentNotFoundError: (404, "unknown-incident", "There is no such incident"),
    NameTakenError: (409, "name-taken", "The name is taken"),
    PlaybookNotFoundError: (404, "unknown-playbook", "There is no such version of the playbook"),
    PlaybookOutdatedError: (409, "playbook-outdated", "Another playbook is in force by now"),
    PlanOutdatedError: (409, "plan-outdated", "The world has moved since the plan"),
    ExplanationFailedError: (503, "explanation-failed", "It could not be explained"),
    RedriveFailedError: (503, "redrive-failed", "The dead letters could not be reached"),
    PlanFailedError: (503, "plan-failed", "No plan could be made"),
    EnvironmentProtectedError: (409, "environment-protected", "The environment is protected"),
    EnvironmentBusyError: (409, "environment-busy", "The environment does not allow this now"),
    ConflictError: (409, "changed-meanwhile", "Others change it all the time"),
    AwsThrottledError: (503, "aws-throttled", "AWS takes no more just now: ask again a little later"),
    RequestInProgressError: (409, "request-in-progress", "The same request is being worked on"),
    IdempotencyKeyReusedError: (422, "idempotency-key-reused", "The idempotency key was used before"),
}


def problem_of(error: StargateError) -> Reply | None:
    """The problem that an error is to the caller, or None if it is ours to repair."""
    for kind, (status, slug, title) in PROBLEMS.items():
        if isinstance(error, kind):
            faults = [fault.document() for fault in getattr(error, "faults", ())]
            return problem(status, slug, title, str(error), faults)
    return None


def problem(
    status: int, slug: str, title: str, detail: str, faults: list[dict[str, str]] | None = None
) -> Reply:
    return Reply(
        status,
        {
            "type": f"urn:stargate:problem:{slug}",
            "title": title,
            "status": status,
            "detail": detail,
            "faults": faults or [],
        },
    )
