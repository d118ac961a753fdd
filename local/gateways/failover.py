"""Failovers of a twin's database: set how the next one goes, begin it, ask what was answered meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region

from local import control
from local.gateways import registry
from local.gateways.control import act_on, addressed, refuse

if TYPE_CHECKING:
    from local.gateways.control import Order

LONGEST = 3600


def install() -> None:
    control.route("POST", f"{control.PREFIX}failover", set_failover)
    control.route("POST", f"{control.PREFIX}answers", answers)


def set_failover(order: Order) -> Order:
    """{"environment", "seconds"?, "wedges"?}: how long the next one takes, and whether LiteLLM wedges."""
    entry, gateway, faults = addressed(order, {"seconds", "wedges"})
    seconds, wedges = order.get("seconds", gateway.failover.seconds), order.get("wedges", False)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 1 <= seconds <= LONGEST:
        faults.append(f"seconds must be a number from 1 to {LONGEST}, not {seconds!r}")
    if not isinstance(wedges, bool):
        faults.append(f"wedges must be true or false, not {wedges!r}")
    refuse(faults)

    def set_both() -> None:
        gateway.failover.seconds, gateway.failover.wedges = float(seconds), wedges

    return act_on(entry, set_both)


def answers(order: Order) -> Order:
    """{"environment", "since", "until"}: what who answered in each whole second between; all samples."""
    entry, gateway, faults = addressed(order, {"since", "until"})
    since, until = (_moment(order, name, faults) for name in ("since", "until"))
    refuse(faults)
    with registry.lock:
        registry.advance(entry)
        seen = gateway.answers.seen(since, until)
        assumed, scrapes = gateway.failover.seconds, list(gateway.answers.scrapes)
    return {
        "now": registry.now(),
        "assumed_seconds": assumed,
        "seconds": [[at, told] for at, told in seen],
        "scrapes": scrapes,
    }


def _moment(order: Order, name: str, faults: list[str]) -> float:
    value = order.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        faults.append(f"{name} must be seconds since 1970, not {value!r}")
        return 0.0
    return float(value)


def begin(identifier: str) -> float | None:
    """Fail the database of a running environment over; when its endpoint is back, or None if none runs."""
    place = registry.Place(get_account_id(), get_region(), identifier)
    entry = next((one for one in registry.every() if one.place == place), None)
    if entry is None or entry.gateway is None:
        return None
    with registry.lock:
        registry.advance(entry)
        return entry.gateway.failover.begin(registry.now(), entry.fleet)
