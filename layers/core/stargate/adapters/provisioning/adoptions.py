"""Secrets restored, and imported by a stack: a change set that is executed as soon as it is made."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError, WaiterError

from stargate.adapters.aws import client, code_of, listed_tags
from stargate.adapters.provisioning.cloudformation import listed, refusals
from stargate.domain.gateway.declared import SECRET
from stargate.errors import StackRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.provisioning.returning import AccountSecret

PATIENCE = {"Delay": 1, "MaxAttempts": 20}


@dataclass(frozen=True)
class CloudFormationAdoptions:
    service_role_arn: str

    def take_back(self, region: str, secret: AccountSecret, tags: Mapping[str, str]) -> None:
        manager = client("secretsmanager", region)
        if secret.is_going:
            with _done_before("InvalidRequestException"):
                manager.restore_secret(SecretId=secret.arn)
        manager.tag_resource(SecretId=secret.arn, Tags=listed_tags(tags))

    def adopt(
        self,
        region: str,
        stack_name: str,
        template: str,
        parameters: Mapping[str, str],
        secrets: Mapping[str, str],
        request_token: str,
    ) -> None:
        cloudformation = client("cloudformation", region)
        place = {"StackName": stack_name, "ChangeSetName": request_token}
        with refusals(), _done_before("AlreadyExistsException"):
            cloudformation.create_change_set(
                **place,
                ChangeSetType="IMPORT",
                TemplateBody=template,
                Parameters=listed(parameters),
                ResourcesToImport=[_imported(name, arn) for name, arn in secrets.items()],
                RoleARN=self.service_role_arn,
            )
        try:
            cloudformation.get_waiter("change_set_create_complete").wait(**place, WaiterConfig=PATIENCE)
        except WaiterError as error:
            raise StackRefusedError(str(error.last_response.get("StatusReason", error))) from error
        with refusals(), _done_before("InvalidChangeSetStatus"):
            cloudformation.execute_change_set(**place, ClientRequestToken=request_token)


@contextmanager
def _done_before(code: str) -> Iterator[None]:
    """By this error AWS says that the same call came before."""
    try:
        yield
    except ClientError as error:
        if code_of(error) != code:
            raise


def _imported(logical_id: str, arn: str) -> dict[str, object]:
    """By the type's primary identifier, which is the ARN (AWS::SecretsManager::Secret, resource schema)."""
    return {"LogicalResourceId": logical_id, "ResourceType": SECRET, "ResourceIdentifier": {"Id": arn}}
