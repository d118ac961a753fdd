"""What is measured of a service before something is decided on it. Gathered only if a rule asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


ASLEEP, FALLING_ASLEEP = "ASLEEP", "falling asleep"


@dataclass(frozen=True)
class ScalingFacts:
    """The service's scalable target. `failure`: why its newest activity failed, if that was asked for.

    `steered`: its bounds are those that the outer loop wants.
    """

    minimum: int
    maximum: int
    suspended: bool = False
    failure: str | None = None
    steered: bool = False

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
class Task:
    """A running task of a service; `address` is its private one."""

    task_id: str
    address: str
    started_at: float


@dataclass(frozen=True)
class Keys:
    """What became of a virtual key that the observer made: it was shown to each of LiteLLM's tasks.

    `refusing` are addresses of tasks, of so many `tasks`; `reason` is empty where all of them serve it.
    """

    reason: str
    refusing: tuple[str, ...] = ()
    tasks: int = 0

    @property
    def all_refuse(self) -> bool:
        return len(self.refusing) >= self.tasks


@dataclass(frozen=True)
class DatabaseServer:
    """`zone` and `standby_zone` are names; `pending_class` is one that it is about to get."""

    status: str
    instance_class: str
    multi_az: bool
    zone: str
    standby_zone: str = ""
    pending_class: str = ""


@dataclass(frozen=True)
class Zones:
    """`zones`: id to name, of all that the services' subnets are in; `away`: ids the balancer is kept from.

    `subnets`: of each service, subnet to the id of its zone; `tasks`: how many run in each zone, by its id.
    """

    balancer: str
    zones: Mapping[str, str]
    away: tuple[str, ...] = ()
    subnets: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tasks: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class QuotaFacts:
    """`asked` is what a request that AWS has not answered yet asks for."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool
    asked: float | None = None


@dataclass(frozen=True)
class Pools:
    """How many connections each worker of LiteLLM may open, by the task definition that is deployed."""

    task_definition: str
    connections: int


@dataclass(frozen=True)
class KeyBudget:
    """What a virtual key has spent and may spend at most, in dollars; None is no limit.

    `unimportant`: whoever made it has marked it so.
    """

    spent: Decimal
    most: Decimal | None
    unimportant: bool


@dataclass(frozen=True)
class Facts:
    """Each field bears the name by which it is asked for.

    `minutes` run from the oldest to the newest; `last_stop`: of a task that nobody stopped;
    `deliveries` are those to the people on call; `aliases`: which model LiteLLM serves in the place of which;
    `key_budgets`: of unimportant keys, by alias, and of those whose budgets we have lowered;
    `sounding`: the subject's alarms that are not muted; `readers`: the services that read a secret;
    `standing`: how the whole environment stands, as its status says it, or FALLING_ASLEEP.
    """

    scaling: ScalingFacts | None = None
    service: ServiceFacts | None = None
    minutes: tuple[Minute, ...] = ()
    last_stop: float | None = None
    deliveries: tuple[Delivery, ...] = ()
    tasks: tuple[Task, ...] = ()
    keys: Keys | None = None
    database: DatabaseServer | None = None
    zones: Zones | None = None
    quota: QuotaFacts | None = None
    pools: Pools | None = None
    aliases: Mapping[str, str] | None = None
    key_budgets: Mapping[str, KeyBudget] | None = None
    sounding: tuple[str, ...] | None = None
    readers: Mapping[str, ServiceFacts] | None = None
    standing: str = ""


UNKNOWN = Facts()  # of a subject of which nothing was asked
