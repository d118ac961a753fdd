"""Application inference profiles: a copy of a model's profile that is somebody's own to meter and to tag."""

from __future__ import annotations

import uuid
from typing import Any

from ministack.core.responses import now_iso
from ministack.services import bedrock

Properties = dict[str, Any]


def create_profile(_logical_id: str, properties: Properties, _stack_name: str) -> tuple[str, dict[str, Any]]:
    name = uuid.uuid4().hex[:12]
    arn = bedrock._inference_profile_arn(name, application=True)
    bedrock._inference_profiles_apps[name] = {
        "InferenceProfileName": properties["InferenceProfileName"],
        "InferenceProfileId": name,
        "InferenceProfileArn": arn,
        "Models": [{"ModelArn": properties["ModelSource"]["CopyFrom"]}],
        "Status": "ACTIVE",
        "Type": "APPLICATION",
        "Description": properties.get("Description", ""),
        "CreatedAt": now_iso(),
        "UpdatedAt": now_iso(),
    }
    bedrock._tags[arn] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    attributes = {
        "InferenceProfileArn": arn,
        "InferenceProfileId": name,
        "InferenceProfileIdentifier": arn,
        "Status": "ACTIVE",
        "Type": "APPLICATION",
    }
    return arn, attributes


def delete_profile(arn: str, _properties: Properties) -> None:
    bedrock._inference_profiles_apps.pop(arn.rsplit("/", 1)[-1], None)
    bedrock._tags.pop(arn, None)


HANDLERS = {"AWS::Bedrock::ApplicationInferenceProfile": {"create": create_profile, "delete": delete_profile}}
TAGGED = ("AWS::Bedrock::ApplicationInferenceProfile",)
