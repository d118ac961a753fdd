"""What an update would change: a change set is made, read and deleted, and never executed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from stargate.adapters.aws import client, message_of
from stargate.domain.provisioning.planning import ResourceChange
from stargate.errors import StackRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

UNCHANGED = ("didn't contain changes", "No updates are to be performed")
PATIENCE = {"Delay": 1, "MaxAttempts": 20}


@dataclass(frozen=True)
class CloudFormationChangeSets:
    service_role_arn: str

    def preview(
        self, region: str, stack_name: str, template_url: str, parameters: Mapping[str, str]
    ) -> list[ResourceChange]:
        cloudformation = client("cloudformation", region)
        name = _name(template_url, parameters)
        place = {"StackName": stack_name, "ChangeSetName": name}
        try:
            cloudformation.create_change_set(
                **place,
                TemplateURL=template_url,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
                ],
                RoleARN=self.service_role_arn,
                Capabilities=["CAPABILITY_NAMED_IAM"],
                ChangeSetType="UPDATE",
            )
        except ClientError as error:
            if any(words in message_of(error) for words in UNCHANGED):
                return []
            raise StackRefusedError(message_of(error)) from error
        try:
            return _read(cloudformation, place)
        finally:
            cloudformation.delete_change_set(**place)


def _read(cloudformation: Any, place: dict[str, str]) -> list[ResourceChange]:
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**place, WaiterConfig=PATIENCE)
    except WaiterError as error:
        answer = error.last_response
        reason = str(answer.get("StatusReason", error))
        if any(words in reason for words in UNCHANGED):
            return []
        raise StackRefusedError(reason) from error
    changes: list[ResourceChange] = []
    more: dict[str, str] = {}
    while True:
        answer = cloudformation.describe_change_set(**place, **more)
        changes.extend(_change(one["ResourceChange"]) for one in answer["Changes"] if "ResourceChange" in one)
        if "NextToken" not in answer:
            return changes
        more = {"NextToken": answer["NextToken"]}


def _change(told: dict[str, Any]) -> ResourceChange:
    named = {detail.get("Target", {}).get("Name", "") for detail in told.get("Details", [])}
    return ResourceChange(
        told["LogicalResourceId"],
        told["ResourceType"],
        told["Action"],
        told.get("Replacement", ""),
        tuple(sorted(named - {""})),
    )


def _name(template_url: str, parameters: Mapping[str, str]) -> str:
    """The same question has the same change set."""
    told = json.dumps([template_url, dict(parameters)], sort_keys=True)
    return f"plan-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
