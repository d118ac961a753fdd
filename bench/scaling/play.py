"""One run: the arrivals of a trace, the gateway, an autoscaler, and tasks that start and leave."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.scaling.admission import AdmittingService
from bench.scaling.autoscalers import Autoscaler, Fixed, Foreseeing, Measured, Stargate, Steps, Tracking
from bench.scaling.service import Score, Service
from bench.scaling.settings import BLOCK, SETTINGS, Settings
from bench.scaling.traces import Trace
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.service_model import TASK

MINIMUM, MAXIMUM, COARSE, FINE = "fixed minimum", "fixed maximum", "tracking 60 s", "tracking 20 s"
STEPS, STARGATE, CLAIRVOYANT = "steps", "stargate", "clairvoyant"
# Which part of the gain is whose: target tracking with our admission, and our loop without it.
FINE_ADMITTING, STARGATE_ALONE = "tracking 20 s, admission", "stargate, no admission"
AUTOSCALERS = (MINIMUM, MAXIMUM, COARSE, FINE, STEPS, STARGATE, FINE_ADMITTING, STARGATE_ALONE, CLAIRVOYANT)
ADMITTING = frozenset({STARGATE, FINE_ADMITTING})
FORESEEN_SECONDS = 0.4  # of waiting, that the clairvoyant lets come up
FORESEEN_SHARE = 0.9  # of a task: beyond it even chance makes requests wait
SHORT = 90  # a dip so short is not worth stopping a task for: draining and starting are paid for


@dataclass(frozen=True)
class Run:
    """What came of it, and the tasks serving at each minute's end."""

    score: Score
    tasks: tuple[int, ...]


def play(
    trace: Trace,
    arrivals: Sequence[int],
    name: str,
    quota: float | None = None,
    settings: Settings = SETTINGS,
) -> Run:
    """`quota`: tokens a second. The run begins with the tasks that its first minute needs."""
    service = (AdmittingService if name in ADMITTING else Service)(quota, settings)
    autoscaler = _autoscaler(name, trace, arrivals, quota, settings)
    return _Player(service, autoscaler, _first(name, trace, settings), settings).run(trace, arrivals)


def _autoscaler(
    name: str, trace: Trace, arrivals: Sequence[int], quota: float | None, settings: Settings
) -> Autoscaler:
    limits = Bounds(settings.minimum, settings.maximum)
    if name in {MINIMUM, MAXIMUM}:
        return Fixed(settings.minimum if name == MINIMUM else settings.maximum)
    if name == COARSE:
        return Tracking(settings, 60, settings.coarse_delay, limits)
    if name in {FINE, FINE_ADMITTING}:
        return Tracking(settings, 20, settings.fine_delay, limits)
    if name == STEPS:
        return Steps(settings)
    if name in {STARGATE, STARGATE_ALONE}:
        return Stargate(settings, quota)
    return Foreseeing(foreseen(trace, arrivals, settings), settings.start)


def _first(name: str, trace: Trace, settings: Settings) -> int:
    if name in {MINIMUM, MAXIMUM}:
        return settings.minimum if name == MINIMUM else settings.maximum
    busy = trace.minutes()[0] * trace.kind(0).work / TASK.capacity
    share = (settings.target / 100.0 - TASK.idle_share) / (1.0 - TASK.idle_share)
    return Bounds(settings.minimum, settings.maximum).clamp(int(busy / share) + 1)


class _Player:
    def __init__(self, service: Service, autoscaler: Autoscaler, tasks: int, settings: Settings) -> None:
        self._service = service
        self._autoscaler = autoscaler
        self._settings = settings
        self._starting: list[float] = []
        self._desired = service.tasks = tasks

    def run(self, trace: Trace, arrivals: Sequence[int]) -> Run:
        service, tasks = self._service, []
        for start in range(0, len(arrivals) - BLOCK + 1, BLOCK):
            kind = trace.kind(start)
            for second in range(start, start + BLOCK):
                service.second(arrivals[second], kind)
            at = start + BLOCK
            service.score.task_seconds += BLOCK * (service.tasks + len(self._starting))
            while self._starting and self._starting[0] <= at:
                self._starting.pop(0)
                service.tasks += 1
            cpu = 100.0 * (TASK.idle_share + service.used / BLOCK / (TASK.vcpus * service.tasks))
            measured = Measured(
                at=at,
                cpu=min(100.0, cpu),
                in_flight=service.present / BLOCK,
                asked=service.came / BLOCK,
                refused=service.throttled / BLOCK,
                running=service.tasks,
                kind=kind,
            )
            service.used = service.present = service.came = service.throttled = 0.0
            self._order(self._autoscaler.look(measured, self._desired), at)
            if at % 60 == 0:
                tasks.append(service.tasks)
        return Run(service.score, tuple(tasks))

    def _order(self, wanted: int, at: int) -> None:
        if wanted == self._desired:
            return
        self._service.score.actions += 1
        for _ in range(wanted - self._desired):
            self._starting.append(at + self._settings.start)
        for _ in range(self._desired - wanted):
            if self._starting:
                self._starting.pop()
            else:
                self._service.tasks -= 1
                self._service.score.task_seconds += self._settings.draining
        self._desired = wanted


def foreseen(trace: Trace, arrivals: Sequence[int], settings: Settings) -> list[int]:
    """The fewest tasks at each second with which hardly anything waits, for one who knows what will come."""
    plan: list[int] = []
    backlog = 0.0
    step = 2 * BLOCK
    for start in range(0, len(arrivals), step):
        works = [count * trace.kind(start).work for count in arrivals[start : start + step]]
        for tasks in range(settings.minimum, settings.maximum + 1):
            left, longest = _waited(works, backlog, tasks)
            if longest <= FORESEEN_SECONDS:
                break
        backlog = left
        plan += [tasks] * len(works)
    return _without_dips(plan)


def _waited(works: Sequence[float], backlog: float, tasks: int) -> tuple[float, float]:
    """The work left over, and the longest wait, with so many tasks."""
    capacity, longest = FORESEEN_SHARE * tasks * TASK.capacity, 0.0
    for work in works:
        backlog += work
        backlog -= min(backlog, capacity)
        longest = max(longest, backlog / capacity)
    return backlog, longest


def _without_dips(plan: list[int]) -> list[int]:
    filled = list(plan)
    for level in range(max(plan), min(plan), -1):
        last = None
        for at, tasks in enumerate(plan):
            if tasks < level:
                continue
            if last is not None and 1 < at - last <= SHORT:
                for between in range(last + 1, at):
                    filled[between] = max(filled[between], level)
            last = at
    return filled
