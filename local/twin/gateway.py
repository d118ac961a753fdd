"""One running gateway, second by second: its users, tasks and models, and what can be measured of them.

A request goes to the task with the fewest in flight, waits there for a core, is let through or throttled by
the quota of its model, and takes the time that the model takes. Requests of one second that are alike travel
together as a batch; nothing is kept per request, so a day takes seconds. Every number of requests is whole:
what came in is completed, failed or in flight, and `totals` can prove it.

Its seconds are whole ones since 1970. The fleet is always taken to the end of the second that is played, so
an order given between two seconds is never older than what the fleet knows.
"""

from __future__ import annotations

from collections import deque
from math import floor
from typing import TYPE_CHECKING, Any

from local.twin import surroundings
from local.twin.answers import Answers
from local.twin.arrivals import Arrivals, Users
from local.twin.balancer import THROTTLED, Balancer
from local.twin.bedrock import Model
from local.twin.failover import Failover
from local.twin.faults import CrashLoop, CrashTask, FailingModels, Fault, FaultError, QuotaShare, SlowModels
from local.twin.fleet import Fleet, Happening, Stop
from local.twin.footprint import Footprint
from local.twin.load import Load
from local.twin.readings import Reading, of_gauge
from local.twin.surroundings import running_of
from local.twin.traffic import Totals, Traffic
from local.twin.truth import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from random import Random

    from local.twin.parameters import Parameters
    from local.twin.quota import Quota

FINE_PERIOD = 20  # AWS measures CPU and memory of an ECS service so often
PERIOD = 60
MINUTES_OF_DAY = 1440
READS_ROUTES_EVERY = 30  # seconds: proxy_config_reload_interval_seconds of LiteLLM
EXITED = "Essential container in task exited"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"


class Gateway:
    """Drive it with `advance`, then take what happened and what was measured."""

    def __init__(
        self,
        fleet: Fleet,
        parameters: Parameters,
        chance: Random,
        at: float,
        arrivals: Arrivals | None = None,
    ) -> None:
        """`arrivals` come in addition to the users, of whom there are none until they are set."""
        self.fleet = fleet
        self.parameters = parameters
        self.users = Users(parameters, chance)
        self.models = {
            model.name: Model(model, parameters.max_output_tokens, chance) for model in parameters.models
        }
        self.balancer = Balancer(parameters.balanced_service)
        self.loads: dict[str, Load] = {}
        sources: list[Arrivals] = [self.users] if arrivals is None else [self.users, arrivals]
        self._traffic = Traffic(parameters, self.models, sources, self.balancer, self.loads, chance)
        self.database = surroundings.Database(parameters, chance)
        self.footprint = Footprint(parameters.wire)
        self._tokens: deque[tuple[float, dict[str, tuple[int, int]]]] = deque(maxlen=MINUTES_OF_DAY)
        self.failover = Failover()
        self.answers = Answers(self.failover)
        self.used_up = False  # whether the key that the users share has spent what it may
        self._chance = chance
        self._second = floor(at)
        self._known_at = at
        self._fine: dict[str, list[tuple[float, float]]] = {}
        self._looping: set[str] = set()
        self._rerouted: tuple[int, Mapping[str, str]] = (self._second, {})  # from when on
        self._happenings: list[Happening] = []
        self._readings: list[Reading] = []

    @property
    def at(self) -> float:
        """The moment that it was taken to."""
        return self._known_at

    @property
    def totals(self) -> Totals:
        return self._traffic.totals

    # --- orders ---

    def set_users(self, users: int, model_shares: Mapping[str, float] | None = None) -> None:
        """ValueError if there cannot be so many, or the shares are of unknown models or add up to nothing."""
        self.users.set(users, model_shares)

    def set_quota(self, model: str, quota: Quota) -> None:
        """KeyError if there is no such model."""
        self.models[model].set_quota(quota)

    def route(self, served_by: Mapping[str, str]) -> None:
        """Call these models in the place of others, once LiteLLM's tasks have read so in their database."""
        self._rerouted = (self._second + READS_ROUTES_EVERY, dict(served_by))

    def break_(self, what: Fault, at: float | None = None) -> None:
        """FaultError if there is no such model, service or task to break."""
        moment = self._known_at if at is None else at
        match what:
            case CrashTask():
                self._crash(what, moment)
            case CrashLoop(service, every_seconds):
                self._crash(CrashTask(service), moment)
                self._looping.add(service)
                self.fleet.crash_from_now(service, every_seconds)
            case SlowModels(factor, name):
                for model in self._chosen(name):
                    model.slowness = factor
            case FailingModels(share, name):
                for model in self._chosen(name):
                    model.failing = share
            case QuotaShare(share, name):
                for model in self._chosen(name):
                    model.leave_share(share)

    def mend(self) -> None:
        """All that was broken and lasts is well again; a crashed task is ECS's to replace."""
        for service in self._looping & set(self.fleet.services()):
            self.fleet.crash_from_now(service, None)
        self._looping.clear()
        for model in self.models.values():
            model.slowness = 1.0
            model.failing = 0.0
            model.leave_share(1.0)

    def broken(self) -> list[str]:
        """What somebody broke and nobody mended, in words."""
        loops = [f"{service} crashes in a loop" for service in sorted(self._looping)]
        return loops + [fault for model in self.models.values() for fault in model.broken()]

    # --- time ---

    def advance(self, to: float) -> None:
        """Play every second that is over by `to`; a moment that is past already counts as now."""
        self._known_at = to = max(to, self._known_at)
        self._follow_tasks()
        while self._second + 1 <= to:
            self._play()
        self._happenings += self.fleet.advance(to)

    def take_happenings(self) -> list[Happening]:
        """What happened to tasks, services and deployments since the last time, in order."""
        taken, self._happenings = self._happenings, []
        return taken

    def take_readings(self) -> list[Reading]:
        """What was measured in the periods that ended since the last time, in order."""
        taken, self._readings = self._readings, []
        return taken

    def truth(self) -> dict[str, Any]:
        """How it really is, for people and tests; nothing in it that JSON cannot tell."""
        return describe(self)

    # --- one second ---

    def _play(self) -> None:
        start = self._second
        self._second = end = start + 1
        due = self.fleet.next_at()
        if due is not None and due <= end:
            self._happenings += self.fleet.advance(end)
            self._follow_tasks()
        if self._rerouted[0] <= start:
            self._traffic.served_by = self._rerouted[1]
        self._traffic.refusal = self._refusal(start)
        self._traffic.play(start)
        self.answers.look(start, self.fleet)
        drowned = None
        for load in self.loads.values():
            load.work()
            if load.in_flight > load.most_in_flight:
                drowned = load
        if drowned is not None:
            self._stop(drowned.task_id, Stop("EssentialContainerExited", OUT_OF_MEMORY, 137), end)
        if not end % FINE_PERIOD:
            self._sample(end - FINE_PERIOD)
            if not end % PERIOD:
                self._measure(end - PERIOD)

    def _refusal(self, start: int) -> Callable[[str, float, float], str] | None:
        """Who may not know a key does not get to ask what it has spent."""
        if self.failover.is_felt(start):
            return self.failover.refusal
        return _used_up if self.used_up else None

    def _follow_tasks(self) -> None:
        """Learn which tasks serve and which finish; what was in flight in one that is gone fails."""
        service = self.parameters.balanced_service
        if service not in self.fleet.services():
            serving, draining = [], []
        else:
            serving, draining = self.fleet.serving(service), self.fleet.draining(service)
        known = {task.task_id for task in (*serving, *draining)}
        for task_id in [task_id for task_id in self.loads if task_id not in known]:
            self._lose(task_id)
        for task_id in sorted(known - self.loads.keys()):
            self.loads[task_id] = self._new_load(task_id)
        self._traffic.serving = [self.loads[task.task_id] for task in serving]

    def _new_load(self, task_id: str) -> Load:
        parameters = self.parameters
        size = self.fleet.size(parameters.balanced_service)
        return Load(task_id, size, parameters.task, parameters.usual, parameters.max_output_tokens)

    def _stop(self, task_id: str, stop: Stop, at: float) -> None:
        self.fleet.stop_task(task_id, stop, at)
        self._lose(task_id)
        self._happenings += self.fleet.advance(at)
        self._follow_tasks()

    def _lose(self, task_id: str) -> None:
        load = self.loads.pop(task_id, None)
        if load is not None:
            self._traffic.serving = [other for other in self._traffic.serving if other is not load]
            self._traffic.lose(load, self._second)

    # --- faults ---

    def _crash(self, what: CrashTask, at: float) -> None:
        self._known_service(what.service)
        tasks = {task.task_id: task for task in self.fleet.tasks(what.service)}
        serving = sorted(
            self.fleet.serving(what.service), key=lambda task: (task.started_at or 0.0, task.task_id)
        )
        task_id = what.task_id or (serving[0].task_id if serving else None)
        if task_id not in tasks:
            raise FaultError(f"{what.service} has no task {what.task_id or 'that serves'}")
        self._stop(task_id, Stop("EssentialContainerExited", EXITED, what.exit_code), at)

    def _known_service(self, service: str) -> None:
        if service not in self.fleet.services():
            raise FaultError(f"no such service: {service}")

    def _chosen(self, name: str | None) -> Iterable[Model]:
        if name is not None and name not in self.models:
            raise FaultError(f"no such model: {name}; there are {', '.join(self.models)}")
        return self.models.values() if name is None else [self.models[name]]

    # --- measuring ---

    def _sample(self, at: float) -> None:
        """CPU and memory of each service in the 20 seconds from `at` on, one sample for each of its tasks."""
        requests = self.balancer.last_minute.requests / PERIOD
        for service in self.fleet.services():
            if service == self.parameters.balanced_service:
                seen = [load.sample() for load in self.loads.values() if load.seconds]
            else:
                seen = [
                    surroundings.load_of_other(service, self.parameters, requests, self._chance)
                    for _ in self.fleet.serving(service)
                ]
            if seen:
                self._fine.setdefault(service, []).extend(seen)
                self._readings += _levels(service, at, FINE_PERIOD, seen)

    def _measure(self, at: float) -> None:
        """The minute from `at` on, which is over."""
        services = self.fleet.services()
        for service in services:
            seen = self._fine.pop(service, None)
            if seen:
                self._readings += _levels(service, at, PERIOD, seen)
            self._readings += surroundings.count_tasks(self.fleet, service, at)
        connections = (
            self.users.count + 2 * self.totals.in_flight
        )  # a caller's own, and one more to the target
        healthy = len(self._traffic.serving) if self.parameters.balanced_service in services else None
        self._readings += self.balancer.take_readings(at, float(connections), healthy)
        for model in self.models.values():
            self._readings += model.take_readings(at)
        requests = self.balancer.last_minute.requests / PERIOD
        self._readings += self._trace(at, float(connections))
        cut = self.failover.is_down(at + PERIOD)
        self._readings += self.database.take_readings(at, self.fleet, requests, cut=cut)

    def _trace(self, at: float, connections: float) -> list[Reading]:
        """What the minute leaves on AWS's meters."""
        running = {service: running_of(self.fleet, service) for service in self.fleet.services()}
        models = {name: model.last_minute for name, model in self.models.items()}
        requests = self.balancer.last_minute.requests
        readings = self.footprint.minute(at, requests, connections, models, running)
        self._tokens.append((at + PERIOD, dict(self.footprint.tokens)))
        return readings

    def tokens_between(self, since: float, until: float) -> dict[str, tuple[int, int]]:
        """Into and out of each model, by whole minutes; of the last day."""
        before, after = self._tokens_at(since), self._tokens_at(until)
        return {
            model: (into - before.get(model, (0, 0))[0], out - before.get(model, (0, 0))[1])
            for model, (into, out) in after.items()
        }

    def _tokens_at(self, at: float) -> dict[str, tuple[int, int]]:
        return next((tokens for then, tokens in reversed(self._tokens) if then <= at), {})


def _used_up(_task_id: str, _at: float, _chance: float) -> str:
    return THROTTLED


def _levels(service: str, at: float, period: int, seen: list[tuple[float, float]]) -> list[Reading]:
    subject = f"service:{service}"
    return [
        Reading(subject, "cpu", at, period, of_gauge(*(cpu for cpu, _ in seen))),
        Reading(subject, "memory", at, period, of_gauge(*(memory for _, memory in seen))),
    ]
