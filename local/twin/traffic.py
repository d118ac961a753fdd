"""Requests on their way through a gateway: who takes them, how long they wait, what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gateway.admission.lateness import LONGEST_PARKED
from gateway.admission.pace import QUOTA_WAIT
from local.twin.admission import Parked
from local.twin.arrivals import Arrivals, Batch, Ended
from local.twin.balancer import (
    CALLER_GONE,
    MODEL_FAILED,
    NO_TARGET,
    TARGET_GONE,
    THROTTLED,
    TOO_BUSY,
    Balancer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from local.twin.admission import Doors
    from local.twin.bedrock import Model
    from local.twin.load import Load
    from local.twin.parameters import Parameters

RETRY = "retry"
MOMENTS = 8.0  # of a second: what comes in later in it is dated later


@dataclass
class Totals:
    """Requests since the start; tokens are those of completed answers."""

    started: int = 0
    completed: int = 0
    failed: int = 0
    in_flight: int = 0
    throttled: int = 0
    retried: int = 0
    output_tokens: int = 0


class Flight(NamedTuple):
    """Requests whose next moment is known. `outcome` is None for an answer, RETRY, or the code of an error.

    `added_seconds` is what they waited in the gateway so far, for a core or between attempts.
    """

    source: Arrivals
    load: Load
    model: Model
    batch: Batch
    requests: int
    attempt: int
    added_seconds: float
    first_seconds: float
    whole_seconds: float
    outcome: str | None


class Traffic:
    def __init__(
        self,
        parameters: Parameters,
        models: Mapping[str, Model],
        sources: Sequence[Arrivals],
        balancer: Balancer,
        loads: Mapping[str, Load],
        chance: Random,
    ) -> None:
        self.totals = Totals()
        self.serving: list[Load] = []
        self._loads = loads
        self._moment = 0.0
        self._task = parameters.task
        self._work_per_request = parameters.task.cpu_seconds_per_request
        self._work_per_token = parameters.task.cpu_seconds_per_output_token
        self._patience = parameters.caller_patience_seconds
        self._models = models
        self.served_by: Mapping[str, str] = {}  # the model that is called in the place of the one asked for
        self._sources = sources
        self._balancer = balancer
        self._random = chance.random
        self._due: dict[int, list[Flight]] = {}
        self._turn = 0
        # Task, second and a number by chance to the status that a request is refused with; None: none is.
        self.refusal: Callable[[str, float, float], str] | None = None

    def play(self, at: float) -> None:
        """The second from `at` on, but for the work of the tasks themselves."""
        second = int(at)
        for model in self._models.values():
            model.bucket.fill()
        self._land_due(second)
        self._moment = at
        for source in self._sources:
            for batch in source.arrive(at):
                self._enter(source, batch, second)
        self._open_doors(second)
        self._land_due(second)

    def _land_due(self, second: int) -> None:
        """What lands at once and is due in this second too is added to the list while it is walked."""
        for flight in self._due.get(second, ()):
            self._land(flight, second)
        self._due.pop(second, None)

    def lose(self, load: Load, at: float) -> None:
        """A task is gone: what was in flight there fails."""
        second = int(at)
        for due_at, flights in self._due.items():
            lost = [flight for flight in flights if flight.load is load]
            if lost:
                self._due[due_at] = [flight for flight in flights if flight.load is not load]
            for flight in lost:
                if flight.outcome is None:
                    flight.model.cut(flight.requests)
                self._fail(flight, TARGET_GONE, second)
        for parked in load.doors.parked if load.doors is not None else ():
            self._fail(parked.flight, TARGET_GONE, second)

    def _enter(self, source: Arrivals, batch: Batch, second: int) -> None:
        count = batch.requests
        totals = self.totals
        totals.started += count
        load = self._least_outstanding()
        if load is None:
            totals.failed += count
            self._balancer.failed(count, NO_TARGET, 0.0)
            source.end(Ended(batch, count, True, 0.0, 0), second)  # noqa: FBT003
            return
        code = "" if self.refusal is None else self.refusal(load.task_id, second, self._random())
        if code:
            totals.failed += count
            self._balancer.failed(count, code, 0.0)
            source.end(Ended(batch, count, True, 0.0, 0), second)  # noqa: FBT003
            return
        totals.in_flight += count
        load.in_flight += count
        model = self._models[self.served_by.get(batch.model, batch.model)]
        self._moment += (second + 1.0 - self._moment) / MOMENTS
        if load.backlog <= load.most_backlog:
            self._begin(source, load, model, batch, 0.0, self._work_per_request, second)
        elif load.doors is not None:
            load.backlog += count * self._task.cpu_seconds_per_retry
            parked = Flight(source, load, model, batch, count, 0, 0.0, 0.0, 0.0, RETRY)
            load.doors.parked.append(Parked(parked, self._moment))

    def _open_doors(self, second: int) -> None:
        for load in self._loads.values():
            if load.doors is not None and load.doors.parked:
                self._open(load, load.doors, second)

    def _open(self, load: Load, doors: Doors, second: int) -> None:
        """Of those who wait for a worker the newest go on; who has no more patience is told to come later."""
        work = self._work_per_request - self._task.cpu_seconds_per_retry
        while doors.parked and load.backlog <= load.most_backlog:
            flight = doors.newest(self._moment)
            self._begin(flight.source, load, flight.model, flight.batch, flight.added_seconds, work, second)
        for flight in doors.leave(self._moment):
            self._fail(flight._replace(added_seconds=LONGEST_PARKED), TOO_BUSY, second)

    def _begin(
        self,
        source: Arrivals,
        load: Load,
        model: Model,
        batch: Batch,
        waited: float,
        work: float,
        second: int,
    ) -> None:
        """Once there is a core for it and quota to be hoped for; it has `waited` for seconds already."""
        count, wait = batch.requests, load.wait + self._work_per_request
        if wait > self._patience:
            lost = Flight(source, load, model, batch, count, 0, self._patience, 0.0, 0.0, CALLER_GONE)
            self._schedule(lost, second, self._patience)
            return
        if load.doors is not None and model.name in load.doors.paces:
            weight = load.doors.weight(count, batch.input_tokens)
            held = load.doors.quota_wait(model.name, weight, self._moment)
            if held is None:
                flight = Flight(source, load, model, batch, count, 0, waited, 0.0, 0.0, THROTTLED)
                self._turn_away(flight, second, wait)
                return
            wait += held
        load.take(count, work, self._work_per_token * batch.output_tokens)
        if model.lets_all(count, batch.input_tokens):  # nearly always; the rest of the truth is in _call
            first, whole = model.times(batch.output_tokens)
            answer = Flight(source, load, model, batch, count, 0, waited + wait, first, whole, None)
            self._schedule(answer, second, wait + whole)
        else:
            flight = Flight(source, load, model, batch, count, 0, waited + wait, 0.0, 0.0, RETRY)
            self._call(flight, second, wait)

    def _turn_away(self, flight: Flight, second: int, wait: float) -> None:
        """Admission says no, when it has waited for quota as long as it may."""
        load, count = flight.load, flight.requests
        load.backlog += count * self._task.cpu_seconds_per_retry
        load.counts_of(flight.model.name).refused += count
        refused = flight._replace(added_seconds=flight.added_seconds + wait + QUOTA_WAIT)
        self._schedule(refused, second, wait + QUOTA_WAIT)

    def _least_outstanding(self) -> Load | None:
        """As the target group of our template balances; among equals they take turns."""
        serving = self.serving
        if not serving:
            return None
        self._turn += 1
        chosen = serving[self._turn % len(serving)]
        for load in serving:
            if load.in_flight < chosen.in_flight:
                chosen = load
        return chosen

    def _call(self, flight: Flight, second: int, delay: float) -> None:
        """Call the model, `delay` seconds from now: the quota decides first, then the model's own health."""
        source, load, model, batch, count, attempt, added, *_ = flight
        admitted = model.lets(count, batch.input_tokens)
        if admitted < count:
            self.totals.throttled += count - admitted
            load.counts_of(model.name).throttles += count - admitted
            if load.doors is not None:
                weight = load.doors.weight(count - admitted, batch.input_tokens)
                asked = load.doors.weight(model.last_minute.invocations, batch.input_tokens) / 60.0
                share = asked / max(1, len(self.serving))
                load.doors.throttled(model.name, weight, share, self._moment)
            self._try_again(flight, count - admitted, THROTTLED, second, delay)
        if admitted and model.failing:
            failing = int(admitted * model.failing + self._random())
            if failing:
                admitted -= failing
                model.failed(failing, batch.input_tokens)
                self._try_again(flight, failing, MODEL_FAILED, second, delay)
        if admitted:
            first, whole = model.times(batch.output_tokens)
            answer = Flight(source, load, model, batch, admitted, attempt, added, first, whole, None)
            self._schedule(answer, second, delay + whole)

    def _try_again(self, flight: Flight, count: int, code: str, second: int, delay: float) -> None:
        """LiteLLM waits and calls again, for as long holding the request, or passes the error on."""
        task = self._task
        doors = flight.load.doors
        if flight.attempt >= task.retries or (doors is not None and flight.model.name in doors.paces):
            self._schedule(flight._replace(requests=count, outcome=code), second, delay)
            return
        backoff = (
            task.first_backoff_seconds * 2.0**flight.attempt + task.backoff_jitter_seconds * self._random()
        )
        flight.load.backlog += count * task.cpu_seconds_per_retry
        self.totals.retried += count
        waiting = flight._replace(
            requests=count,
            attempt=flight.attempt + 1,
            added_seconds=flight.added_seconds + backoff,
            outcome=RETRY,
        )
        self._schedule(waiting, second, delay + backoff)

    def _schedule(self, flight: Flight, second: int, delay: float) -> None:
        """Requests begin anywhere in their second, so `delay` is rounded by chance and kept in the mean."""
        due_at = second + int(delay + self._random())
        flights = self._due.get(due_at)
        if flights is None:
            self._due[due_at] = [flight]
        else:
            flights.append(flight)

    def _land(self, flight: Flight, second: int) -> None:
        if flight.outcome is None:
            self._complete(flight, second)
        elif flight.outcome is RETRY:
            self._call(flight, second, 0.0)
        else:
            self._fail(flight, flight.outcome, second)

    def _complete(self, flight: Flight, second: int) -> None:
        source, load, model, batch, count, attempt, added, first, whole, _ = flight
        totals = self.totals
        totals.completed += count
        totals.in_flight -= count
        totals.output_tokens += count * batch.output_tokens
        load.in_flight -= count
        counted = load.counts_of(model.name)
        counted.completed += count
        counted.input_tokens += count * batch.input_tokens
        counted.output_tokens += count * batch.output_tokens
        counted.answer_seconds += count * whole
        model.answered(count, batch, first, whole)
        self._balancer.answered(count, added + first, added + whole)
        source.end(Ended(batch, count, False, added, attempt), second)  # noqa: FBT003

    def _fail(self, flight: Flight, code: str, second: int) -> None:
        count = flight.requests
        self.totals.failed += count
        self.totals.in_flight -= count
        flight.load.in_flight -= count
        counted = flight.load.counts_of(flight.model.name)
        if code == THROTTLED:
            counted.throttled += count
        else:
            counted.failed += count
        self._balancer.failed(count, code, flight.added_seconds)
        source = flight.source
        source.end(Ended(flight.batch, count, True, flight.added_seconds, flight.attempt), second)  # noqa: FBT003
