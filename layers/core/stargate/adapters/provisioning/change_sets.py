"""What updates would change: change sets are made, read and deleted, and never executed."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from stargate.adapters.aws import client, code_of, message_of
from stargate.adapters.provisioning.cloudformation import listed
from stargate.domain.provisioning.planning import ResourceChange
from stargate.errors import StackRefusedError
from stargate.throttles import throttle_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.domain.provisioning.planning import ProposedUpdate

UNCHANGED = ("didn't contain changes", "No updates are to be performed")
PATIENCE = {"Delay": 1, "MaxAttempts": 20}
AT_ONCE = 8  # each takes CloudFormation some seconds, and a person waits for all of them


@dataclass(frozen=True)
class CloudFormationChangeSets:
    service_role_arn: str

    def previews(self, updates: Sequence[ProposedUpdate]) -> list[list[ResourceChange]]:
        for region in {one.region for one in updates}:
            client("cloudformation", region)  # made before threads ask for it: making one is not safe in them
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self._preview, updates))

    def _preview(self, update: ProposedUpdate) -> list[ResourceChange]:
        cloudformation = client("cloudformation", update.region)
        place = {"StackName": update.stack_name, "ChangeSetName": _name(update)}
        try:
            self._make(cloudformation, place, update)
        except ClientError as error:
            if any(words in message_of(error) for words in UNCHANGED):
                return []
            raise throttle_in(error) or StackRefusedError(message_of(error)) from error
        try:
            return _read(cloudformation, place)
        finally:
            cloudformation.delete_change_set(**place)

    def _make(self, cloudformation: Any, place: dict[str, str], update: ProposedUpdate) -> None:
        asked = {
            **place,
            "TemplateURL": update.template_url,
            "Parameters": listed(update.parameters),
            "RoleARN": self.service_role_arn,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "ChangeSetType": "UPDATE",
        }
        try:
            cloudformation.create_change_set(**asked)
        except ClientError as error:
            if code_of(error) != "AlreadyExistsException":
                raise
            # Of a plan that was cut off: it tells of the stack as it was.
            cloudformation.delete_change_set(**place)
            cloudformation.create_change_set(**asked)


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


def _name(update: ProposedUpdate) -> str:
    """The same question has the same change set."""
    told = json.dumps([update.template_url, dict(update.parameters)], sort_keys=True)
    return f"plan-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
