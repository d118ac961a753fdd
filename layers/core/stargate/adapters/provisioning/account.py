"""What concerns the whole account: tags for cost allocation, and who hears of alarms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.errors import AccountUnaskableError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class AwsAccount:
    operators_arn: str

    def unused_cost_tags(self, keys: Sequence[str]) -> list[str]:
        """Cost Explorer answers from one region; a member of an organization may not be allowed to ask."""
        try:
            answer = client("ce", GLOBAL_REGION).list_cost_allocation_tags(
                TagKeys=list(keys), Status="Active"
            )
        except ClientError as error:
            raise AccountUnaskableError(f"Cost Explorer answers {code_of(error)}") from error
        active = {tag["TagKey"] for tag in answer["CostAllocationTags"]}
        return [key for key in keys if key not in active]

    def listeners(self) -> int:
        told = client("sns").get_topic_attributes(TopicArn=self.operators_arn)["Attributes"]
        return int(told.get("SubscriptionsConfirmed", 0))
