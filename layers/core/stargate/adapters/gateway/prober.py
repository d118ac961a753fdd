"""Asks each component once a beat, and keeps the beat whatever the answers do.

Every question has a thread of its own that nobody waits for: one that hangs is given up at its deadline and
recorded as failed, and the next beat is on time. The price is a thread for each unanswered question, so what
is asked must end by itself some time, as a socket with a time-out does.

The beat is the monotonic clock's, so that a change of the time of day moves no edge of an outage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from stargate.adapters.clock import Stopwatch, SystemClock
from stargate.domain.drills.probes import Probe, Reply, Rhythm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Ask = Callable[[float], Reply]  # the argument is the deadline in seconds

UNANSWERED = Reply(ok=False, reason="no answer in time")
Key = tuple[int, str]  # beat and component


@dataclass(frozen=True)
class Prober:
    asks: Mapping[str, Ask]
    rhythm: Rhythm = field(default_factory=Rhythm)

    def watch(self, seconds: float, enough: Callable[[Sequence[Probe]], bool] | None = None) -> list[Probe]:
        """Ask for so long, or until what was answered so far is `enough`; sorted by time and component."""
        watch = _Watch(self.asks, self.rhythm)
        while watch.next_at() < seconds:
            watch.listen_until(watch.next_at())
            if enough is not None and enough(watch.probes):
                break
            watch.ask()
        watch.listen_to_the_last()
        return sorted(watch.probes, key=lambda probe: (probe.at, probe.component))


class _Watch:
    """One run of the prober, in seconds since its start. The threads touch nothing but the answers' queue."""

    def __init__(self, asks: Mapping[str, Ask], rhythm: Rhythm) -> None:
        self.probes: list[Probe] = []
        self._asks = asks
        self._rhythm = rhythm
        self._answers: SimpleQueue[tuple[Key, Reply, float]] = SimpleQueue()
        self._waiting: dict[Key, float] = {}
        self._began_at = SystemClock().now()
        self._watch = Stopwatch()
        self._beat = -1

    def next_at(self) -> float:
        return self._rhythm.at(self._next())

    def ask(self) -> None:
        self._beat = self._next()
        for component, ask in self._asks.items():
            key = (self._beat, component)
            self._waiting[key] = self._watch.seconds()
            Thread(target=self._put, args=(key, ask), daemon=True).start()

    def listen_until(self, moment: float) -> None:
        """Take what is answered, and give up what is overdue."""
        while True:
            now = self._watch.seconds()
            overdue = min(self._waiting.values(), default=moment) + self._rhythm.deadline
            try:
                self._take(*self._answers.get(timeout=max(0.0, min(moment, overdue) - now)))
            except Empty:
                self._give_up(now)
                if now >= moment:
                    return

    def listen_to_the_last(self) -> None:
        while self._waiting:
            self.listen_until(min(self._waiting.values()) + self._rhythm.deadline)

    def _next(self) -> int:
        return self._rhythm.next_beat(self._beat, self._watch.seconds())

    def _put(self, key: Key, ask: Ask) -> None:
        try:
            reply = ask(self._rhythm.deadline)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer and the record says so
            reply = Reply(ok=False, reason=f"{type(error).__name__}: {error}")
        self._answers.put((key, reply, self._watch.seconds()))

    def _take(self, key: Key, reply: Reply, ended: float) -> None:
        asked = self._waiting.pop(key, None)
        if asked is None:
            return  # given up before
        if ended - asked > self._rhythm.deadline:
            reply, ended = UNANSWERED, asked + self._rhythm.deadline
        self._record(key, asked, reply, ended - asked)

    def _give_up(self, now: float) -> None:
        for key, asked in list(self._waiting.items()):
            if now - asked >= self._rhythm.deadline:
                del self._waiting[key]
                self._record(key, asked, UNANSWERED, self._rhythm.deadline)

    def _record(self, key: Key, asked: float, reply: Reply, latency: float) -> None:
        self.probes.append(Probe(self._began_at + asked, key[1], reply.ok, latency, reply.reason))
