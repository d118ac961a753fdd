"""The next move for a node: from what is declared and what is there, never from what was done before.

Whoever asks, however often and in whatever order, gets the same answer from the same truth. That is what
makes duplicate, reordered and lost events harmless.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.failure import Failure
from stargate.domain.gateway.tags import ID_TAG
from stargate.domain.provisioning.progress import NodeStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.provisioning.progress import NodeState

CANCELLED_REASONS = ("resource creation cancelled", "resource deletion cancelled")
STANDING_STATUSES = frozenset(
    {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
)
REMAINS_STATUSES = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "REVIEW_IN_PROGRESS"})


@dataclass(frozen=True)
class ObservedStack:
    stack_id: str
    status: str
    reason: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)

    def belongs_to(self, environment_id: str) -> bool:
        return self.tags.get(ID_TAG) == environment_id


@dataclass(frozen=True)
class StackEvent:
    """One line of a stack's history."""

    resource: str
    resource_type: str
    status: str
    reason: str
    is_stack: bool = False


@dataclass(frozen=True)
class Submit:
    reason: str


@dataclass(frozen=True)
class Remove:
    """Delete the stack: its remains before it is created again, or the whole of it.

    `retain` are resources that it is stuck at and that a person said may be left behind.
    """

    reason: str
    retain: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContinueRollback:
    """Have the stack go on going back, without the resources in `skip`, which stay as they are."""

    reason: str
    skip: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wait:
    reason: str


@dataclass(frozen=True)
class Stands:
    reason: str


@dataclass(frozen=True)
class Gone:
    reason: str


@dataclass(frozen=True)
class Failed:
    failure: Failure

    @property
    def reason(self) -> str:
        return self.failure.reason


@dataclass(frozen=True)
class Update:
    reason: str


DeployMove = Submit | Update | ContinueRollback | Remove | Wait | Stands | Failed
RemoveMove = Remove | Wait | Gone | Failed


def first_failure(stack: str, events: Sequence[StackEvent], verb: str) -> Failure | None:
    """The first failed resource with its own reason; `events` run from oldest to newest.

    Resources that were only cancelled because another failed are no cause of anything.
    """
    failed = [event for event in events if event.status == f"{verb}_FAILED" and not event.is_stack]
    own = [event for event in failed if not event.reason.lower().startswith(CANCELLED_REASONS)]
    if not own:
        return None
    return Failure(stack, own[0].resource, own[0].resource_type, own[0].reason)


def foreign(stack: str, observed: ObservedStack) -> Failure:
    return Failure(stack, "", "", f"the stack name is held by {observed.stack_id}, which is not ours")


def decide_deploy(  # noqa: PLR0911  (a decision table, row by row)
    state: NodeState,
    environment_id: str,
    observed: ObservedStack | None,
    failed: Failure | None,
    skip: tuple[str, ...] = (),
) -> DeployMove:
    """What to do next so that the stack comes to stand; all it needs stands already.

    `skip` are the resources that a person said may be passed over if the stack is stuck at them.
    """
    if observed is None:
        return Submit("it is not there and all it needs stands")
    if not observed.belongs_to(environment_id):
        return Failed(foreign(state.name, observed))
    if observed.status in STANDING_STATUSES:
        return Stands(f"the stack is {observed.status}")
    if observed.status == "UPDATE_ROLLBACK_FAILED":
        return _go_back(state, observed, failed, skip)
    ours = state.submitted_attempt == state.attempt
    if ours and failed is not None:
        return Failed(failed)
    if observed.status == "DELETE_FAILED" and (skip or state.removed_attempt == state.attempt):
        return _remove_again(state, observed, failed, skip)
    if observed.status in REMAINS_STATUSES or observed.status == "DELETE_FAILED":
        if ours:
            return Failed(_whole_stack(state.name, observed))
        return Remove(f"its remains are {observed.status} and must go before it is created again")
    return Wait(f"the stack is {observed.status}")


def decide_update(  # noqa: PLR0911  (a decision table, row by row)
    state: NodeState,
    environment_id: str,
    observed: ObservedStack | None,
    failed: Failure | None,
    skip: tuple[str, ...] = (),
    *,
    attempt: int,
    differs: bool,
) -> DeployMove:
    """What to do next so that a standing stack becomes what is declared; all it needs is up to date."""
    if observed is None or not observed.belongs_to(environment_id):
        return decide_deploy(state, environment_id, observed, failed)
    if observed.status == "UPDATE_ROLLBACK_FAILED":
        return _go_back(state, observed, failed, skip)
    ours = state.submitted_attempt == attempt
    if ours and observed.status.startswith("UPDATE_ROLLBACK"):
        return Failed(failed or _whole_stack(state.name, observed))
    if ours and failed is not None:
        return Failed(failed)
    if observed.status in STANDING_STATUSES:
        if ours or not differs:
            return Stands(f"the stack is {observed.status}, as declared")
        return Update(f"it is {observed.status}, and other than declared")
    if observed.status in REMAINS_STATUSES or observed.status == "DELETE_FAILED":
        return decide_deploy(state, environment_id, observed, failed, skip)
    return Wait(f"the stack is {observed.status}")


def decide_remove(
    state: NodeState,
    environment_id: str,
    observed: ObservedStack | None,
    failed: Failure | None,
    skip: tuple[str, ...] = (),
) -> RemoveMove:
    """What to do next so that the stack goes; all that need it are gone already."""
    if observed is None:
        return Gone("there is no such stack")
    if not observed.belongs_to(environment_id):
        return Gone(f"the name is held by {observed.stack_id}, which is not ours")
    if observed.status == "DELETE_FAILED" and (skip or state.removed_attempt == state.attempt):
        return _remove_again(state, observed, failed, skip)
    if observed.status.endswith("_IN_PROGRESS") and observed.status not in {
        "CREATE_IN_PROGRESS",
        "REVIEW_IN_PROGRESS",
    }:
        return Wait(f"the stack is {observed.status}")
    return Remove(f"nothing needs it any more; it is {observed.status}")


def _go_back(
    state: NodeState, observed: ObservedStack, failed: Failure | None, skip: tuple[str, ...]
) -> ContinueRollback | Failed:
    """Once in each attempt: what kept it from going back may be mended by now, or passed over."""
    if state.rescued_attempt == state.attempt:
        return Failed(failed or _whole_stack(state.name, observed))
    return ContinueRollback(f"it is {observed.status}, and goes on going back{_without(skip)}", skip)


def _remove_again(
    state: NodeState, observed: ObservedStack, failed: Failure | None, skip: tuple[str, ...]
) -> Remove | Failed:
    if skip and state.rescued_attempt != state.attempt:
        return Remove(f"it is {observed.status}, and goes{_without(skip)}", skip)
    return Failed(failed or _whole_stack(state.name, observed))


def _without(skip: tuple[str, ...]) -> str:
    return f" without {', '.join(skip)}, as somebody asked" if skip else ""


def _whole_stack(stack: str, observed: ObservedStack) -> Failure:
    return Failure(stack, "", "AWS::CloudFormation::Stack", observed.reason or observed.status)


@dataclass(frozen=True)
class ObservedTask:
    """A one-off task: still there or stopped, and how it ended."""

    task_arn: str
    stopped: bool
    exit_codes: tuple[int | None, ...] = ()
    reason: str = ""

    @property
    def succeeded(self) -> bool:
        return self.stopped and bool(self.exit_codes) and all(code == 0 for code in self.exit_codes)


def done_for(stack_id: str, gateway_version: str) -> dict[str, str]:
    """What tells that a step was done: for which stack, and by which version's task."""
    return {"StackId": stack_id, "GatewayVersion": gateway_version}


def decide_task(state: NodeState, done: Mapping[str, str], observed: ObservedTask | None) -> DeployMove:
    """A step is done once per stack and version: what stood for these is not run again."""
    if state.status is NodeStatus.STANDING and {**done, **state.outputs} == dict(done):
        return Stands("it was done before, for this stack and version")
    if observed is None:
        return Submit("all that it needs stands")
    if not observed.stopped:
        return Wait("the task runs")
    if observed.succeeded:
        return Stands("the task ended with 0")
    if state.submitted_attempt == state.attempt:
        codes = ", ".join("none" if code is None else str(code) for code in observed.exit_codes)
        reason = observed.reason or f"the task ended with {codes}"
        return Failed(Failure(state.name, observed.task_arn, "AWS::ECS::Task", reason))
    return Submit("the task of an earlier attempt failed")
