"""Which clusters run, each with its fleet, and its twin if it is an environment's.

A cluster begins to run with its first service and is forgotten with the last task of its last one. Requests
are served on threads and time passes on the event loop, so whoever touches a fleet holds `lock`; it is held
for milliseconds and nothing waits under it.
"""

from __future__ import annotations

import random
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ministack.core.responses import get_account_id, get_region, request_scope

from local.twin import PARAMETERS, Gateway
from local.twin.fleet import AT_ONCE, FARGATE, Fleet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from local.clock import Clock
    from local.twin import Reading
    from local.twin.fleet import Happening

ENVIRONMENT = "stargate-"
"""Clusters of environments begin so. All others get what they ask for at once, and have no users."""


@dataclass(frozen=True)
class Place:
    account: str
    region: str
    cluster: str


@dataclass
class Running:
    place: Place
    fleet: Fleet
    gateway: Gateway | None
    looked_at: float


lock = threading.RLock()
_clock: list[Clock] = []
_chance: list[random.Random] = []
_running: dict[Place, Running] = {}
_routes: dict[Place, dict[str, str]] = {}
_followers: list[Callable[[Running, list[Happening]], None]] = []
_callbacks: list[Callable[[str, Gateway, list[Happening], list[Reading]], None]] = []
_wakers: list[Callable[[], None]] = []


def install(clock: Clock, chance: random.Random) -> None:
    """Begin anew with this clock: nothing runs, nobody listens."""
    _running.clear()
    _routes.clear()
    _followers.clear()
    _callbacks.clear()
    _wakers.clear()
    set_clock(clock)
    _chance[:] = [chance]


def set_clock(clock: Clock) -> None:
    _clock[:] = [clock]


def now() -> float:
    return _clock[-1].now()


def on_happenings(follow: Callable[[Running, list[Happening]], None]) -> None:
    """Call this first with what happened in a cluster, in its account and region: ECS tells of it."""
    _followers.append(follow)


def on_advance(
    callback: Callable[[str, Gateway, list[Happening], list[Reading]], None],
) -> None:
    """Call this, in the cluster's account and region, with all that an environment's twin tells.

    That is: the cluster's name, the twin, what happened, and what was measured in the periods that are over.
    """
    _callbacks.append(callback)


def on_start(wake: Callable[[], None]) -> None:
    _wakers.append(wake)


def running(cluster: str) -> Gateway | None:
    """The twin of this cluster in the account and region of the request; None if none runs."""
    found = find(cluster)
    return found.gateway if found else None


def find(cluster: str) -> Running | None:
    return _running.get(Place(get_account_id(), get_region(), cluster))


def every() -> list[Running]:
    """All clusters that run, in all regions."""
    return list(_running.values())


def gateways() -> list[tuple[Place, Gateway]]:
    """The twins of all environments that run."""
    return [(entry.place, entry.gateway) for entry in every() if entry.gateway is not None]


def routes(place: Place) -> dict[str, str]:
    """LiteLLM's model_group_alias, which it keeps in its database: who is served by whom."""
    return _routes.get(place, {})


def route(entry: Running, aliases: Mapping[str, str]) -> None:
    _routes[entry.place] = dict(aliases)
    if entry.gateway is not None:
        entry.gateway.route(_by_twins(aliases))


def _by_twins(aliases: Mapping[str, str]) -> dict[str, str]:
    """As the twin calls its models: "sonnet" for claude-sonnet-4-5."""
    names = {name: name.split("-")[1] for pair in aliases.items() for name in pair}
    return {names[asked]: names[called] for asked, called in aliases.items()}


def environment(name: str) -> Running:
    """The cluster of an environment, wherever it runs; KeyError if it does not."""
    for entry in every():
        if entry.place.cluster == ENVIRONMENT + name:
            return entry
    raise KeyError(name)


@contextmanager
def ordering(cluster: str, zones: Sequence[str]) -> Iterator[tuple[Fleet, float]]:
    """The cluster's fleet as it is now, to be given orders; what they lead to at once is told at the end."""
    with lock:
        known = find(cluster)
        if known is not None:
            advance(known)
        entry = find(cluster) or _start(cluster, zones)  # its last task may have gone just now
        yield entry.fleet, now()
        advance(entry)


def _start(cluster: str, zones: Sequence[str]) -> Running:
    place = Place(get_account_id(), get_region(), cluster)
    chance = random.Random(_chance[-1].random())  # noqa: S311 - decides delays, guards nothing
    moment = now()
    if cluster.startswith(ENVIRONMENT):
        fleet = Fleet(chance, zones, FARGATE)
        twin = Gateway(fleet, PARAMETERS, chance, moment)
        twin.route(_by_twins(routes(place)))
        entry = Running(place, fleet, twin, moment)
    else:
        entry = Running(place, Fleet(chance, zones, AT_ONCE), None, moment)
    _running[place] = entry
    for wake in _wakers:
        wake()
    return entry


def catch_up() -> None:
    """Let happen, in the clusters of the request's region, what is due in ECS by now."""
    account, region = get_account_id(), get_region()
    for entry in every():
        if (entry.place.account, entry.place.region) == (account, region) and is_due(entry):
            advance(entry)


def is_due(entry: Running) -> bool:
    due = entry.fleet.next_at()
    return due is not None and due <= now()


def advance(entry: Running) -> None:
    """Let time pass in one cluster until now, and tell what happened and what was measured."""
    with lock:
        moment = now()
        entry.looked_at = moment
        happenings, readings = _let_pass(entry, moment)
        if happenings or readings:
            with request_scope(entry.place.account, entry.place.region):
                _tell(entry, happenings, readings)
        if not entry.fleet.services() and _running.get(entry.place) is entry:
            del _running[entry.place]


def _let_pass(entry: Running, moment: float) -> tuple[list[Happening], list[Reading]]:
    if entry.gateway is None:
        return entry.fleet.advance(moment), []
    entry.gateway.advance(moment)
    return entry.gateway.take_happenings() + entry.fleet.advance(moment), entry.gateway.take_readings()


def _tell(entry: Running, happenings: list[Happening], readings: list[Reading]) -> None:
    for follow in _followers:
        follow(entry, happenings)
    if entry.gateway is not None:
        for callback in _callbacks:
            callback(entry.place.cluster, entry.gateway, happenings, readings)
