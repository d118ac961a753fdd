"""What a drill needs before it may begin: each check with what was found beside what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.drills.budget import LEAST_LEFT
from stargate.domain.drills.drill import BESIDE, SCOPE
from stargate.domain.drills.kinds import SERVICE_OF, TRIALS, Kind, Needed
from stargate.domain.drills.policy import Policy
from stargate.domain.drills.troubles import troubles
from stargate.domain.environment import Check, Status
from stargate.domain.moments import told
from stargate.domain.operating.actions.bounds import BoundsMoved
from stargate.domain.operating.actions.registry import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from stargate.domain.drills.budget import Budget
    from stargate.domain.drills.deeds import DatabaseFacts, Standing
    from stargate.domain.drills.drill import Window
    from stargate.domain.operating.operations import Operations, Overview

BOUNDS, CAPACITY = "bounds", f"{BoundsMoved.scope}:"
_TELLING = tuple(f"{kind.scope}:" for kind in ACTIONS.values() if not kind.changes_the_gateway)
# Leases that `actions` does not ask for: a page is held for a quarter of an hour.
ELSEWHERE = (CAPACITY, *_TELLING)
WAITED_FOR = frozenset({BOUNDS})  # by a drill that was asked for: over by itself within minutes
OLDEST_BACKUP_SECONDS = 900.0  # RDS uploads its logs every five minutes; three missed are a fault


@dataclass(frozen=True)
class Asked:
    """All that is held against what a drill needs; `another` is asked for already and has not begun yet."""

    kind: Kind
    overview: Overview
    standing: Standing
    budget: Budget
    last_at: float | None = None
    window: Window | None = None
    policy: Policy = field(default_factory=Policy)
    another: bool = False


def preconditions(asked: Asked, now: float) -> tuple[Check, ...]:
    """One that does not hold refuses the drill, or lets it wait (`WAITED_FOR`); all of them are told."""
    needs = TRIALS[asked.kind].needs
    checks = [*_of_environment(asked, now), *_of_time(asked, now)]
    for need, check in OF_NEED.items():
        if need in needs:
            checks += check(asked, now)
    return tuple(checks)


def refused(checks: Iterable[Check]) -> list[Check]:
    """Those that refuse a drill, of those that were made."""
    return [check for check in checks if not check.ok and check.name not in WAITED_FOR]


def waits(checks: Iterable[Check]) -> list[Check]:
    """Those for which a drill that nothing refuses has to wait."""
    return [check for check in checks if not check.ok and check.name in WAITED_FOR]


def bounds_at_rest(operations: Operations, now: float) -> Check:
    """Whether the outer loop moves the bounds of no service, and waits for no task that it asked for."""
    scopes = (lease.scope for lease in operations.leases.values() if lease.held_at(now))
    moving = any(scope.startswith(CAPACITY) for scope in scopes)
    return Check(BOUNDS, not moving, "being moved" if moving else "at rest", "at rest, or it waits")


def _of_environment(asked: Asked, now: float) -> Iterator[Check]:
    environment, operations = asked.overview.environment, asked.overview.operations
    held = [lease.scope for lease in operations.leases.values() if lease.held_at(now)]
    ours = {SCOPE, BESIDE}
    conditions = troubles(asked.overview)
    flying = (one.kind for one in operations.actions.values() if one.in_flight)
    busy = [kind for kind in flying if ACTIONS[kind].changes_the_gateway]
    others = [*busy, *(scope for scope in held if scope not in ours and not scope.startswith(ELSEWHERE))]
    switch = "on" if asked.overview.switch.on else "off"
    status = environment.status
    yield Check("status", status is Status.READY, status.value, Status.READY.value)
    yield Check("switch", asked.overview.switch.on, switch, "on")
    running = bool(ours & set(held))
    found = "one is running" if running else "one is asked for" if asked.another else "none"
    yield Check("drill", not running and not asked.another, found, "none running")
    yield Check("conditions", not conditions, ", ".join(conditions) or "none open", "none open")
    yield Check("actions", not others, ", ".join(others) or "none", "none under way")
    yield bounds_at_rest(operations, now)
    least = f"at least {100 * LEAST_LEFT:.0f} % left"
    yield Check("error budget", asked.budget.left >= LEAST_LEFT, asked.budget.told(), least)


def _of_time(asked: Asked, now: float) -> Iterator[Check]:
    if asked.last_at is not None:
        minutes, apart = (now - asked.last_at) / 60, asked.policy.apart_minutes
        yield Check("apart", minutes >= apart, f"{minutes:.0f} min", f">= {apart} min after the last")
    if asked.policy.window is not None:
        window = asked.policy.window
        hours = f"{', '.join(window.days)} {window.begins}-{window.ends} {window.time_zone}"
        yield Check("window of the environment", window.awake_at(now), told(now), hours)
    if asked.window is not None:
        is_open = asked.window.opens_at <= now < asked.window.closes_at
        bound = f"{told(asked.window.opens_at)} to {told(asked.window.closes_at)}"
        yield Check("window", is_open, told(now), bound)


def _standby(asked: Asked, _now: float) -> Iterator[Check]:
    database = asked.standing.database
    yield _available(database)
    if database is not None:
        zones = f"{database.zone} and {database.standby_zone}" if database.standby_zone else database.zone
        yield Check("standby", database.has_standby, zones, "Multi-AZ, with a standby")


def _backup(asked: Asked, now: float) -> Iterator[Check]:
    database = asked.standing.database
    if Needed.STANDBY not in TRIALS[asked.kind].needs:
        yield _available(database)
    if database is None:
        return
    yield Check("backups", database.backup_days > 0, f"kept {database.backup_days} days", ">= 1 day")
    if database.restorable_until is None:
        yield Check("recent backup", ok=False, measured="none", bound="restorable to the last 15 min")
        return
    age = max(0.0, now - database.restorable_until)
    bound = f"restorable to the last {OLDEST_BACKUP_SECONDS / 60:.0f} min"
    yield Check(
        "recent backup", age <= OLDEST_BACKUP_SECONDS, f"restorable until {age / 60:.0f} min ago", bound
    )


def _available(database: DatabaseFacts | None) -> Check:
    status = "absent" if database is None else database.status
    return Check("database", status == "available", status, "available")


def _task(asked: Asked, _now: float) -> Iterator[Check]:
    service = SERVICE_OF[asked.kind]
    found = asked.standing.services.get(service)
    if found is None:
        yield Check("service", ok=False, measured=f"no {service}", bound="it runs")
        return
    counted = f"{len(found.tasks)} of {found.desired} tasks run"
    yield Check("service", found.whole, counted, "as many run as are wanted")


def _zones(asked: Asked, _now: float) -> Iterator[Check]:
    standing = asked.standing
    zones = standing.zones
    if standing.used is None:
        yield Check("balancer", ok=False, measured="ARC does not know it", bound="it can be kept from a zone")
    yield Check("zones", len(zones) >= 2, ", ".join(zones) or "none", "two or more in use")
    if standing.zone:
        known = standing.zone in zones
        yield Check("zone", known, standing.zone, f"one of {', '.join(zones)}")
    lost = ", ".join(standing.zones_lost)
    yield Check("zones out of use", not lost, lost or "none", "none")
    short = [name for name, one in standing.services.items() if not one.whole]
    yield Check("services", not short, ", ".join(short) or "all run as wanted", "all run as wanted")


OF_NEED: dict[Needed, Callable[[Asked, float], Iterator[Check]]] = {
    Needed.STANDBY: _standby,
    Needed.BACKUP: _backup,
    Needed.TASK: _task,
    Needed.ZONES: _zones,
}
