"""What is measured of a service before something is decided on it. Gathered only if a rule asks for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScalingFacts:
    """The service's scalable target. `failure`: why its newest activity failed, if that was asked for."""

    minimum: int
    maximum: int
    suspended: bool = False
    failure: str | None = None

    @property
    def bounds(self) -> dict[str, int]:
        return {"minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True)
class Deployment:
    """`rollout` is IN_PROGRESS, COMPLETED or FAILED, `status` PRIMARY, ACTIVE or INACTIVE."""

    deployment_id: str
    status: str
    rollout: str
    task_definition: str
    created_at: float


@dataclass(frozen=True)
class ServiceFacts:
    desired: int
    running: int
    deployments: tuple[Deployment, ...] = ()

    @property
    def rolling_out(self) -> Deployment | None:
        found = (one for one in self.deployments if one.status == "PRIMARY" and one.rollout == "IN_PROGRESS")
        return next(found, None)

    @property
    def steady(self) -> bool:
        return self.running == self.desired and len(self.deployments) == 1 and self.rolling_out is None


@dataclass(frozen=True)
class Minute:
    """One finished minute of a service as its metrics have it; None is a metric that did not come.

    `cpu` in percent, averaged over tasks; `tasks` that took requests; `response_seconds` on average.
    """

    at: float
    cpu: float | None = None
    tasks: float | None = None
    requests: float | None = None
    response_seconds: float | None = None


@dataclass(frozen=True)
class AlarmState:
    """`at`: when it turned to this value, as the alarm's own event says it (state.timestamp)."""

    value: str
    at: float


@dataclass(frozen=True)
class Delivery:
    """How many messages reached somebody in the minute that began `at`."""

    at: float
    messages: float


@dataclass(frozen=True)
class Facts:
    """Each field bears the name by which it is asked for.

    `minutes` run from the oldest to the newest; `last_stop`: of a task that nobody stopped;
    `deliveries` are those to the people on call.
    """

    scaling: ScalingFacts | None = None
    service: ServiceFacts | None = None
    minutes: tuple[Minute, ...] = ()
    last_stop: float | None = None
    deliveries: tuple[Delivery, ...] = ()


UNKNOWN = Facts()  # of a subject of which nothing was asked
