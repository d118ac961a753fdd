"""What waits and what moves: workflows, their waiting tasks, and the functions that they call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.drills.kinds import Kind
    from stargate.domain.environment import Work


class Workflows(Protocol):
    def start(self, work: Work, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start the one that does this work; the same name again starts nothing."""
        ...

    def status(self, work: Work, execution_name: str) -> str | None:
        """RUNNING, or how it ended, or None if there never was one of that name."""
        ...


class Remedies(Protocol):
    """The workflow that performs and verifies one action."""

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...

    def status(self, execution_name: str) -> str | None:
        """RUNNING, or how it ended, or None if there never was one of that name."""
        ...


class DrillWorkflow(Protocol):
    """The workflows that run drills: which one depends on the kind."""

    def start(self, kind: Kind, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...

    def status(self, kind: Kind, execution_name: str) -> str | None:
        """RUNNING, or how it ended, or None if there never was one of that name."""
        ...


class Reporting(Protocol):
    """The workflow that reports the costs of a day."""

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...


class Trials(Protocol):
    """The function that tries what blocks whoever tries it."""

    def begin(self, environment_id: str, cause: str) -> None:
        """Have it tried, and do not wait."""
        ...


class Callbacks(Protocol):
    """The waiting tasks of workflows. A task that no longer waits is not an error."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> None: ...

    def fail(self, token: str, error: str, cause: str) -> None: ...


class Movers(Protocol):
    """The functions that move one node, called asynchronously."""

    def deploy(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...

    def run(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...

    def remove(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...


class Planner(Protocol):
    """Makes plans, where the rights for it are."""

    def plan(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]: ...


class Examinations(Protocol):
    """Examinations of what is open in environments."""

    def order(self, environment_id: str, cause: str) -> None:
        """One, as soon as may be, and not only at its next turn; `cause` is the entry that asks for it."""
        ...


class Looks(Protocol):
    """Looks of the outer loop at gateways."""

    def order(self, environment_id: str, cause: str) -> None:
        """One, as soon as may be; `cause` is the event or the entry that asks for it."""
        ...


class Requests(Protocol):
    """Takes what people ask for, where the rights to look and to act are."""

    def take(self, name: str, request: Mapping[str, Any], person: str) -> dict[str, Any]:
        """What was decided about it; RequestFailedError if nobody could tell."""
        ...


class Explainer(Protocol):
    """Tells what an event would lead to, where the rights to look are."""

    def explain(self, name: str, event: Any) -> dict[str, Any]: ...
