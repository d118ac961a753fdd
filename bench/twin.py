"""What a day of the twin costs: one-second steps, 300 users on six tasks, all its measuring included.

It is held against the least that a model which looks at each request by itself would do: put it into a queue
with the moment of its end, and take it out again. Both take turns in one process, three simulated hours each,
so that a busy machine slows them alike; the ratio is taken within a turn. Beside it stands the whole day in
seconds of CPU time, against the ten that it may take.
"""

import heapq
import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from local.twin import PARAMETERS, Gateway
from local.twin.fleet import DeploymentRules, Fleet, TaskSize
from local.twin.fleet.timing import AT_ONCE

RESULT = Path(__file__).resolve().parents[1] / "out" / "bench" / "twin.json"
USERS = 300
TASKS = 6
TURNS = 8
TURN_SECONDS = 86_400 // TURNS
DAY_BOUND = 10.0
RATIO_BOUND = 1.35  # ten seconds, on the machine that this was written on
START = 1_800_000_000.0
SETTLING = 300.0


def run() -> bool:
    gateway = _gateway()
    before = gateway.totals.completed
    turns = [_turn(gateway) for _ in range(TURNS)]
    requests = gateway.totals.completed - before
    day = sum(own for own, _ in turns)
    ratio = statistics.median(own / bare for own, bare in turns)
    ok = ratio <= RATIO_BOUND and day <= DAY_BOUND
    _print(day, ratio, requests, ok)
    document = {
        "users": USERS,
        "tasks": TASKS,
        "requests": requests,
        "day_seconds": round(day, 2),
        "day_bound_seconds": DAY_BOUND,
        "bare_day_seconds": round(sum(bare for _, bare in turns), 2),
        "ratio": round(ratio, 3),
        "ratio_bound": RATIO_BOUND,
        "ok": ok,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return ok


def _gateway() -> Gateway:
    chance = random.Random(1)  # noqa: S311 - a model's chance, not a secret's
    fleet = Fleet(chance, ("us-east-1a", "us-east-1b", "us-east-1c"), AT_ONCE)
    fleet.add_service("litellm", TaskSize(2048, 4096), TASKS, START, DeploymentRules(drain_seconds=110))
    gateway = Gateway(fleet, PARAMETERS, chance, START)
    gateway.set_users(USERS)
    gateway.advance(START + SETTLING)
    return gateway


def _turn(gateway: Gateway) -> tuple[float, float]:
    """Seconds that three simulated hours take: of the twin, and of merely queueing as many requests."""
    before = gateway.totals.completed
    own = _seconds(lambda: _play(gateway))
    requests = gateway.totals.completed - before
    return own, _seconds(lambda: _queue(requests))


def _play(gateway: Gateway) -> None:
    for _ in range(TURN_SECONDS // 60):
        gateway.advance(gateway.at + 60)
        gateway.take_readings()
        gateway.take_happenings()


def _queue(requests: int) -> None:
    chance = random.Random(1)  # noqa: S311 - as above
    queue: list[float] = []
    in_flight = USERS // 2
    for moment in range(requests):
        heapq.heappush(queue, moment + in_flight * chance.expovariate(1.0))
        if moment >= in_flight:
            heapq.heappop(queue)


def _seconds(act: Callable[[], None]) -> float:
    began = time.process_time()
    act()
    return time.process_time() - began


def _print(day: float, ratio: float, requests: int, ok: bool) -> None:  # noqa: FBT001 - printed, not decided on
    print(f"a day of the twin with {USERS} users on {TASKS} tasks, {requests:,} requests, in {TURNS} turns")
    print(
        f"  {day:5.1f} s for the day, {day / DAY_BOUND:.2f} of what it may take  (at most {DAY_BOUND:.0f} s)"
    )
    print(
        f"  {ratio:5.2f} times putting each request into a queue and taking it out  (at most {RATIO_BOUND})"
    )
    print(f"  {'held' if ok else 'BROKE'}")
