"""One gateway environment: its name, its state, and which attempt at it is the current one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.graph import GATEWAY, GLOBAL_REGION, Graph
from stargate.domain.presets import PRESETS, Preset, Spec

if TYPE_CHECKING:
    from stargate.domain.failure import Failure

NAME_PATTERN = r"^[a-z][a-z0-9]{1,15}\Z"  # \Z and not $, which a line break at the end would pass
RESERVED_NAMES = frozenset({"region"})  # stargate-region is the stack that each region in use has one of
RETIRED_KEPT_SECONDS = 90 * 24 * 3600


class Status(StrEnum):
    PROVISIONING = "PROVISIONING"
    READY = "READY"
    DEGRADED = "DEGRADED"  # everything stands, and a check does not hold
    FAILED = "FAILED"
    RETIRING = "RETIRING"
    RETIRED = "RETIRED"


class Mode(StrEnum):
    """How far the control plane may go: say what it sees, say what it would do, or do it."""

    OBSERVE = "observe"
    ADVISE = "advise"
    ACT = "act"


AT_WORK = frozenset({Status.PROVISIONING, Status.RETIRING})


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
    failure: Failure | None = None
    checks: tuple[Check, ...] = field(default=())
    mode: Mode = Mode.ACT

    @property
    def execution_name(self) -> str:
        return f"{self.environment_id}-{self.attempt}"

    @property
    def cluster(self) -> str:
        return f"stargate-{self.name}"

    @property
    def is_going(self) -> bool:
        return self.status in {Status.RETIRING, Status.RETIRED}

    def preset_defaults(self) -> Preset:
        return PRESETS[self.preset]

    @property
    def graph(self) -> Graph:
        """What this environment is made of: the gateway without what its preset does without."""
        return GATEWAY.without(self.preset_defaults().lacks)

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

    def next_attempt(self, status: Status, at: float, cause: str) -> Environment:
        return replace(
            self,
            status=status,
            attempt=self.attempt + 1,
            updated_at=at,
            attempt_started_at=at,
            cause=cause,
            failure=None,
            checks=(),
        )

    def settled(self, status: Status, at: float, failure: Failure | None = None) -> Environment:
        return replace(self, status=status, updated_at=at, failure=failure)


def environment_of_stack(stack_name: str) -> tuple[str, str] | None:
    """The environment's and the stack's name in a CloudFormation stack name, if it is one of ours."""
    parts = stack_name.split("-", 2)
    if len(parts) == 3 and parts[0] == "stargate" and parts[1] not in RESERVED_NAMES:
        return parts[1], parts[2]
    return None
