"""What the control plane remembers: every write is conditional, and says so when somebody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stargate.domain.drills.drill import Drill, Watched
    from stargate.domain.environment import Check, Environment
    from stargate.domain.gateway.shared import SharedSecrets
    from stargate.domain.ledger import Entry
    from stargate.domain.life.ends import Kept
    from stargate.domain.operating.incidents import Incident
    from stargate.domain.operating.operations import Change, Overview
    from stargate.domain.operating.switch import Switch
    from stargate.domain.paging import Page
    from stargate.domain.playbook.own import OwnPlaybook
    from stargate.domain.provisioning.progress import NodeState, States


class Environments(Protocol):
    """The environments. Every write is conditional: ConflictError if somebody was faster."""

    def get(self, environment_id: str) -> Environment: ...

    def by_name(self, name: str) -> Environment | None: ...

    def page(self, limit: int, after: str | None) -> Page[Environment]: ...

    def create(
        self,
        environment: Environment,
        states: Sequence[NodeState],
        entry: Entry,
        replaces: Environment | None,
    ) -> None: ...

    def replace(
        self, before: Environment, after: Environment, entry: Entry, added: Sequence[NodeState] = ()
    ) -> None:
        """Write `after` if nobody has written since `before` was read; with nodes that were not there."""
        ...

    def record_checks(
        self, environment: Environment, checks: Sequence[Check], kept: Sequence[Kept] = ()
    ) -> None:
        """Of the attempt that it is in; whoever read it before may not write it as it was."""
        ...

    def note(self, environment: Environment, entry: Entry) -> None:
        """Into its ledger, and nothing else; the same entry again changes nothing."""
        ...


class Sharers(Protocol):
    """Which environments share a set of secrets."""

    def join(self, shared: SharedSecrets, environment_id: str) -> None:
        """Once or again; CommonNotReadyError while the last who left still takes it away."""
        ...

    def leave(self, shared: SharedSecrets, environment_id: str) -> bool:
        """Whether it is for the one who leaves to take it away: the last, also when asked again."""
        ...

    def forget(self, shared: SharedSecrets, environment_id: str) -> None:
        """It is gone, and who comes next may make it anew."""
        ...


class Nodes(Protocol):
    """What is known of each node of an environment."""

    def all(self, environment_id: str) -> States: ...

    def of_each(self, environments: Sequence[Environment]) -> list[States]:
        """Of a page of environments, in few calls: the nodes of each one's graph."""
        ...

    def park(self, environment_id: str, name: str, attempt: int, token: str) -> NodeState:
        """Put the token down and return the row as it was before; SupersededError for an older attempt."""
        ...

    def claim(self, environment_id: str, name: str, token: str) -> bool:
        """Take the token up again; only one caller ever gets True."""
        ...

    def replace(
        self, environment_id: str, before: NodeState, after: NodeState, entry: Entry | None = None
    ) -> None:
        """Write all but token and done set, if status and attempt are still those of `before`."""
        ...

    def resource_made(self, environment_id: str, name: str, resource: str) -> None: ...

    def resource_gone(self, environment_id: str, name: str, resource: str) -> None: ...


class Histories(Protocol):
    """How long the nodes of each preset took to stand in this account, the newest last."""

    def of(self, preset: str) -> dict[str, list[float]]: ...

    def keep(self, preset: str, history: Mapping[str, list[float]]) -> None:
        """Written over what is there: of two who write at once one is lost, which an estimate bears."""
        ...


class Ledger(Protocol):
    def page(
        self, environment_id: str, since: float | None, kind: str | None, limit: int, after: str | None
    ) -> Page[Entry]: ...


class OperationsRows(Protocol):
    """What the control plane knows of the running environments and does about it."""

    def by_name(self, name: str) -> Overview | None:
        """The environment that holds the name, in at most three calls."""
        ...

    def by_id(self, environment_id: str) -> Overview:
        """In at most two calls; EnvironmentNotFoundError if there is none."""
        ...

    def record(self, environment_id: str, change: Change) -> None:
        """All or nothing: ConflictError if a row changed, AlreadyRecordedError if an entry is there."""
        ...

    def open_environments(self) -> list[str]:
        """Ids of environments with an open condition, a live hold or an action in flight, in one call."""
        ...


class Incidents(Protocol):
    """Incidents that have ended; those that go on are among the operations."""

    def page(self, environment_id: str, limit: int, after: str | None) -> Page[Incident]:
        """The newest first."""
        ...

    def get(self, environment_id: str, incident_id: str) -> Incident | None: ...


class Playbooks(Protocol):
    """The environments' own playbooks, version by version."""

    def get(self, environment_id: str, version: int | None = None) -> OwnPlaybook | None:
        """The newest, or that one; None if there is none such, version 0 if none was ever written."""
        ...

    def versions(self, environment_id: str) -> list[OwnPlaybook]:
        """What is known of each but its rules, the newest first, a hundred at most."""
        ...

    def put(self, environment_id: str, after: OwnPlaybook, entry: Entry) -> None:
        """The next version; ConflictError if somebody wrote one since its predecessor was read."""
        ...


class Switches(Protocol):
    """The kill switch."""

    def read(self) -> Switch:
        """On if it was never turned."""
        ...

    def turn(self, switch: Switch) -> None: ...


class Replies(Protocol):
    """Remembers the reply to each idempotency key."""

    def once(self, key: str, body: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]: ...


class Drills(Protocol):
    """The drills of environments; DrillNotFoundError where there is none."""

    def get(self, environment_id: str, drill_id: str) -> Drill: ...

    def all(self, environment_id: str) -> list[Drill]: ...

    def since(self, environment_id: str, at: float) -> list[Drill]:
        """Those that were asked for since then."""
        ...

    def put(self, drill: Drill) -> None: ...

    def set(self, drill: Drill, *names: str) -> None:
        """Write these fields only: others may be written by somebody else at the same time."""
        ...


class DrillRecords(Protocol):
    """What was seen in a drill, for ever."""

    def put(self, environment_id: str, drill_id: str, watched: Watched) -> None: ...

    def put_page(self, environment_id: str, drill_id: str, page: str) -> None:
        """The same for people, as HTML that stands alone."""
        ...

    def get(self, environment_id: str, drill_id: str) -> Watched: ...

    def digest(self, environment_id: str, drill_id: str) -> str:
        """SHA-256 of the record as it lies there, in hexadecimal."""
        ...

    def links(self, environment_id: str, drill_id: str, seconds: int) -> dict[str, str]:
        """`record` and `page`: addresses that are good for so many seconds, for whoever has them."""
        ...
