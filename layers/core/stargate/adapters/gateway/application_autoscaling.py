"""The scalable targets of ECS services: their bounds, and what became of the last change of size."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named, refused
from stargate.domain.operating.facts import ScalingFacts

if TYPE_CHECKING:
    from mypy_boto3_application_autoscaling.type_defs import ScalableTargetTypeDef

    from stargate.domain.scaling.outer_loop import Bounds

DIMENSION = "ecs:service:DesiredCount"
GIVEN_BACK = "stargate-give-back"  # one name: each call takes the place of the one before
FAILED = frozenset({"Failed", "Unfulfilled"})


def scalable_target(region: str, cluster: str, service: str) -> ScalableTargetTypeDef | None:
    """As Application Auto Scaling has it, or None where the service has none."""
    with named("DescribeScalableTargets"):
        answer = client("application-autoscaling", region).describe_scalable_targets(
            ServiceNamespace="ecs",
            ResourceIds=[resource_id(cluster, service)],
            ScalableDimension=DIMENSION,
        )
    return next(iter(answer["ScalableTargets"]), None)


class EcsScaling:
    def describe(self, region: str, cluster: str, service: str) -> ScalingFacts | None:
        target = scalable_target(region, cluster, service)
        if target is None:
            return None
        return ScalingFacts(target["MinCapacity"], target["MaxCapacity"], _suspended(target))

    def last_failure(self, region: str, cluster: str, service: str) -> str | None:
        with named("DescribeScalingActivities"):
            answer = client("application-autoscaling", region).describe_scaling_activities(
                ServiceNamespace="ecs",
                ResourceId=resource_id(cluster, service),
                ScalableDimension=DIMENSION,
                MaxResults=1,  # they come from the newest to the oldest
            )
        newest: dict[str, Any] = next(iter(answer["ScalingActivities"]), {})
        if newest.get("StatusCode") not in FAILED:
            return None
        return str(newest.get("StatusMessage") or newest.get("Cause") or newest["StatusCode"])

    def set_bounds(self, region: str, cluster: str, service: str, minimum: int, maximum: int) -> None:
        with refused("RegisterScalableTarget"):
            client("application-autoscaling", region).register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=resource_id(cluster, service),
                ScalableDimension=DIMENSION,
                MinCapacity=minimum,
                MaxCapacity=maximum,
            )

    def set_bounds_at(self, region: str, cluster: str, service: str, bounds: Bounds, at: float) -> None:
        moment = datetime.fromtimestamp(at, UTC)
        with refused("PutScheduledAction"):
            client("application-autoscaling", region).put_scheduled_action(
                ServiceNamespace="ecs",
                ResourceId=resource_id(cluster, service),
                ScalableDimension=DIMENSION,
                ScheduledActionName=GIVEN_BACK,
                Schedule=f"at({moment:%Y-%m-%dT%H:%M:%S})",
                ScalableTargetAction={"MinCapacity": bounds.minimum, "MaxCapacity": bounds.maximum},
            )


def resource_id(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"


def _suspended(target: ScalableTargetTypeDef) -> bool:
    """Whether it would not scale out by itself. It may still scale in: that is none of our concern."""
    return bool(target.get("SuspendedState", {}).get("DynamicScalingOutSuspended"))
