"""ECS services as Fargate runs them, as a pure model on a clock that is given."""

from local.twin.fleet.fleet import Fleet
from local.twin.fleet.timing import AT_ONCE, FARGATE, Timing
from local.twin.fleet.values import (
    Deployment,
    DeploymentChanged,
    DeploymentRules,
    Happening,
    Rollout,
    ServiceActed,
    Status,
    Stop,
    Task,
    TaskChanged,
    TaskSize,
)

__all__ = [
    "AT_ONCE",
    "FARGATE",
    "Deployment",
    "DeploymentChanged",
    "DeploymentRules",
    "Fleet",
    "Happening",
    "Rollout",
    "ServiceActed",
    "Status",
    "Stop",
    "Task",
    "TaskChanged",
    "TaskSize",
    "Timing",
]
