"""The IAM users of the local cloud: nobody works as root, the person least of all."""

import json
from dataclasses import dataclass
from typing import Any

import boto3

_ROOT = "test"  # MiniStack's root, for whom there is no IAM: used here and nowhere else
_ADMINISTRATOR = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


@dataclass(frozen=True)
class Person:
    access_key_id: str
    secret_access_key: str

    def environment(self, endpoint: str, region: str) -> dict[str, str]:
        """The variables by which AWS tools act as this user at the local cloud."""
        return {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
        }


def add(endpoint: str, name: str, policy: dict[str, Any] | None = None) -> Person:
    """Make an IAM user with an access key and this policy; without one, an administrator."""
    iam = boto3.client(
        "iam",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=_ROOT,
        aws_secret_access_key=_ROOT,
    )
    iam.create_user(UserName=name)
    document = json.dumps(_ADMINISTRATOR if policy is None else policy)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Person(key["AccessKeyId"], key["SecretAccessKey"])
