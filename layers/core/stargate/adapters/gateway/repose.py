"""What is stilled of a gateway that goes to sleep, and set going again when it wakes."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from stargate.adapters.aws import client
from stargate.adapters.gateway import rds
from stargate.adapters.gateway.application_autoscaling import DIMENSION, resource_id, scalable_target
from stargate.adapters.gateway.ecs import EcsServices
from stargate.adapters.refusals import named
from stargate.domain.life.rest import SUSPENSIONS, Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stargate.domain.operating.facts import ServiceFacts

AT_ONCE = 100  # names that CloudWatch takes in one call


class AwsRepose:
    def service(self, region: str, cluster: str, service: str) -> ServiceFacts | None:
        return EcsServices().describe(region, cluster, service)

    def size(self, region: str, cluster: str, service: str, tasks: int) -> None:
        with named("UpdateService"):
            client("ecs", region).update_service(cluster=cluster, service=service, desiredCount=tasks)

    def target(self, region: str, cluster: str, service: str) -> Target | None:
        found = scalable_target(region, cluster, service)
        if found is None:
            return None
        state = found.get("SuspendedState", {})
        suspended = tuple(name for name in SUSPENSIONS if state.get(name))
        return Target(found["MinCapacity"], found["MaxCapacity"], suspended)

    def set_target(self, region: str, cluster: str, service: str, target: Target) -> None:
        with named("RegisterScalableTarget"):
            client("application-autoscaling", region).register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=resource_id(cluster, service),
                ScalableDimension=DIMENSION,
                MinCapacity=target.minimum,
                MaxCapacity=target.maximum,
                SuspendedState={name: name in target.suspended for name in SUSPENSIONS},
            )

    def sounding(self, regions: Sequence[str], prefix: str) -> tuple[str, ...]:
        return tuple(name for region in regions for name in _sounding(region, prefix))

    def mute(self, regions: Sequence[str], names: Sequence[str]) -> None:
        """Each region is given all names: the API knows no error for one that it has not."""
        for region, some in product(regions, _at_once(names)):
            with named("DisableAlarmActions"):
                client("cloudwatch", region).disable_alarm_actions(AlarmNames=some)

    def unmute(self, regions: Sequence[str], names: Sequence[str]) -> None:
        for region, some in product(regions, _at_once(names)):
            with named("EnableAlarmActions"):
                client("cloudwatch", region).enable_alarm_actions(AlarmNames=some)

    def database(self, region: str, identifier: str) -> str:
        with named("DescribeDBInstances"):
            return rds.database(region, identifier)[0]

    def stop_database(self, region: str, identifier: str) -> None:
        with named("StopDBInstance"):
            client("rds", region).stop_db_instance(DBInstanceIdentifier=identifier)

    def start_database(self, region: str, identifier: str) -> None:
        with named("StartDBInstance"):
            client("rds", region).start_db_instance(DBInstanceIdentifier=identifier)


def _sounding(region: str, prefix: str) -> Iterator[str]:
    pages = client("cloudwatch", region).get_paginator("describe_alarms")
    with named("DescribeAlarms"):
        for page in pages.paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"]):
            yield from (alarm["AlarmName"] for alarm in page["MetricAlarms"] if alarm["ActionsEnabled"])


def _at_once(names: Sequence[str]) -> list[list[str]]:
    return [list(names[first : first + AT_ONCE]) for first in range(0, len(names), AT_ONCE)]
