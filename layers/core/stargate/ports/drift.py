"""What drift is found with, told by and put back with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.life.drift.detection import Detected, ResourceDrift
    from stargate.domain.life.drift.finding import Repair
    from stargate.domain.life.drift.report import Report
    from stargate.domain.life.drift.rules import Rule
    from stargate.domain.life.rest import Target


class DriftDetection(Protocol):
    """CloudFormation's own, a stack at a time."""

    def begin(self, region: str, stack_name: str) -> str:
        """The id of a detection that has begun; StackRefusedError."""
        ...

    def outcome(self, region: str, detection: str) -> Detected | None:
        """None while it runs."""
        ...

    def drifted(self, region: str, stack_name: str) -> list[ResourceDrift]:
        """The resources that differ by the latest detection."""
        ...


class Estate(Protocol):
    """What the services themselves tell of an environment."""

    def target(self, region: str, cluster: str, service: str) -> Target | None: ...

    def rules(self, region: str, group_ids: Sequence[str]) -> dict[str, frozenset[Rule]]:
        """By the id of their group; a group that is not there is left out."""
        ...

    def alarms(self, region: str, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """In CloudWatch's words, which are those of a template too; one that is not there is left out."""
        ...

    def web_acl(self, region: str, name: str, acl_id: str, scope: str) -> list[Any] | None:
        """Its rules, in the words of a template; None if it is not there."""
        ...

    def secrets(self, region: str, prefix: str) -> dict[str, bool]:
        """Names that begin so, each with whether its secret only waits to be deleted."""
        ...


class Mending(Protocol):
    def put_back(self, environment: Environment, stack: str, repair: Repair) -> None:
        """Done already is no error; ActionRefusedError if AWS will not have it."""
        ...


class Reports(Protocol):
    """The latest examination of each environment."""

    def get(self, environment_id: str) -> Report | None: ...

    def begin(self, environment_id: str, report: Report, before: Report | None) -> None:
        """ConflictError if somebody began another since `before` was read."""
        ...

    def put(self, environment_id: str, report: Report) -> None:
        """ConflictError if its examination is not the latest any more."""
        ...


class DriftWorkflow(Protocol):
    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...


class Announcer(Protocol):
    """Tells the loop, as AWS's services do."""

    def drift(self, environment: str, drifted: Mapping[str, Sequence[str]], over: Iterable[str]) -> None:
        """`drifted` are the resources by their stack, `over` the stacks that are as declared again."""
        ...
