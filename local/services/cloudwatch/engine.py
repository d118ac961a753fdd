"""Evaluates each alarm once a minute, at its own second of it, on the server's event loop.

A heap holds what is due next, so a turn costs what is due and no more. Nothing here runs in a thread; metrics
may come from any.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import cloudwatch

from local.services.cloudwatch import actions, transitions
from local.services.cloudwatch.alarms import Watch, watch_of
from local.services.cloudwatch.evaluation import Datapoint, Judgement, judge, reason_data
from local.services.cloudwatch.parameters import EVALUATED_EVERY
from local.services.cloudwatch.statistics import Samples, statistic
from local.services.cloudwatch.store import Store, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.clock import Clock

Document: TypeAlias = dict[str, Any]
Place: TypeAlias = tuple[str, str]  # account, region

TURN = 3.0  # simulated seconds from one turn to the next
LEAST_TURN = 0.02  # real seconds, however compressed the clock is
_log = logging.getLogger("stargate.cloudwatch")


class Engine:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.stores: defaultdict[Place, Store] = defaultdict(Store)
        self._watches: dict[tuple[Place, str], Watch] = {}
        self._due: list[tuple[float, int, Place, str]] = []
        self._order = itertools.count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._before: list[Callable[[float], None]] = []
        self._each_turn: list[Callable[[float], None]] = []
        self._each_minute: list[Callable[[float], None]] = []
        self._minute = 0

    def store(self) -> Store:
        """The metrics of the caller's account and region."""
        return self.stores[get_account_id(), get_region()]

    def before_evaluating(self, act: Callable[[float], None]) -> None:
        self._before.append(act)

    def each_turn(self, act: Callable[[float], None]) -> None:
        self._each_turn.append(act)

    def each_minute(self, act: Callable[[float], None]) -> None:
        self._each_minute.append(act)

    def watch(self, alarm: Document) -> None:
        """Evaluate this alarm of the caller's account and region from its next second on."""
        place = (get_account_id(), get_region())
        name = alarm["AlarmName"]
        known = (place, name) in self._watches
        watch = self._watches[place, name] = watch_of(alarm)
        if not known:
            self._plan(place, name, watch, self.clock.now())
        self.run()

    def run(self) -> None:
        """Take turns on the running event loop, if there is one and it is not yet so."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        if loop is not self._loop:
            self._loop = loop
            self._take_turn()

    def _take_turn(self) -> None:
        try:
            self.turn(self.clock.now())
        finally:
            assert self._loop is not None  # noqa: S101 - tells the type checker
            self._loop.call_later(max(self.clock.real_seconds(TURN), LEAST_TURN), self._take_turn)

    def turn(self, now: float) -> None:
        """Do all that is due."""
        minute = int(now // EVALUATED_EVERY)
        for act in self._each_minute if minute != self._minute else ():
            guarded(act, now)
        self._minute = minute
        for act in self._before if self._is_due(now) else ():
            guarded(act, now)
        while self._is_due(now):
            _, _, place, name = heapq.heappop(self._due)
            guarded(self._evaluate, place, name, now)
        for act in self._each_turn:
            guarded(act, now)

    def _is_due(self, now: float) -> bool:
        return bool(self._due) and self._due[0][0] <= now

    def _evaluate(self, place: Place, name: str, now: float) -> None:
        with request_scope(*place):
            alarm = cloudwatch._alarms.get(name)
            if alarm is None:
                del self._watches[place, name]
                return
            watch = self._watches[place, name]
            self._plan(place, name, watch, now)
            self._judge(alarm, watch, now)

    def _plan(self, place: Place, name: str, watch: Watch, now: float) -> None:
        every = min(EVALUATED_EVERY, watch.rule.period)
        due = math.floor((now - watch.phase) / every) * every + every + watch.phase
        heapq.heappush(self._due, (due, next(self._order), place, name))

    def _judge(self, alarm: Document, watch: Watch, now: float) -> None:
        rule = watch.rule
        every = int(min(EVALUATED_EVERY, rule.period))
        end = int(now // every * every)
        window = Window(end - rule.reach() * rule.period, rule.period, rule.reach(), now)
        judgement = judge(rule, self._datapoints(watch, window))
        if judgement.state is not None and judgement.state != alarm["StateValue"]:
            start = end - rule.periods * rule.period
            data = reason_data(rule, judgement, now, start, watch.statistic(), alarm.get("Unit", ""))
            transitions.change_state(alarm, judgement.state, judgement.reason, data, now)
        actions.trigger_policies(alarm, newest(judgement), now)

    def _datapoints(self, watch: Watch, window: Window) -> list[Datapoint | None]:
        store, watched = self.store(), watch.watched
        if watched.metric:
            seen = store.samples(watched.metric, window)
            found = zip(window.moments(), seen, strict=True)
            return [one_metric(at, samples, watched.stat) if samples else None for at, samples in found]
        values = watch.queries.values(watched.name, window, store.read)
        moments = zip(window.moments(), values, strict=True)
        return [None if value is None else Datapoint(at, value) for at, value in moments]

    def reset(self) -> None:
        self.stores.clear()
        self._watches.clear()
        self._due.clear()


def one_metric(at: int, samples: Samples, stat: str) -> Datapoint | None:
    value = statistic(samples, stat)
    return None if value is None else Datapoint(at, value, samples.count)


def newest(judgement: Judgement) -> float | None:
    return judgement.datapoints[-1].value if judgement.datapoints else None


def guarded(act: Callable[..., None], *given: Any) -> None:
    """One alarm that cannot be evaluated must not keep the others from it."""
    try:
        act(*given)
    except Exception:  # noqa: BLE001 - whatever it is, it is logged
        _log.exception("%s failed", act)
