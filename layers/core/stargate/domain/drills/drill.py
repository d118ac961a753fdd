"""One drill: what it is about to do, how far it has come, and what it needs before it may begin."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from stargate.domain.drills.objectives import FEEL, Kind, asked_of
from stargate.domain.drills.outages import GOOD_IN_A_ROW
from stargate.domain.environment import Check, Environment, Status
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.drills.probes import Probe
    from stargate.domain.operating.operations import Overview

SCOPE = "drill"  # its lease: while it is held the loop repairs nothing of what the drill breaks
LEASE_SECONDS = 1800.0  # longer than a drill lasts; a crashed one mutes nothing for longer than this
APART_SECONDS = 3600.0
STEADY_SECONDS = 30.0
STEADY_WITHIN = 90.0
LEAST_SECONDS = 90.0  # after the failure, so that one who wedges late is seen
WATCH_SECONDS = 780.0  # of the 900 that a function may take
RESCUE_AFTER = 120.0  # the objective: from then on the drill is lost and the gateway is what counts


class DrillStatus(StrEnum):
    REQUESTED = "REQUESTED"
    RUNNING = "RUNNING"
    SCORED = "SCORED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Drill:
    """`watched_at` and `well` are the watch's last word; `assumptions` make a result a simulated one."""

    drill_id: str
    environment_id: str
    environment: str
    kind: Kind
    status: DrillStatus
    requested_at: float
    actor: str
    cause: str
    steady_at: float | None = None
    watched_at: float | None = None
    well: Mapping[str, bool] = field(default_factory=dict)
    injected_at: float | None = None
    recovered_at: float | None = None
    rescued_at: float | None = None
    zone_before: str = ""
    ended_at: float | None = None
    reason: str = ""
    assumptions: tuple[str, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)

    @property
    def execution_name(self) -> str:
        return f"{self.environment_id}-{self.drill_id}"

    @property
    def is_over(self) -> bool:
        return self.status in {DrillStatus.SCORED, DrillStatus.FAILED}

    def document(self) -> dict[str, Any]:
        moments = ("requested_at", "steady_at", "injected_at", "recovered_at", "rescued_at", "ended_at")
        return {
            "id": self.drill_id,
            "environment": self.environment,
            "kind": self.kind.value,
            "status": self.status.value,
            "actor": self.actor,
            **{name: _told(getattr(self, name)) for name in moments},
            "well": dict(self.well),
            "reason": self.reason,
            "simulated": bool(self.assumptions),
            "assumptions": list(self.assumptions),
            "result": dict(self.result) or None,
        }


def _told(moment: float | None) -> str | None:
    return None if moment is None else told(moment)


@dataclass(frozen=True)
class DatabaseFacts:
    status: str
    multi_az: bool
    zone: str
    standby_zone: str
    backup_days: int


@dataclass(frozen=True)
class Window:
    opens_at: float
    closes_at: float


STEPS: Mapping[Kind, tuple[tuple[str, str], ...]] = {
    Kind.DATABASE_FAILOVER: (
        ("Announce and mute", "take the lease `drill`, so that the loop repairs nothing meanwhile; tell it"),
        (
            "Watch",
            f"probe each second: {', '.join(FEEL[Kind.DATABASE_FAILOVER])}; {STEADY_SECONDS:.0f} s well",
        ),
        ("Inject", "reboot the database with failover to its standby"),
        ("Rescue if need be", f"a new deployment of litellm if it refuses keys after {RESCUE_AFTER:.0f} s"),
        ("Unmute", "give the lease back, whatever happened"),
        (
            "Score",
            f"against {asked_of(Kind.DATABASE_FAILOVER, 'database'):.0f} s and no data lost; to the ledger",
        ),
    )
}


def preconditions(
    overview: Overview,
    database: DatabaseFacts | None,
    last_at: float | None,
    window: Window | None,
    now: float,
) -> tuple[Check, ...]:
    """Each with what was found beside what is asked; one that does not hold refuses the drill."""
    environment, operations = overview.environment, overview.operations
    held = [lease.scope for lease in operations.leases.values() if lease.held_at(now)]
    conditions = [one.key for one in operations.conditions.values() if one.open]
    busy = [one.kind for one in operations.actions.values() if one.in_flight]
    checks = [
        _of_status(environment),
        Check("switch", overview.switch.on, "on" if overview.switch.on else "off", "on"),
        Check("drill", SCOPE not in held, "one is running" if SCOPE in held else "none", "none running"),
        Check("conditions", not conditions, ", ".join(conditions) or "none open", "none open"),
        Check(
            "actions",
            not busy and set(held) <= {SCOPE},
            ", ".join([*busy, *held]) or "none",
            "none under way",
        ),
        *_of_database(database),
    ]
    if last_at is not None:
        minutes = (now - last_at) / 60
        checks.append(
            Check("apart", now - last_at >= APART_SECONDS, f"{minutes:.0f} min", ">= 60 min after the last")
        )
    if window is not None:
        is_open = window.opens_at <= now < window.closes_at
        bound = f"{told(window.opens_at)} to {told(window.closes_at)}"
        checks.append(Check("window", is_open, told(now), bound))
    return tuple(checks)


def _of_status(environment: Environment) -> Check:
    return Check("status", environment.status is Status.READY, environment.status.value, Status.READY.value)


def _of_database(database: DatabaseFacts | None) -> list[Check]:
    if database is None:
        return [Check("database", ok=False, measured="absent", bound="available")]
    zones = f"{database.zone} and {database.standby_zone}" if database.standby_zone else database.zone
    return [
        Check("database", database.status == "available", database.status, "available"),
        Check(
            "standby", database.multi_az and bool(database.standby_zone), zones, "Multi-AZ, with a standby"
        ),
        Check("backups", database.backup_days > 0, f"kept {database.backup_days} days", ">= 1 day"),
    ]


def newest_well(probes: list[Probe], components: tuple[str, ...], since: float) -> dict[str, bool]:
    """Of each component, whether it gave good answers in a row, all of them asked since then."""
    told_of: dict[str, list[Probe]] = {component: [] for component in components}
    for probe in probes:
        if probe.component in told_of and probe.at >= since:
            told_of[probe.component].append(probe)
    return {
        component: len(asked) >= GOOD_IN_A_ROW
        and all(one.ok for one in sorted(asked, key=lambda probe: probe.at)[-GOOD_IN_A_ROW:])
        for component, asked in told_of.items()
    }


@dataclass(frozen=True)
class Watched:
    """`acknowledged` are moment and name of each marker written, `found` those that were read afterwards."""

    probes: tuple[Probe, ...]
    acknowledged: tuple[tuple[float, str], ...]
    found: frozenset[str]
    assumptions: tuple[str, ...] = ()
