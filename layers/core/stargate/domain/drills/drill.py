"""One drill: what it is about to do, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.kinds import TRIALS, Kind
from stargate.domain.drills.restoring import Rehearsal
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.drills.probes import Probe

SCOPE = "drill"  # its lease: while it is held the loop repairs nothing of what the drill breaks
BESIDE = "rehearsal"  # the lease of a kind that breaks nothing: the loop goes on
LEASE_SECONDS = 2400.0  # longer than a drill waits and lasts; one that crashed mutes for no longer
BESIDE_SECONDS = 4 * 3600.0
BESIDE_DEADLINE_SECONDS = 3 * 3600.0
DEADLINE_SECONDS = 1500.0  # after its beginning a drill is stopped and undone, whatever it is doing
STEADY_SECONDS = 30.0
STEADY_WITHIN = 90.0
LEAST_SECONDS = 90.0  # after the failure, so that one who wedges late is seen
WATCH_SECONDS = 780.0  # of the 900 that a function may take
RESCUE_AFTER = 120.0  # the objective: from then on the drill is lost and the gateway is what counts


class DrillStatus(StrEnum):
    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    SCORED = "SCORED"
    STOPPED = "STOPPED"  # a stop condition held: everything was put back, and nothing is proven
    FAILED = "FAILED"


OVER = frozenset({DrillStatus.SCORED, DrillStatus.STOPPED, DrillStatus.FAILED})


@dataclass(frozen=True)
class Drill:
    """`watched_at` and `well` are the watch's last word; `assumptions` make a result a simulated one.

    What has to be put back is written down before it is done: `muted` are the alarms whose actions were on,
    `left_zone` is the id of the zone that `balancer` is kept from, with `subnets` (service to those it had),
    `side` the instance beside. `statuses` are RDS's words on the database, each with its moment.
    """

    drill_id: str
    environment_id: str
    environment: str
    kind: Kind
    status: DrillStatus
    requested_at: float
    actor: str
    cause: str
    trigger: str = "request"
    zone: str = ""
    begun_at: float | None = None
    steady_at: float | None = None
    watched_at: float | None = None
    well: Mapping[str, bool] = field(default_factory=dict)
    injected_at: float | None = None
    broken: tuple[str, ...] = ()
    deeds: tuple[str, ...] = ()
    deeds_done: bool = False
    recovered_at: float | None = None
    rescued_at: float | None = None
    whole_at: float | None = None
    zone_before: str = ""
    engine: str = ""
    gateway_version: str = ""
    preconditions: tuple[Mapping[str, Any], ...] = ()
    statuses: tuple[Mapping[str, Any], ...] = ()
    muted: tuple[str, ...] = ()
    left_zone: str = ""
    balancer: str = ""
    subnets: Mapping[str, Any] = field(default_factory=dict)
    side: str = ""
    restore: Mapping[str, Any] = field(default_factory=dict)
    put_back_at: float | None = None
    swept: bool = False  # looked after once more, when nobody can be at work on it any longer
    stop_reason: str = ""
    ended_at: float | None = None
    reason: str = ""
    assumptions: tuple[str, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def execution_name(self) -> str:
        return f"{self.environment_id}-{self.drill_id}"

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def scope(self) -> str:
        return BESIDE if TRIALS[self.kind].runs_beside else SCOPE

    @property
    def lease_seconds(self) -> float:
        return BESIDE_SECONDS if TRIALS[self.kind].runs_beside else LEASE_SECONDS

    @property
    def deadline_seconds(self) -> float:
        return BESIDE_DEADLINE_SECONDS if TRIALS[self.kind].runs_beside else DEADLINE_SECONDS

    def document(self) -> dict[str, Any]:
        return {
            "id": self.drill_id,
            "environment": self.environment,
            "kind": self.kind.value,
            "proves": TRIALS[self.kind].promise,
            "status": self.status.value,
            "actor": self.actor,
            "trigger": self.trigger,
            **{name: _told(getattr(self, name)) for name in MOMENTS},
            "well": dict(self.well),
            "broken": list(self.broken),
            "deeds": list(self.deeds),
            "preconditions": [dict(one) for one in self.preconditions],
            "database_statuses": [dict(one) for one in self.statuses],
            "muted_alarms": list(self.muted),
            "zone_lost": self.zone if self.left_zone else "",
            "restore": Rehearsal.from_document(self.restore).told() or None,
            "engine": self.engine,
            "gateway_version": self.gateway_version,
            "stop_reason": self.stop_reason,
            "reason": self.reason,
            "simulated": bool(self.assumptions),
            "assumptions": list(self.assumptions),
            "result": dict(self.result) or None,
        }


MOMENTS = (
    "requested_at", "begun_at", "steady_at", "injected_at", "recovered_at", "rescued_at", "whole_at",
    "put_back_at", "ended_at",
)  # fmt: skip


def _told(moment: float | None) -> str | None:
    return None if moment is None else told(moment)


@dataclass(frozen=True)
class Window:
    opens_at: float
    closes_at: float


@dataclass(frozen=True)
class Watched:
    """`acknowledged` are moment and name of each marker written, `found` those that were read afterwards.

    `scrapes_seen` are the samples of a metric, by their moments, that answers told of while it was watched,
    `scrapes_found` those that its series has afterwards.
    """

    probes: tuple[Probe, ...]
    acknowledged: tuple[tuple[float, str], ...]
    found: frozenset[str]
    assumptions: tuple[str, ...] = ()
    scrapes_seen: tuple[float, ...] = ()
    scrapes_found: tuple[float, ...] = ()
