"""One gateway environment: its name, its state, and which attempt at it is the current one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.gateway.graph import GATEWAY, GLOBAL_REGION, Graph
from stargate.domain.gateway.presets import PRESETS, Preset, Spec
from stargate.domain.gateway.shared import SECRETS, SHARED_NAME, SharedSecrets
from stargate.domain.life.ends import Deadline, Farewell, Kept
from stargate.domain.life.hours import Hours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.costs.budget import Budget
    from stargate.domain.drills.policy import Policy
    from stargate.domain.failure import Failure
    from stargate.domain.life.rest import Rest
    from stargate.domain.life.schedule import Schedule

NAME_PATTERN = r"^[a-z][a-z0-9]{1,15}\Z"  # \Z and not $, which a line break at the end would pass
RESERVED_NAMES = frozenset({"region", SHARED_NAME})  # stargate-region, and what environments share
RETIRED_KEPT_SECONDS = 90 * 24 * 3600
MAINTENANCE = Hours(("sun",), "08:30", "09:30", "UTC")  # the data stack's PreferredMaintenanceWindow
ACTIONS_AN_HOUR = 12  # of all kinds together: more is no repair any more, but a fight


class Status(StrEnum):
    PROVISIONING = "PROVISIONING"
    READY = "READY"
    UPDATING = "UPDATING"  # it is being changed, or put to sleep
    DEGRADED = "DEGRADED"  # everything stands, and a check does not hold
    ASLEEP = "ASLEEP"  # nothing of it runs, everything of it is there
    WAKING = "WAKING"
    FAILED = "FAILED"
    RETIRING = "RETIRING"
    RETIRED = "RETIRED"


class Mode(StrEnum):
    """How far the control plane may go: say what it sees, say what it would do, or do it."""

    OBSERVE = "observe"
    ADVISE = "advise"
    ACT = "act"


class Work(StrEnum):
    """What an attempt is for."""

    PROVISION = "provision"
    UPDATE = "update"
    SLEEP = "sleep"
    WAKE = "wake"
    RETIRE = "retire"

    @property
    def under_way(self) -> Status:
        """The status of an environment while it is being done."""
        return UNDER_WAY[self]

    @property
    def end(self) -> Status:
        """The status that it leads to when all goes well."""
        return ENDS[self]


UNDER_WAY = {
    Work.PROVISION: Status.PROVISIONING,
    Work.UPDATE: Status.UPDATING,
    Work.SLEEP: Status.UPDATING,
    Work.WAKE: Status.WAKING,
    Work.RETIRE: Status.RETIRING,
}
ENDS = {
    Work.PROVISION: Status.READY,
    Work.UPDATE: Status.READY,
    Work.SLEEP: Status.ASLEEP,
    Work.WAKE: Status.READY,
    Work.RETIRE: Status.RETIRED,
}
AT_WORK = frozenset(UNDER_WAY.values())


@dataclass(frozen=True)
class Check:
    """A measured check: what was found beside what was asked."""

    name: str
    ok: bool
    measured: str
    bound: str

    def document(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "measured": self.measured, "bound": self.bound}


@dataclass(frozen=True)
class Declared:
    """What an environment is made from."""

    preset: str
    spec: Spec
    gateway_version: str


@dataclass(frozen=True)
class Environment:
    environment_id: str
    name: str
    preset: str
    region: str
    status: Status
    attempt: int
    gateway_version: str
    spec: Spec
    created_at: float
    updated_at: float
    attempt_started_at: float
    cause: str  # the ledger entry that began the current attempt
    asked_by: str = ""  # who began it
    failure: Failure | None = None
    checks: tuple[Check, ...] = field(default=())
    mode: Mode = Mode.ACT
    work: Work = Work.PROVISION
    deletion_protection: bool = False
    deadline: Deadline | None = None
    farewell: Farewell = field(default_factory=Farewell)
    kept: tuple[Kept, ...] = ()
    rest: Rest | None = None  # what ran before it was put to sleep, until it is awake again
    schedule: Schedule | None = None
    budget: Budget | None = None
    maintenance: Hours | None = None  # when its database may be interrupted; None: as the template has it
    actions_an_hour: int = ACTIONS_AN_HOUR
    approvers: tuple[str, ...] = ()  # who may answer for it; none: whoever the API lets in
    followed: bool | None = None  # the schedule's last wish that was fulfilled: awake, or asleep
    drills: Policy | None = None  # when and what it is drilled without anybody asking
    undo: Declared | None = None  # what it goes back to if its update fails
    undone: Failure | None = None  # why the update failed that this attempt takes back
    # Resources, by their stack, that this attempt may pass over where CloudFormation is stuck at them.
    skips: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shares: str | None = None  # the preset whose secrets it shares, "" for none; None: as its preset has it
    left: tuple[str, ...] = ()  # nodes that a conversion has made which failed: they go with the environment
    revision: int = 0  # how often it was written; a write is refused if another came between

    @property
    def maintained(self) -> Hours:
        return self.maintenance or MAINTENANCE

    @property
    def execution_name(self) -> str:
        return f"{self.environment_id}-{self.attempt}"

    @property
    def cluster(self) -> str:
        return f"stargate-{self.name}"

    @property
    def database(self) -> str:
        return f"stargate-{self.name}"

    @property
    def is_going(self) -> bool:
        return self.status in {Status.RETIRING, Status.RETIRED}

    def preset_defaults(self) -> Preset:
        return PRESETS[self.preset]

    @property
    def graph(self) -> Graph:
        """What it alone is made of: the gateway without what it does without, by its preset or by choice."""
        lacks = self.preset_defaults().lacks - (set(self.left) if self.is_going else set())
        return self.spec.graph.without(lacks | ({SECRETS} if self.shared else frozenset()))

    @property
    def shared(self) -> SharedSecrets | None:
        """A conversion keeps them: other secrets would lock out whoever has the old ones."""
        own = self.preset if self.preset_defaults().shares_secrets else ""
        preset = own if self.shares is None else self.shares
        return SharedSecrets(preset, self.region) if preset else None

    @property
    def declared(self) -> Declared:
        return Declared(self.preset, self.spec, self.gateway_version)

    def made_from(self, declared: Declared) -> Environment:
        """The same environment of another specification, version or preset; with the secrets that it has."""
        converted = declared.preset != self.preset
        return replace(
            self,
            preset=declared.preset,
            spec=declared.spec,
            gateway_version=declared.gateway_version,
            shares=(self.shared.preset if self.shared else "") if converted else self.shares,
        )

    @property
    def secrets_prefix(self) -> str:
        """How the names of its secrets begin."""
        owner = self.shared.owner if self.shared else self.name
        return f"stargate-{owner}/"

    def region_of(self, node: str) -> str:
        places = {
            "home": self.region,
            "global": GLOBAL_REGION,
            "models": self.preset_defaults().bedrock_region,
        }
        return places[GATEWAY.node(node).place]

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that something of this environment is in, its own first."""
        return tuple(dict.fromkeys([self.region, *map(self.region_of, self.graph.names)]))

    def stack_name(self, stack: str) -> str:
        return f"stargate-{self.name}-{stack}"

    @property
    def execution_payload(self) -> dict[str, Any]:
        return {"environment_id": self.environment_id, "attempt": self.attempt}

    @property
    def is_at_rest(self) -> bool:
        """Asleep, on the way there or back: what stands still then is no trouble of the gateway's."""
        return self.status in {Status.ASLEEP, Status.WAKING} or (
            self.status is Status.UPDATING and self.work is Work.SLEEP
        )

    def next_attempt(self, work: Work, at: float, cause: str, asked_by: str) -> Environment:
        return replace(
            self,
            status=work.under_way,
            work=work,
            attempt=self.attempt + 1,
            updated_at=at,
            attempt_started_at=at,
            cause=cause,
            asked_by=asked_by,
            failure=None,
            undone=None,
            checks=(),
            skips={},
        )

    def updated(self, declared: Declared, at: float, cause: str, asked_by: str) -> Environment:
        """The attempt that brings it to what is declared now, and back if that fails."""
        undo = self.undo or self.declared
        return replace(self.next_attempt(Work.UPDATE, at, cause, asked_by).made_from(declared), undo=undo)

    def taken_back(
        self, undo: Declared, failure: Failure, at: float, cause: str, asked_by: str
    ) -> Environment:
        begun = self.next_attempt(Work.UPDATE, at, cause, asked_by).made_from(undo)
        left = tuple(name for name in self.graph.names if name not in begun.graph.names)
        return replace(begun, undo=None, undone=failure, left=left or self.left)

    def settled(self, status: Status, at: float, failure: Failure | None = None) -> Environment:
        """How the attempt ended; what was written down for waking is done with once it is awake."""
        awake = status in {Status.READY, Status.DEGRADED}
        return replace(
            self,
            status=status,
            updated_at=at,
            failure=failure or (self.undone if status is Status.READY else None),
            rest=None if awake else self.rest,
            undo=None if status is Status.READY else self.undo,
        )

    @property
    def verified_in(self) -> int | None:
        """The attempt in which a stack must have been found to stand; None if any will do."""
        return self.attempt if self.status is Status.UPDATING else None


def environment_of_stack(stack_name: str) -> tuple[str, str] | None:
    """The environment's and the stack's name in a CloudFormation stack name, if it is one of ours."""
    parts = stack_name.split("-", 2)
    if len(parts) == 3 and parts[0] == "stargate" and parts[1] not in RESERVED_NAMES:
        return parts[1], parts[2]
    return None
