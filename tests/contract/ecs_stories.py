"""A service on the in-process cloud, and what became of it: what tests of the local ECS begin with."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ministack.services import alb, ecs

from local.clock import Clock
from local.gateways import registry
from tests.contract.test_local_services import NETWORK, SERVICE, TASK

CLUSTER = "stargate-one"
DRAIN = 60
Document = dict[str, Any]


class Hands(Clock):
    """A clock that stands still until somebody moves it."""

    def __init__(self, at: float) -> None:
        super().__init__(1, at)
        self.at = at

    def now(self) -> float:
        return self.at

    def pass_seconds(self, seconds: float) -> None:
        self.at += seconds
        registry.catch_up()


def by_hand() -> Hands:
    """From now on time passes in the running clusters when the test says so."""
    hands = Hands(registry.now())
    registry.set_clock(hands)
    return hands


def resources(desired: int = 2, **more: Any) -> Document:
    """A network, a cluster, a target group that drains for a minute, and a service with so many tasks."""
    group = SERVICE["Group"]
    checks = {
        "HealthCheckIntervalSeconds": 8,
        "HealthyThresholdCount": 2,
        "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": str(DRAIN)}],
    }
    service = {
        **SERVICE["Service"]["Properties"],
        "DesiredCount": desired,
        "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
        **more,
    }
    sized = {**TASK["Properties"], "Cpu": "1024", "Memory": "2048"}
    return {
        **NETWORK,
        **SERVICE,
        "Task": {**TASK, "Properties": sized},
        "Group": {**group, "Properties": {**group["Properties"], **checks}},
        "Service": {**SERVICE["Service"], "Properties": service},
    }


def ask(action: str, **body: Any) -> Document:
    """The answer of the local ECS, brought up to date as its HTTP door brings it."""
    registry.catch_up()
    status, _, answer = ecs._ACTION_MAP[action](body)
    document: Document = json.loads(answer)
    assert status == 200, document
    return document


def refused(action: str, **body: Any) -> str:
    """The code of the error it answers with."""
    status, _, answer = ecs._ACTION_MAP[action](body)
    assert status == 400
    return json.loads(answer)["__type"]


def service() -> Document:
    [described] = ask("DescribeServices", cluster=CLUSTER, services=["app"])["services"]
    return described


def tasks(status: str = "RUNNING") -> list[Document]:
    arns = ask("ListTasks", cluster=CLUSTER, serviceName="app", desiredStatus=status)["taskArns"]
    return ask("DescribeTasks", cluster=CLUSTER, tasks=arns)["tasks"] if arns else []


def health(group: str) -> list[str]:
    """The state of each target, as DescribeTargetHealth tells it."""
    answer = alb._ACTION_MAP["DescribeTargetHealth"]({"TargetGroupArn": [group]})[2].decode()
    return sorted(part.split("</State>")[0] for part in answer.split("<State>")[1:])


def fleet():
    return registry.find(CLUSTER).fleet


async def until(holds, limit: float = 20) -> None:
    async with asyncio.timeout(limit):
        while not holds():  # noqa: ASYNC110 - MiniStack offers nothing to wait on
            await asyncio.sleep(0.001)


def steady() -> bool:
    registry.catch_up()
    return fleet().steady("app")
