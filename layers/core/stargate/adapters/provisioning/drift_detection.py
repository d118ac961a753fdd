"""CloudFormation's drift detection, which reads each resource with the rights of whoever asks."""

from __future__ import annotations

from typing import Any

from stargate.adapters.aws import client
from stargate.adapters.provisioning.cloudformation import refusals
from stargate.adapters.refusals import named
from stargate.domain.life.drift.detection import Detected, ResourceDrift

RUNNING = "DETECTION_IN_PROGRESS"
DIFFERENT = ("MODIFIED", "DELETED")


class CloudFormationDrift:
    def begin(self, region: str, stack_name: str) -> str:
        with refusals(), named("DetectStackDrift"):
            answer = client("cloudformation", region).detect_stack_drift(StackName=stack_name)
        return str(answer["StackDriftDetectionId"])

    def outcome(self, region: str, detection: str) -> Detected | None:
        with named("DescribeStackDriftDetectionStatus"):
            answer = client("cloudformation", region).describe_stack_drift_detection_status(
                StackDriftDetectionId=detection
            )
        if answer["DetectionStatus"] == RUNNING:
            return None
        reason = answer.get("DetectionStatusReason", "")
        return Detected(answer["DetectionStatus"] == "DETECTION_COMPLETE", str(reason))

    def drifted(self, region: str, stack_name: str) -> list[ResourceDrift]:
        found: list[ResourceDrift] = []
        asked: dict[str, Any] = {"StackName": stack_name, "StackResourceDriftStatusFilters": list(DIFFERENT)}
        while True:
            with named("DescribeStackResourceDrifts"):
                answer = client("cloudformation", region).describe_stack_resource_drifts(**asked)
            found.extend(_drift(one) for one in answer["StackResourceDrifts"])
            if "NextToken" not in answer:
                return found
            asked["NextToken"] = answer["NextToken"]


def _drift(told: dict[str, Any]) -> ResourceDrift:
    properties = tuple(
        (one["PropertyPath"], one["ExpectedValue"], one["ActualValue"])
        for one in told.get("PropertyDifferences", ())
    )
    return ResourceDrift(
        told["LogicalResourceId"], told["ResourceType"], told["StackResourceDriftStatus"], properties
    )
