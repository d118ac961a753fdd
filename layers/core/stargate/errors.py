"""Every error by name. The workflows match these names, so renaming one is a change of interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.faults import Fault


class StargateError(Exception):
    """Whatever Stargate refuses or cannot do, with a reason a person can read."""


class SettingsError(StargateError):
    """A function was deployed without settings it needs."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"settings missing from the environment: {', '.join(missing)}")
        self.missing = tuple(missing)


# What the API answers.


class InvalidRequestError(StargateError):
    """The request is refused; every fault found in it is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.fault}" for fault in faults))
        self.faults = tuple(faults)


class MalformedDocumentError(StargateError):
    """The body is no JSON document."""


class EnvironmentNotFoundError(StargateError):
    """There is no environment of that name or id."""


class NameTakenError(StargateError):
    """A living environment has the name, and another specification."""


class EnvironmentBusyError(StargateError):
    """The environment is in a state that does not allow what was asked."""


class PlanFailedError(StargateError):
    """No plan could be made, for a reason that is not the request's."""


class ExplanationFailedError(StargateError):
    """Nobody could tell what an event would lead to, for a reason that is not the request's."""


class RedriveFailedError(StargateError):
    """Dead letters could not be shown or brought back, for a reason that is not the request's."""


class PlaybookNotFoundError(StargateError):
    """The environment has no such version of its playbook."""


class PlaybookOutdatedError(StargateError):
    """Another version is in force than the one that the change was made from."""


class ApprovalNotFoundError(StargateError):
    """There is no approval of that id, or no link of that kind."""


class ApprovalOverError(StargateError):
    """It was answered before, or its time is over, or nothing waits for the answer any more."""


class ActionAskedError(StargateError):
    """The same action on the same subject is asked for already."""


class RequestFailedError(StargateError):
    """Nobody could decide on what was asked for, for a reason that is not the request's."""


class IncidentNotFoundError(StargateError):
    """The environment has no incident of that id."""


class NotApproverError(StargateError):
    """This person may not answer it."""


class PlanOutdatedError(StargateError):
    """The plan that the request carries was made of another world than this."""


class EnvironmentProtectedError(StargateError):
    """The environment is protected from deletion."""


class IdempotencyKeyReusedError(StargateError):
    """The same idempotency key came with another body."""


class RequestInProgressError(StargateError):
    """The first request with this idempotency key has not been answered yet."""


class HookNotFoundError(StargateError):
    """There is no hook of that id."""


class DeliveryRefusedError(StargateError):
    """What came to a hook did not show its secret."""


# What crosses into the workflows.


class StackFailedError(StargateError):
    """A stack could not be created or removed."""


class StepFailedError(StargateError):
    """A step between the stacks failed."""


class SupersededError(StargateError):
    """The call belongs to an attempt that is no longer the environment's current one."""


class PreflightError(StargateError):
    """The environment could not be created here, for every reason that the message lists."""


class CommonNotReadyError(StargateError):
    """What environments have in common does not all stand yet."""


class CommonNotGoneError(StargateError):
    """What the last environment shared with others is not gone yet."""


class CommonFailedError(StargateError):
    """What environments have in common could not be made or removed."""


class GatewayNotWellError(StargateError):
    """All stacks stand, but a measured check of the gateway does not hold yet."""


class NotAsleepYetError(StargateError):
    """Something of a gateway that is put to sleep still runs."""


class NotAwakeYetError(StargateError):
    """Something of a gateway that wakes does not run yet."""


class DriftNotExaminedYetError(StargateError):
    """CloudFormation has not looked at every stack yet."""


class LeftoversError(StargateError):
    """Something of a removed environment is still there."""


class ActionNotFoundError(StargateError):
    """The environment has no action of that id."""


class ActionRefusedError(StargateError):
    """AWS refused the action, and would refuse it again."""


# What adapters raise, in our words.


class AwsThrottledError(StargateError):
    """AWS asks us to slow down, or has trouble of its own, to the last of the client's own retries."""


class AwsDeniedError(StargateError):
    """Our role may not do this: the template's policies are wrong, or somebody changed them."""


class DrillNotFoundError(StargateError):
    """The environment has no drill of that id."""


class DrillRefusedError(StargateError):
    """A drill cannot begin now, for every reason that is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{one.path}: {one.fault}, asked {one.allowed}" for one in faults))
        self.faults = tuple(faults)


class DrillWaitsError(StargateError):
    """What a drill must not begin beside is soon over: ask again."""


class DrillNotSteadyError(StargateError):
    """The gateway was not well before the drill, so nothing was broken."""


class DrillInterruptedError(StargateError):
    """A drill lost its watch on the way, or found nothing to break."""


class DrillStoppedError(StargateError):
    """A stop condition holds: what was broken is put back, and nothing is proven."""


class NotRestoredYetError(StargateError):
    """A restore that is rehearsed is under way: ask again."""


class NotPutBackYetError(StargateError):
    """What a drill made is being taken down: ask again."""


class DrillOverError(StargateError):
    """There is nothing to stop any more."""


class ConflictError(StargateError):
    """Somebody else changed the row first."""


class AlreadyRecordedError(StargateError):
    """An entry of the change is in the ledger already: the same event came before."""


class UnreadableRowError(StargateError):
    """A row is not as any version of ours writes it; it names the row, for a person to repair."""


class StackExistsError(StargateError):
    """CloudFormation has a stack of that name already."""


class AccountUnaskableError(StargateError):
    """What concerns the whole account may not be asked from this one; the words are AWS's."""


class StackRefusedError(StargateError):
    """CloudFormation refused to take the request."""


class StackUnchangedError(StargateError):
    """CloudFormation finds nothing in the request that the stack is not already."""


class TaskRefusedError(StargateError):
    """ECS refused to start the task."""


class ManifestNotFoundError(StargateError):
    """The published gateway has no manifest of that version."""
