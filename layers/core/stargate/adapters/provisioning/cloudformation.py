"""CloudFormation, in the region of each stack, acting through Stargate's service role."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, listed_tags, message_of, tags_of
from stargate.domain.provisioning.moves import ObservedStack, StackEvent
from stargate.errors import StackExistsError, StackRefusedError, StackUnchangedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REFUSALS = frozenset(
    {"ValidationError", "AccessDenied", "AccessDeniedException", "InsufficientCapabilitiesException"}
    | {"LimitExceededException", "InsufficientCapabilities", "LimitExceeded"}
)
GONE = "DELETE_COMPLETE"
PUBLISHED = "https://"  # begins an address, and no template
BEGINNINGS = frozenset({"CREATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_IN_PROGRESS"})


@dataclass(frozen=True)
class CloudFormationStacks:
    service_role_arn: str = ""  # only those who create and delete need it

    def describe(self, region: str, stack_name: str) -> ObservedStack | None:
        try:
            answer = client("cloudformation", region).describe_stacks(StackName=stack_name)
        except ClientError as error:
            if code_of(error) == "ValidationError" and "does not exist" in message_of(error):
                return None
            raise
        stack = answer["Stacks"][0]
        if stack["StackStatus"] == GONE:
            return None
        return ObservedStack(
            stack_id=stack["StackId"],
            status=stack["StackStatus"],
            reason=stack.get("StackStatusReason", ""),
            tags=tags_of(stack.get("Tags", [])),
            outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
            parameters={one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])},
        )

    def names(self, region: str) -> frozenset[str]:
        """A hundred in a call; those that are gone are listed for ninety days, and left out."""
        cloudformation = client("cloudformation", region)
        known = cloudformation.meta.service_model.shape_for("StackStatus").enum
        pages = cloudformation.get_paginator("list_stacks").paginate(
            StackStatusFilter=[status for status in known if status != GONE]
        )
        return frozenset(one["StackName"] for page in pages for one in page["StackSummaries"])

    def resources(self, region: str, stack_id: str) -> dict[str, str]:
        pages = client("cloudformation", region).get_paginator("list_stack_resources")
        return {
            one["LogicalResourceId"]: one["PhysicalResourceId"]
            for page in pages.paginate(StackName=stack_id)
            for one in page["StackResourceSummaries"]
            if one.get("PhysicalResourceId")
        }

    def events(self, region: str, stack_id: str) -> list[StackEvent]:
        """From oldest to newest, back to where the latest operation on the stack began."""
        found: list[StackEvent] = []
        pages = client("cloudformation", region).get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=stack_id):
            for event in page["StackEvents"]:
                found.append(_event(event))
                if found[-1].is_stack and found[-1].status in BEGINNINGS:
                    return found[::-1]
        return found[::-1]

    def create(
        self,
        region: str,
        stack_name: str,
        template: str,
        parameters: Mapping[str, str],
        tags: Mapping[str, str],
        request_token: str,
    ) -> str:
        source = "TemplateURL" if template.startswith(PUBLISHED) else "TemplateBody"
        try:
            with refusals():
                answer = client("cloudformation", region).create_stack(
                    StackName=stack_name,
                    **{source: template},
                    Parameters=listed(parameters),
                    Tags=listed_tags(tags),
                    RoleARN=self.service_role_arn,
                    Capabilities=["CAPABILITY_NAMED_IAM"],
                    OnFailure="ROLLBACK",
                    ClientRequestToken=request_token,
                )
        except ClientError as error:
            if code_of(error) == "AlreadyExistsException":
                raise StackExistsError(stack_name) from error
            raise
        return str(answer["StackId"])

    def update(
        self,
        region: str,
        stack_name: str,
        template_url: str,
        parameters: Mapping[str, str],
        request_token: str,
    ) -> None:
        try:
            with refusals():
                client("cloudformation", region).update_stack(
                    StackName=stack_name,
                    TemplateURL=template_url,
                    Parameters=listed(parameters),
                    RoleARN=self.service_role_arn,
                    Capabilities=["CAPABILITY_NAMED_IAM"],
                    ClientRequestToken=request_token,
                )
        except StackRefusedError as refused:
            if "No updates are to be performed" in str(refused):
                raise StackUnchangedError(stack_name) from refused
            raise

    def delete(self, region: str, stack_id: str, request_token: str, retain: Sequence[str] = ()) -> None:
        with refusals():
            client("cloudformation", region).delete_stack(
                StackName=stack_id,
                RoleARN=self.service_role_arn,
                ClientRequestToken=request_token,
                **({"RetainResources": list(retain)} if retain else {}),
            )

    def continue_rollback(self, region: str, stack_id: str, request_token: str, skip: Sequence[str]) -> None:
        with refusals():
            client("cloudformation", region).continue_update_rollback(
                StackName=stack_id,
                RoleARN=self.service_role_arn,
                ClientRequestToken=request_token,
                # An empty list would be sent as one empty name.
                **({"ResourcesToSkip": list(skip)} if skip else {}),
            )


@contextmanager
def refusals() -> Iterator[None]:
    """What CloudFormation refuses to begin is StackRefusedError, with its words."""
    try:
        yield
    except ClientError as error:
        if code_of(error) in REFUSALS:
            raise StackRefusedError(message_of(error)) from error
        raise


def listed(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]


def _event(event: dict[str, Any]) -> StackEvent:
    return StackEvent(
        resource=event["LogicalResourceId"],
        resource_type=event.get("ResourceType", ""),
        status=event.get("ResourceStatus", ""),
        reason=event.get("ResourceStatusReason", ""),
        is_stack=event.get("PhysicalResourceId") == event["StackId"],
    )
