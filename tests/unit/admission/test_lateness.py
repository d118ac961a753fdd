"""When a worker has too much to do, and how many it is given then."""

from __future__ import annotations

import asyncio

from gateway.admission.door import Door
from gateway.admission.lateness import AT_LEAST_EVERY, LATE, TICK, WARY, Lateness
from tests.unit.admission.skipping import played


def late(lateness, seconds, begins, lasts):
    """Every look of so long a time comes late by that; when the last was."""
    now = begins
    while now < begins + lasts:
        now += TICK + seconds
        lateness.seen(seconds, now)
    return now


def let_in(lateness, begins, seconds, *, looks=True):
    """How many of five hundred a second, on a loop that is in time again or not looked at."""
    count, steps = 0, int(seconds * 500)
    for step in range(steps):
        now = begins + step / 500
        if looks and step % 10 == 0:
            lateness.seen(0.0, now)
        count += lateness.lets(1.0, now)
    return count


def test_a_worker_that_keeps_up_takes_everybody():
    """A loop that is a hundredth late is busy, and no more."""
    lateness = Lateness()
    now = late(lateness, 0.01, 100.0, 10.0)
    assert let_in(lateness, now, 1.0) == 500
    assert lateness.free_in(now) == 0.0


def test_one_slow_turn_is_no_lateness():
    """A callback that blocks for a tenth once is forgotten: it is the mean that counts."""
    lateness = Lateness()
    late(lateness, 0.0, 100.0, 1.0)
    lateness.seen(LATE, 101.2)
    assert lateness.seconds < LATE
    assert lateness.lets(1.0, 101.2)
    assert lateness.lets(1.0, 101.2)


def test_while_it_is_late_only_a_few_are_let_in():
    """One each fifth of a second: should it be late for another reason, the gateway is not shut."""
    lateness = Lateness()
    now = late(lateness, 0.3, 100.0, 2.0)
    lateness.lets(1.0, now)
    assert let_in(lateness, now + 0.001, 0.99, looks=False) == round(0.99 / AT_LEAST_EVERY) - 1
    assert lateness.free_in(now) == TICK


def test_after_that_one_by_one_so_that_each_is_felt():
    """As many as there are looks, for a second; then everybody again."""
    lateness = Lateness()
    now = late(lateness, 0.15, 100.0, 2.0)
    while lateness.seconds > LATE:
        now += TICK
        lateness.seen(0.0, now)
    assert let_in(lateness, now, 0.9 * WARY) <= 0.9 * WARY / TICK + 1
    assert let_in(lateness, now + 1.1 * WARY, 1.0) == 500


def test_those_who_came_last_are_let_in_first_when_it_is_in_time_again():
    """The door and its keeper together: parked while it is late, and then the newest."""

    async def story(now):
        lateness, order = Lateness(), []
        door = Door(lateness, 30.0, now)
        late(lateness, 0.3, now() - 2.0, 2.0)
        lateness.lets(1.0, now())

        async def come(name):
            await door.enter(1.0)
            order.append(name)

        coming = [asyncio.create_task(come(name)) for name in "abc"]
        await asyncio.sleep(0.05)
        for _ in range(50):
            lateness.seen(0.0, now())
            await asyncio.sleep(TICK)
        await asyncio.gather(*coming)
        return order

    assert played(story) == ["c", "b", "a"]
