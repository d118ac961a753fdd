"""What the use cases need from outside. Adapters are these on AWS; tests have them in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stargate.domain.certificates import Certificate
    from stargate.domain.drills.drill import DatabaseFacts, Drill, Watched
    from stargate.domain.drills.platform import PlatformEvent
    from stargate.domain.drills.probes import Probe
    from stargate.domain.ends import Kept
    from stargate.domain.environment import Check, Environment, Work
    from stargate.domain.facts import AlarmState, Minute, ScalingFacts, ServiceFacts
    from stargate.domain.front_door import Answer
    from stargate.domain.ledger import Entry
    from stargate.domain.manifest import Manifest
    from stargate.domain.moves import ObservedStack, ObservedTask, StackEvent
    from stargate.domain.observer import Observation
    from stargate.domain.operations import Change, Overview
    from stargate.domain.paging import Page
    from stargate.domain.planning import ResourceChange
    from stargate.domain.progress import NodeState, States
    from stargate.domain.quotas import Quota
    from stargate.domain.rest import Target
    from stargate.domain.switch import Switch


class Clock(Protocol):
    def now(self) -> float: ...


class Identifiers(Protocol):
    def environment_id(self) -> str: ...

    def entry_id(self, at: float) -> str:
        """Unique, and sorted by time."""
        ...


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

    def replace(self, before: Environment, after: Environment, entry: Entry) -> None:
        """Write `after` if nobody has written since `before` was read."""
        ...

    def record_checks(
        self, environment: Environment, checks: Sequence[Check], kept: Sequence[Kept] = ()
    ) -> None: ...


class Nodes(Protocol):
    """What is known of each node of an environment."""

    def all(self, environment_id: str) -> States: ...

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


class Manifests(Protocol):
    def read(self, version: str) -> Manifest: ...

    def template_url(self, version: str, key: str) -> str: ...


class Stacks(Protocol):
    """CloudFormation, in the region of each stack."""

    def describe(self, region: str, stack_name: str) -> ObservedStack | None: ...

    def events(self, region: str, stack_id: str) -> list[StackEvent]:
        """The stack's history from oldest to newest, as far as its latest operation goes."""
        ...

    def create(
        self,
        region: str,
        stack_name: str,
        template_url: str,
        parameters: Mapping[str, str],
        tags: Mapping[str, str],
        request_token: str,
    ) -> str:
        """Begin to create it and return its id; StackExistsError or StackRefusedError."""
        ...

    def update(
        self,
        region: str,
        stack_name: str,
        template_url: str,
        parameters: Mapping[str, str],
        request_token: str,
    ) -> None:
        """Begin to update it; StackUnchangedError if nothing would change, or StackRefusedError."""
        ...

    def delete(self, region: str, stack_id: str, request_token: str) -> None: ...


class ChangeSets(Protocol):
    def preview(
        self, region: str, stack_name: str, template_url: str, parameters: Mapping[str, str]
    ) -> list[ResourceChange]:
        """What an update would change, by a change set that is never executed; StackRefusedError."""
        ...


class Planner(Protocol):
    """Makes plans, where the rights for it are."""

    def plan(self, name: str, request: Mapping[str, Any]) -> dict[str, Any]: ...


class Tasks(Protocol):
    """One-off ECS tasks."""

    def start(
        self,
        region: str,
        cluster: str,
        family: str,
        subnets: Sequence[str],
        security_group: str,
        started_by: str,
        client_token: str,
    ) -> str: ...

    def describe(self, region: str, cluster: str, task_arn: str) -> ObservedTask | None: ...


class Workflows(Protocol):
    def start(self, work: Work, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start the one that does this work; the same name again starts nothing."""
        ...


class Remedies(Protocol):
    """The workflow that performs and verifies one action."""

    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...

    def status(self, execution_name: str) -> str | None:
        """RUNNING, or how it ended, or None if there never was one of that name."""
        ...


class Callbacks(Protocol):
    """The waiting tasks of workflows. A task that no longer waits is not an error."""

    def succeed(self, token: str, output: Mapping[str, Any]) -> None: ...

    def fail(self, token: str, error: str, cause: str) -> None: ...


class Movers(Protocol):
    """The functions that move one node, called asynchronously."""

    def deploy(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...

    def prepare(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...

    def remove(self, environment_id: str, attempt: int, node: str, cause: str) -> None: ...


class Regions(Protocol):
    """What a region offers and already holds."""

    def zones(self, region: str) -> list[str]: ...

    def vpc_cidrs(self, region: str) -> dict[str, tuple[str, ...]]:
        """VPC id to its CIDR blocks."""
        ...

    def addresses(self, region: str) -> int:
        """How many Elastic IPs the account holds there."""
        ...


class Quotas(Protocol):
    def granted(self, region: str, quotas: Iterable[Quota]) -> dict[Quota, float]:
        """What the account may have; without those that AWS tells nothing of."""
        ...


class Offers(Protocol):
    """What AWS would sell us in a region."""

    def database_class(self, region: str, instance_class: str, *, multi_az: bool) -> bool:
        """Whether PostgreSQL of the gateway's version can be had on it."""
        ...

    def closed_models(self, region: str, models: Sequence[str]) -> dict[str, str]:
        """The models that the account may not use there, each with what AWS says of it."""
        ...


class Belongings(Protocol):
    """What the account has already."""

    def certificate(self, arn: str) -> Certificate | None:
        """Of ACM in us-east-1, the only place where CloudFront looks."""
        ...

    def secrets(self, region: str, prefix: str) -> dict[str, bool]:
        """Names that begin so, each with whether its secret is only waiting to be deleted."""
        ...

    def has_database(self, region: str, identifier: str) -> bool: ...


class FrontDoor(Protocol):
    """The gateway from outside, by HTTPS and without a key."""

    def ask(self, domain: str, path: str) -> Answer:
        """What GET answers, no redirect followed; never an error: that none came is an answer."""
        ...


class Observer(Protocol):
    """The one function inside an environment's VPC."""

    def ask(self, region: str, environment: str, verb: str) -> Observation:
        """What it found; never an error: that it cannot be asked is a finding."""
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


class Inventory(Protocol):
    def tagged(self, region: str, environment_id: str) -> list[str]:
        """ARNs of everything in the region that carries the environment's id."""
        ...


class Remains(Protocol):
    """What outlives the stacks of an environment."""

    def of(self, region: str, name: str, environment_id: str) -> list[Kept]:
        """Its secrets, those within their window with the window's end, and snapshots of its database."""
        ...

    def schedule_secret(self, secret: Kept, days: int) -> None:
        """Have it deleted after so many days, in which it can be restored."""
        ...

    def erase_secret(self, secret: Kept) -> None:
        """Delete it at once, also if it was scheduled before; one that is gone is no error."""
        ...

    def delete_snapshot(self, snapshot: Kept) -> None:
        """One that is gone is no error."""
        ...


class Shelf(Protocol):
    """Where the gateway is published to."""

    def put(self, key: str, content: bytes) -> None: ...


class Replies(Protocol):
    """Remembers the reply to each idempotency key."""

    def once(self, key: str, body: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]: ...


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


class Switches(Protocol):
    """The kill switch."""

    def read(self) -> Switch:
        """On if it was never turned."""
        ...

    def turn(self, switch: Switch) -> None: ...


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


class Services(Protocol):
    """An ECS service; `cluster` and `service` are names."""

    def describe(self, region: str, cluster: str, service: str) -> ServiceFacts | None: ...

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

    def sounding(self, region: str, prefix: str) -> tuple[str, ...]:
        """The alarms whose names begin so and whose actions are on."""
        ...

    def mute(self, region: str, names: Sequence[str]) -> None: ...

    def unmute(self, region: str, names: Sequence[str]) -> None: ...

    def database(self, region: str, identifier: str) -> str:
        """Its status in RDS's words, or absent."""
        ...

    def stop_database(self, region: str, identifier: str) -> None: ...

    def start_database(self, region: str, identifier: str) -> None: ...


class Alarms(Protocol):
    def states(self, region: str, names: Sequence[str]) -> dict[str, AlarmState]:
        """Of those that exist."""
        ...

    def ringing(self, region: str, prefix: str) -> dict[str, AlarmState]:
        """Every metric alarm whose name begins so and that is in ALARM."""
        ...


class Drills(Protocol):
    """The drills of environments; DrillNotFoundError where there is none."""

    def get(self, environment_id: str, drill_id: str) -> Drill: ...

    def all(self, environment_id: str) -> list[Drill]: ...

    def put(self, drill: Drill) -> None: ...

    def set(self, drill: Drill, *names: str) -> None:
        """Write these fields only: others may be written by somebody else at the same time."""
        ...


class DrillRecords(Protocol):
    """What was seen in a drill, for ever."""

    def put(self, environment_id: str, drill_id: str, watched: Watched) -> None: ...

    def get(self, environment_id: str, drill_id: str) -> Watched: ...


class DrillWorkflow(Protocol):
    def start(self, execution_name: str, payload: Mapping[str, Any]) -> None:
        """Start it; the same name again starts nothing."""
        ...


class Databases(Protocol):
    """RDS instances by their identifier."""

    def describe(self, region: str, identifier: str) -> DatabaseFacts | None: ...

    def fail_over(self, region: str, identifier: str) -> None:
        """Reboot it with failover to its standby; ActionRefusedError if RDS will not."""
        ...

    def events(self, region: str, identifier: str, since: float) -> list[PlatformEvent]: ...


class Watch(Protocol):
    def watch(
        self,
        environment: str,
        region: str,
        domain: str,
        seconds: float,
        enough: Callable[[Sequence[Probe]], bool],
    ) -> Watched:
        """Probe each second for so long, or until what was seen is `enough`, which is asked each beat."""
        ...
