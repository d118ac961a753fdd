"""A gateway that runs: what can be measured of it, what it answers, what can be done to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.drills.deeds import DatabaseFacts
    from stargate.domain.drills.platform import PlatformEvent
    from stargate.domain.environment import Environment
    from stargate.domain.gateway.front_door import Answer
    from stargate.domain.gateway.observer import Observation
    from stargate.domain.gateway.rate_limit import Trial
    from stargate.domain.life.rest import Target
    from stargate.domain.operating.facts import AlarmState, Minute, ScalingFacts, ServiceFacts, Task
    from stargate.domain.scaling.outer_loop import Bounds


class FrontDoor(Protocol):
    """The gateway from outside, by HTTPS and without a key."""

    def ask(self, domain: str, path: str) -> Answer:
        """What GET answers, no redirect followed; never an error: that none came is an answer."""
        ...


class Flood(Protocol):
    """Somebody who asks too often."""

    def __call__(self, domain: str, path: str, enough: int, patience: float) -> Trial:
        """Ask so many times as fast as may be, then each second until refused or out of patience."""
        ...


class Observer(Protocol):
    """The one function inside an environment's VPC."""

    def ask(
        self, region: str, environment: str, verb: str, given: Mapping[str, Any] | None = None
    ) -> Observation:
        """What it found; never an error: that it cannot be asked is a finding. `given`: what a verb takes."""
        ...


class Gauges(Protocol):
    """What can be measured of a running gateway."""

    def database(self, region: str, identifier: str) -> tuple[str, bool]:
        """Status, and whether it spans zones."""
        ...

    def distribution(self, distribution_id: str) -> tuple[str, bool]:
        """Status, and whether it is enabled."""
        ...

    def services(self, region: str, cluster: str, names: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Service to its running tasks and the rollout state of its primary deployment."""
        ...

    def healthy_targets(self, region: str, target_group_arn: str) -> int: ...


class GatewayMetrics(Protocol):
    def minutes(
        self, environment: Environment, outputs: Mapping[str, str], service: str, since: float, until: float
    ) -> tuple[Minute, ...]:
        """The service's finished minutes from the oldest to the newest, in one call.

        CPU of AWS/ECS (average); of the target group in AWS/ApplicationELB, known by `outputs`: healthy
        targets (average), requests (sum), response time (average). A minute without any value is left out.
        """
        ...


class Scaling(Protocol):
    """A service's scalable target; `cluster` and `service` are names."""

    def describe(self, region: str, cluster: str, service: str) -> ScalingFacts | None:
        """Its bounds, in one call, without `failure`; None if it has no scalable target."""
        ...

    def last_failure(self, region: str, cluster: str, service: str) -> str | None:
        """Why its newest activity failed, or None if it did not."""
        ...

    def set_bounds(self, region: str, cluster: str, service: str, minimum: int, maximum: int) -> None:
        """ActionRefusedError if AWS will not take them."""
        ...

    def set_bounds_at(self, region: str, cluster: str, service: str, bounds: Bounds, at: float) -> None:
        """Have AWS itself set them at that moment; the next call replaces it. ActionRefusedError as above."""
        ...


class Services(Protocol):
    """An ECS service; `cluster` and `service` are names."""

    def describe(self, region: str, cluster: str, service: str) -> ServiceFacts | None: ...

    def tasks(self, region: str, cluster: str, service: str) -> tuple[Task, ...]:
        """Those that run, from the oldest to the newest."""
        ...

    def stop_task(self, region: str, cluster: str, service: str, task_id: str) -> None:
        """ECS drains it and starts another in its place; nothing if it is gone already."""
        ...

    def restart(self, region: str, cluster: str, service: str) -> None:
        """Begin a new deployment of what runs; ActionRefusedError if ECS will not."""
        ...

    def stop_deployment(self, region: str, cluster: str, service: str) -> None:
        """Stop the deployment in progress and roll it back; ActionRefusedError if ECS will not."""
        ...


class Repose(Protocol):
    """What is stilled of a gateway that goes to sleep; `cluster` and `service` are names."""

    def service(self, region: str, cluster: str, service: str) -> ServiceFacts | None: ...

    def size(self, region: str, cluster: str, service: str, tasks: int) -> None:
        """How many tasks the service shall run."""
        ...

    def target(self, region: str, cluster: str, service: str) -> Target | None:
        """None if it has no scalable target."""
        ...

    def set_target(self, region: str, cluster: str, service: str, target: Target) -> None: ...

    def sounding(self, regions: Sequence[str], prefix: str) -> tuple[str, ...]:
        """The alarms whose names begin so and whose actions are on."""
        ...

    def mute(self, regions: Sequence[str], names: Sequence[str]) -> None:
        """Wherever they are; a name that is nowhere is passed over."""
        ...

    def unmute(self, regions: Sequence[str], names: Sequence[str]) -> None:
        """The same."""
        ...

    def database(self, region: str, identifier: str) -> str:
        """Its status in RDS's words, or absent."""
        ...

    def stop_database(self, region: str, identifier: str) -> None: ...

    def start_database(self, region: str, identifier: str) -> None: ...


class Alarms(Protocol):
    def states(self, regions: Sequence[str], names: Sequence[str]) -> dict[str, AlarmState]:
        """Of those that exist."""
        ...

    def ringing(self, region: str, prefix: str) -> dict[str, AlarmState]:
        """Every metric alarm whose name begins so and that is in ALARM."""
        ...


class Databases(Protocol):
    """RDS instances by their identifier."""

    def describe(self, region: str, identifier: str) -> DatabaseFacts | None: ...

    def fail_over(self, region: str, identifier: str) -> None:
        """Reboot it with failover to its standby; ActionRefusedError if RDS will not."""
        ...

    def events(self, region: str, identifier: str, since: float) -> list[PlatformEvent]: ...
