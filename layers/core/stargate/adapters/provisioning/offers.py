"""What can be ordered in a region: database classes of RDS, models of Bedrock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of, message_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENGINE, MAJOR_VERSION = "postgres", "16."
WANTED = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


class AwsOffers:
    def database_zones(self, region: str, instance_class: str, *, multi_az: bool) -> frozenset[str]:
        pages = client("rds", region).get_paginator("describe_orderable_db_instance_options")
        return frozenset(
            zone["Name"]
            for page in pages.paginate(Engine=ENGINE, DBInstanceClass=instance_class, Vpc=True)
            for option in page["OrderableDBInstanceOptions"]
            if option["EngineVersion"].startswith(MAJOR_VERSION)
            and (option.get("MultiAZCapable", False) or not multi_az)
            for zone in option["AvailabilityZones"]
        )

    def instance_zones(self, region: str, instance_type: str) -> frozenset[str]:
        pages = client("ec2", region).get_paginator("describe_instance_type_offerings")
        asked = [{"Name": "instance-type", "Values": [instance_type]}]
        found = pages.paginate(LocationType="availability-zone", Filters=asked)
        return frozenset(offer["Location"] for page in found for offer in page["InstanceTypeOfferings"])

    def has_use_form(self, region: str) -> bool:
        try:
            form = client("bedrock", region).get_use_case_for_model_access()
        except ClientError as error:
            if code_of(error) == "ResourceNotFoundException":
                return False
            raise
        return bool(form.get("formData"))

    def closed_models(self, region: str, models: Sequence[str]) -> dict[str, str]:
        said = {model: _closed(region, model) for model in models}
        return {model: words for model, words in said.items() if words}


def _closed(region: str, model: str) -> str:
    try:
        answer = client("bedrock", region).get_foundation_model_availability(modelId=model)
    except ClientError as error:
        if code_of(error) in {"ResourceNotFoundException", "ValidationException"}:
            return message_of(error)
        raise
    return ", ".join(_shortcomings(answer))


def _shortcomings(answer: Mapping[str, str | Mapping[str, str]]) -> list[str]:
    agreement = answer.get("agreementAvailability", {})
    status = agreement.get("status", "") if not isinstance(agreement, str) else agreement
    short = [] if status == "AVAILABLE" else [f"agreement {status}"]
    return short + [
        f"{name} {answer.get(name)}" for name, wanted in WANTED.items() if answer.get(name) != wanted
    ]
