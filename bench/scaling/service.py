"""The gateway as a fluid: requests a second that wait, meet the quota, stream, back off, return.

It is the twin with requests as quantities in place of batches: the same work per request, wait for a core,
quota and retries of LiteLLM, and the retries of clients beyond. All tasks are one queue. What our own
admission changes of it is in admission.py.
"""

from dataclasses import dataclass, field

from bench.scaling.settings import SETTINGS, Settings
from local.twin.parameters import PARAMETERS
from stargate.domain.scaling.service_model import MODELS, TASK, RequestFigures, work, work_to_answer

FIRST_BACKOFF, JITTER, RETRIES = 0.5, 0.75, 2  # of LiteLLM, as in the twin: 0.5 s doubled, and up to 0.75 s
CLIENT_BACKOFFS = (0.44, 0.88)  # mean of the SDKs' 0.5 s, doubled, less up to a quarter
SMOOTHING, BUSIEST = 0.2, 0.95  # the twin's: of the share of time that cores are busy
IN_DOUBT = 1e-3
MODEL_SHARES = PARAMETERS.users.model_shares


@dataclass(frozen=True)
class Kind:
    """A usual request: CPU seconds once admitted and in all, seconds at the model, tokens, those of quota."""

    request: RequestFigures
    to_answer: float
    at_model: float
    tokens: float
    burnt: float
    work: float

    @classmethod
    def of(cls, input_tokens: float, output_tokens: float) -> "Kind":
        """With the pace of the models that users choose, by their shares."""
        request = RequestFigures(input_tokens, output_tokens)
        total = sum(MODEL_SHARES.values())
        seconds = sum(share * request.seconds(MODELS[name]) for name, share in MODEL_SHARES.items()) / total
        burnt = sum(share * request.burnt(MODELS[name]) for name, share in MODEL_SHARES.items()) / total
        tokens = input_tokens + output_tokens
        return cls(request, work_to_answer(request), seconds, tokens, burnt, work(request))


@dataclass
class Score:
    """Sums over a run; requests, tokens, and seconds that tasks were paid for."""

    requests: float = 0.0
    good: float = 0.0
    completed: float = 0.0
    throttles: float = 0.0
    retries: float = 0.0
    refused: float = 0.0
    tokens: float = 0.0
    good_tokens: float = 0.0
    task_seconds: float = 0.0
    actions: int = 0


@dataclass
class Service:
    """Advances a second with each `second`. `quota`: tokens a second, None without end."""

    quota: float | None
    settings: Settings = SETTINGS
    tasks: int = 0
    backlog: float = 0.0
    busy: float = 0.0
    at_model: float = 0.0
    score: Score = field(default_factory=Score)
    used: float = 0.0  # CPU seconds since they were last read
    present: float = 0.0
    came: float = 0.0
    throttled: float = 0.0

    def __post_init__(self) -> None:
        self._bucket = 60.0 * (self.quota or 0.0)
        self._waiting = [0.0] * (RETRIES * (self.settings.client_retries + 1))  # in the gateway's back-off
        self._away = [0.0] * self.settings.client_retries  # in the clients'
        self._calm = True

    @property
    def in_flight(self) -> float:
        return self.at_model + sum(self._waiting)

    def second(self, fresh: float, kind: Kind) -> None:
        score = self.score
        score.requests += fresh
        capacity = self.tasks * TASK.capacity
        wait = self._wait(capacity, kind)
        if self._calm:
            self._calmly(fresh, wait, kind)
        else:
            self._crowded(fresh, wait, kind)
        done = min(self.backlog, capacity)
        self.backlog -= done
        self.used += done
        self.busy += SMOOTHING * (done / capacity - self.busy)
        self.at_model -= self.at_model / max(1.0, kind.at_model)
        self.present += self.in_flight + self.backlog / kind.work
        if self.quota is not None:
            self._bucket = min(self._bucket + self.quota, 60.0 * self.quota)

    def _wait(self, capacity: float, kind: Kind) -> float:
        """For a core, of what comes in now: work that waits, and what chance brings together."""
        square = min(self.busy * self.busy, BUSIEST)
        return self.backlog / capacity + kind.work * square / (1.0 - square)

    def _room(self, _entering: float, kind: Kind) -> float:
        """How many more the tasks can hold."""
        room = self.tasks * TASK.most_in_flight - self.in_flight - self.backlog / kind.work
        return max(0.0, room)

    def _calmly(self, fresh: float, wait: float, kind: Kind) -> None:
        """Nobody backs off, and there is quota and room for all: nearly always."""
        if fresh > self._room(fresh, kind) or (self.quota is not None and fresh * kind.burnt > self._bucket):
            self._calm = False
            self._crowded(fresh, wait, kind)
            return
        self.came += fresh
        self._bucket -= fresh * kind.burnt if self.quota is not None else 0.0
        self.backlog += fresh * TASK.seconds_to_take_in
        self._admit(fresh, 0, 0, wait, kind)

    def _crowded(self, fresh: float, wait: float, kind: Kind) -> None:
        """Every attempt of this second: fresh ones, those that clients make again, and the gateway's own."""
        entering = [fresh, *(self._leave_away(index) for index in range(len(self._away)))]
        total = sum(entering)
        self.came += total
        share = min(1.0, self._room(total, kind) / total) if total else 1.0
        for attempt, count in enumerate(entering):
            self._turn_away(attempt, count * (1.0 - share), kind)
        self._call([count * share for count in entering], wait, kind)
        self._calm = self._is_calm()

    def _is_calm(self) -> bool:
        return sum(self._waiting) + sum(self._away) < IN_DOUBT

    def _turn_away(self, attempt: int, count: float, _kind: Kind) -> None:
        """There is no room."""
        self.score.refused += count
        self._send_away(attempt, count)

    def _call(self, entering: list[float], wait: float, kind: Kind) -> None:
        stages = [
            [count, *(self._leave_waiting(attempt, retry) for retry in range(RETRIES))]
            for attempt, count in enumerate(entering)
        ]
        calls = sum(map(sum, stages))
        self.backlog += calls * TASK.seconds_to_take_in
        share, held = self._admitted(calls * kind.burnt)
        for attempt, counts in enumerate(stages):
            for retry, count in enumerate(counts):
                self._admit(count * share, attempt, retry, wait + held, kind)
                self._throttle(count * (1.0 - share), attempt, retry)

    def _admitted(self, wanted: float) -> tuple[float, float]:
        """The share that the quota lets through, and the seconds that it is held for until then."""
        if self.quota is None:
            return 1.0, 0.0
        share = 1.0 if wanted <= max(0.0, self._bucket) else max(0.0, self._bucket / wanted)
        self._bucket -= share * wanted
        return share, 0.0

    def _admit(self, count: float, attempt: int, retry: int, wait: float, kind: Kind) -> None:
        score = self.score
        self.backlog += count * kind.to_answer
        self.at_model += count
        score.completed += count
        score.tokens += count * kind.tokens
        if attempt == 0 and retry < RETRIES:
            good = count * self._within(wait, retry)
            score.good += good
            score.good_tokens += good * kind.tokens

    def _within(self, wait: float, retry: int) -> float:
        """The share that is within the objective; the first back-off alone can be short enough."""
        left = self.settings.objective - wait
        if retry == 0:
            return 1.0 if left >= 0.0 else 0.0
        return min(1.0, max(0.0, (left - FIRST_BACKOFF) / JITTER))

    def _throttle(self, count: float, attempt: int, retry: int) -> None:
        """LiteLLM tries again, then the client."""
        self.score.throttles += count
        self.throttled += count
        if retry < RETRIES:
            self.score.retries += count
            self._waiting[attempt * RETRIES + retry] += count
        else:
            self._send_away(attempt, count)

    def _send_away(self, attempt: int, count: float) -> None:
        """An error reaches the client, who tries again as often as it does."""
        if attempt < len(self._away):
            self.score.retries += count
            self._away[attempt] += count

    def _leave_away(self, index: int) -> float:
        left = self._away[index] / max(1.0, self._client_backoff(index))
        self._away[index] -= left
        return left

    def _client_backoff(self, attempt: int) -> float:
        return CLIENT_BACKOFFS[min(attempt, 1)]

    def _leave_waiting(self, attempt: int, retry: int) -> float:
        index = attempt * RETRIES + retry
        seconds = FIRST_BACKOFF * 2.0**retry + JITTER / 2.0
        left = self._waiting[index] / max(1.0, seconds)
        self._waiting[index] -= left
        return left
