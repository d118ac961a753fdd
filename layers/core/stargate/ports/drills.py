"""What a drill needs beyond a gateway that runs: to break it, put it back, and know what it may cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stargate.domain.drills.alarms import Rang
    from stargate.domain.drills.budget import Hour
    from stargate.domain.drills.deeds import ServiceStanding
    from stargate.domain.drills.drill import Watched
    from stargate.domain.drills.probes import Probe
    from stargate.domain.drills.restoring import Side
    from stargate.domain.environment import Environment
    from stargate.domain.provisioning.moves import ObservedTask


class Watch(Protocol):
    def watch(
        self,
        environment: str,
        secrets_prefix: str,
        region: str,
        domain: str,
        seconds: float,
        enough: Callable[[Sequence[Probe]], bool],
    ) -> Watched:
        """Probe each second for so long, or until what was seen is `enough`, which is asked each beat."""
        ...


class ServiceTasks(Protocol):
    """The tasks of ECS services; `cluster` and the services are names."""

    def standing(self, region: str, cluster: str, services: Sequence[str]) -> dict[str, ServiceStanding]:
        """Of those that exist: what runs, and how much of it is wanted."""
        ...

    def stop(self, region: str, cluster: str, task_id: str, reason: str) -> None:
        """ActionRefusedError if ECS will not; a task that is gone already is no error."""
        ...


class Rehearsals(Protocol):
    """A database restored beside the gateway's own, and the one-off task that reads it."""

    def restore(self, region: str, source: str, side: str, tags: Mapping[str, str]) -> None:
        """Begin to restore the newest point in time; nothing if `side` is there.

        ActionRefusedError if RDS will not.
        """
        ...

    def describe(self, region: str, side: str) -> Side | None: ...

    def delete(self, region: str, side: str) -> None:
        """Begin to delete it, with its backups and no last snapshot; ConflictError while RDS cannot."""
        ...

    def check(
        self, region: str, cluster: str, network: Mapping[str, str], address: str, marked_at: str, token: str
    ) -> str:
        """The ARN of the task that reads it; the same token again starts no other. `network` are outputs."""
        ...

    def checked(self, region: str, cluster: str, task_arn: str) -> ObservedTask | None: ...


class ErrorCounts(Protocol):
    def hours(self, environment: Environment, outputs: Mapping[str, str], until: float) -> tuple[Hour, ...]:
        """Requests and failures of the budget's window, hour by hour; `outputs` are the balancer stack's."""
        ...


class AlarmActions(Protocol):
    """CloudWatch alarms whose names begin with a prefix."""

    def sounding(self, regions: Sequence[str], prefix: str) -> tuple[str, ...]:
        """Those whose actions are on."""
        ...

    def mute(self, regions: Sequence[str], names: Sequence[str]) -> None: ...

    def unmute(self, regions: Sequence[str], names: Sequence[str]) -> None: ...


class AlarmHistory(Protocol):
    def rang(self, regions: Sequence[str], prefix: str, since: float) -> tuple[Rang, ...]:
        """Each turn to ALARM since then, in the order of time, named without the prefix."""
        ...
