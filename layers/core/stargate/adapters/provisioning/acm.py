"""Certificates, where CloudFront looks for them."""

from __future__ import annotations

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.gateway.graph import GLOBAL_REGION
from stargate.domain.provisioning.certificates import Certificate


def certificate(arn: str) -> Certificate | None:
    try:
        found = client("acm", GLOBAL_REGION).describe_certificate(CertificateArn=arn)["Certificate"]
    except ClientError as error:
        if code_of(error) == "ResourceNotFoundException":
            return None
        raise
    names = (found["DomainName"], *found.get("SubjectAlternativeNames", []))
    return Certificate(found["Status"], tuple(dict.fromkeys(names)))
