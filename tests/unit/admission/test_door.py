"""Who is let in, in which order, and whose patience ends."""

from __future__ import annotations

import asyncio

from gateway.admission.door import Door
from gateway.admission.pace import Manner, Pace
from tests.unit.admission.skipping import played

ONE_A_SECOND = Manner(least=1.0, cut=0.9, growth=0.0, memory=10.0)


def paced(now):
    """A door that lets in one a second, and whose first second is taken."""
    pace = Pace(ONE_A_SECOND)
    pace.refused(0.0, now() - 1.0)
    pace.lets(1.0, now())
    pace.lets(1.0, now())
    return pace


def test_an_open_door_keeps_nobody():
    """No task, no timer: the usual case costs a comparison."""

    async def story(now):
        door = Door(Pace(ONE_A_SECOND), 0.5, now)
        assert door.is_open
        entered = [await door.enter(1.0) for _ in range(100)]
        return all(entered), len(door), len(asyncio.all_tasks())

    assert played(story) == (True, 0, 1)


def test_who_waits_longer_than_their_patience_is_not_let_in():
    """Half a second, to the hundredth; then nobody is kept any more."""

    async def story(now):
        door, began = Door(paced(now), 0.5, now), now()
        assert not door.is_open
        entered = await door.enter(1.0)
        return entered, round(now() - began, 2), len(door)

    assert played(story) == (False, 0.5, 0)


def test_the_newest_go_first():
    """They can still be served in time; the eldest are let in when nobody younger waits."""

    async def story(now):
        door, order = Door(paced(now), 30.0, now), []

        async def come(name, after):
            await asyncio.sleep(after)
            if await door.enter(1.0):
                order.append(name)

        await asyncio.gather(*(come(name, place / 100) for place, name in enumerate("abc")))
        return order

    assert played(story) == ["c", "b", "a"]


def test_who_hangs_up_is_forgotten():
    """A caller who is gone takes no place of those who wait."""

    async def story(now):
        door = Door(paced(now), 30.0, now)
        waiting = asyncio.create_task(door.enter(1.0))
        await asyncio.sleep(0.1)
        assert len(door) == 1
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return len(door), await door.enter(1.0)

    assert played(story) == (0, True)
