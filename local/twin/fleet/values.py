"""What a fleet is told and what it tells: sizes, rules, stops, tasks, happenings.

Moments are simulated, in seconds since 1970. All of it is frozen: who holds a `Task` holds how it was then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The states of a Fargate task, in their order. Source: ECS Developer Guide, "Task lifecycle"."""

    PROVISIONING = "PROVISIONING"  # its network interface is made
    PENDING = "PENDING"  # it waits for its host
    ACTIVATING = "ACTIVATING"  # its image is pulled, its container starts, its address is registered
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"  # the balancer drains it: old requests end, new ones go elsewhere
    STOPPING = "STOPPING"  # its container was told to end
    DEPROVISIONING = "DEPROVISIONING"  # its network interface is taken down
    STOPPED = "STOPPED"


class Rollout(StrEnum):
    """How far a deployment is. Source: ECS API Reference, Deployment, rolloutState."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class TaskSize:
    cpu_units: int  # 1024 are one vCPU
    memory_mb: int


@dataclass(frozen=True)
class DeploymentRules:
    """How tasks of a service are replaced and when they count. Defaults are ECS's own, but for the drain."""

    min_percent: int = 100
    max_percent: int = 200
    breaker: bool = True  # the circuit breaker
    rolls_back: bool = True  # when the circuit breaker trips
    drain_seconds: float = 60.0  # the deregistration delay; 0 for a service without a balancer
    healthy_seconds: float = 0.0  # from RUNNING until the balancer trusts it: boot and health checks


@dataclass(frozen=True)
class Stop:
    """Why a task stopped. `code` as in Task.stopCode of the ECS API."""

    code: str
    reason: str
    exit_code: int | None = None


@dataclass(frozen=True)
class Task:
    task_id: str
    service: str
    zone: str
    deployment_id: str
    status: Status
    created_at: float
    status_at: float  # since when it has this status
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    started_at: float | None = None  # since when its container runs
    healthy_at: float | None = None  # since when it takes requests
    stopping_at: float | None = None  # since when it is meant to stop
    ended_at: float | None = None  # when its container ended
    stop: Stop | None = None
    version: int = 1  # grows with each change of status


@dataclass(frozen=True)
class Deployment:
    deployment_id: str
    service: str
    state: Rollout
    reason: str
    created_at: float
    updated_at: float
    primary: bool = True
    crashing: bool = False
    failed_tasks: int = 0  # in a row


@dataclass(frozen=True)
class TaskChanged:
    """A task has another status, or has become healthy (then its version is the same)."""

    task: Task
    at: float


@dataclass(frozen=True)
class ServiceActed:
    """`name` as in detail.eventName of the event `ECS Service Action`, e.g. SERVICE_STEADY_STATE."""

    service: str
    name: str
    at: float
    reason: str = ""


@dataclass(frozen=True)
class DeploymentChanged:
    service: str
    deployment: Deployment
    state: Rollout
    at: float
    reason: str


Happening = TaskChanged | ServiceActed | DeploymentChanged
