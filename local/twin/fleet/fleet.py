"""ECS services as Fargate runs them: event-driven, so that hours in which nothing happens cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from local.twin.fleet.values import Deployment, DeploymentRules, Happening, Stop, Task, TaskSize


class Fleet(Protocol):
    """The skeleton that others build on: Fleet(chance: random.Random, zones: Sequence[str]).

    Unknown names raise KeyError; a moment before the last one known raises ValueError.
    """

    def add_service(
        self, name: str, size: TaskSize, desired: int, at: float, rules: DeploymentRules
    ) -> str: ...  # the id of its first deployment

    def remove_service(self, name: str, at: float) -> None: ...
    def set_desired(self, name: str, count: int, at: float) -> None: ...
    def deploy(self, name: str, at: float, *, crashing: bool = False) -> str: ...
    def stop_deployment(self, name: str, deployment_id: str, at: float) -> None: ...
    def stop_task(self, task_id: str, stop: Stop, at: float) -> None: ...
    def crash_from_now(self, name: str, every_seconds: float | None) -> None: ...
    def advance(self, to: float) -> list[Happening]: ...
    def next_at(self) -> float | None: ...  # when something happens next, None if nothing is due
    def services(self) -> list[str]: ...
    def size(self, name: str) -> TaskSize: ...
    def desired(self, name: str) -> int: ...
    def tasks(self, name: str) -> list[Task]: ...  # those not yet STOPPED
    def serving(self, name: str) -> list[Task]: ...  # registered, healthy, taking new requests
    def draining(self, name: str) -> list[Task]: ...  # finishing what they have
    def deployments(self, name: str) -> list[Deployment]: ...  # PRIMARY first
