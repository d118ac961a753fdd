"""The gateway as a fluid: requests a second that wait, meet the quota, stream, back off, return.

It is the twin with requests as quantities in place of batches: the same work per request, wait for a core,
quota and retries of LiteLLM, and the retries of clients beyond. All tasks are one queue.
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
    admission: bool
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
        square = min(self.busy * self.busy, BUSIEST)
        wait = self.backlog / capacity + kind.work * square / (1.0 - square)
        if self._calm:
            self._calmly(fresh, wait, kind)
        else:
            self._crowded(fresh, wait, kind)
        done = min(self.backlog, capacity)
        self.backlog -= done
        self.used += done
        self.busy += SMOOTHING * (done / capacity - self.busy)
        queued = self.backlog / kind.work
        self.at_model -= self.at_model / max(1.0, kind.at_model)
        self.present += self.in_flight + queued
        if self.quota is not None:
            self._bucket = min(self._bucket + self.quota, 60.0 * self.quota)

    def _calmly(self, fresh: float, wait: float, kind: Kind) -> None:
        """Nobody backs off, and there is quota and room for all: nearly always."""
        self.came += fresh
        room = self.tasks * TASK.most_in_flight - self.at_model - self.backlog / kind.work
        if fresh > room or (self.quota is not None and fresh * kind.burnt > self._bucket):
            self._calm = False
            self.came -= fresh
            self._crowded(fresh, wait, kind)
            return
        self._bucket -= fresh * kind.burnt if self.quota is not None else 0.0
        self.backlog += fresh * TASK.seconds_to_take_in
        self._admit(fresh, 0, 0, wait, kind)

    def _crowded(self, fresh: float, wait: float, kind: Kind) -> None:
        """Every attempt of this second: fresh ones, those that clients make again, and the gateway's own."""
        again = [self._leave_away(index) for index in range(len(self._away))]
        entering = [fresh, *again]
        attempts = [[0.0] * (RETRIES + 1) for _ in entering]
        total = sum(entering)
        self.came += total
        room = max(0.0, self.tasks * TASK.most_in_flight - self.in_flight - self.backlog / kind.work)
        share = min(1.0, room / total) if total else 1.0
        for attempt, count in enumerate(entering):
            attempts[attempt][0] = count * share
            self.score.refused += count * (1.0 - share)
            self._send_away(attempt, count * (1.0 - share))
            for retry in range(RETRIES):
                attempts[attempt][retry + 1] = self._leave_waiting(attempt, retry)
        self._call(attempts, wait, kind)
        self._calm = sum(self._waiting) + sum(self._away) < IN_DOUBT

    def _call(self, attempts: list[list[float]], wait: float, kind: Kind) -> None:
        calls = sum(map(sum, attempts))
        self.backlog += calls * TASK.seconds_to_take_in
        share, held = self._admitted(calls * kind.burnt)
        for attempt, stages in enumerate(attempts):
            for retry, count in enumerate(stages):
                self._admit(count * share, attempt, retry, wait + held, kind)
                self._throttle(count * (1.0 - share), attempt, retry)

    def _admitted(self, wanted: float) -> tuple[float, float]:
        """The share that the quota lets through, and the seconds that it is held for until then."""
        if self.quota is None or wanted <= self._bucket:
            self._bucket -= wanted if self.quota is not None else 0.0
            return 1.0, 0.0
        ahead = self.settings.admission_wait * self.quota if self.admission else 0.0
        share = max(0.0, min(1.0, (self._bucket + ahead) / wanted))
        self._bucket -= share * wanted
        return share, self.settings.admission_wait if self.admission else 0.0

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
        """LiteLLM tries again, then the client.

        Not so with the admission wait: what it cannot hold is refused at once with `x-should-retry: false`,
        which the SDKs of OpenAI and Anthropic obey.
        """
        self.score.throttles += 0.0 if self.admission else count
        self.throttled += count
        if retry < RETRIES and not self.admission:
            self.score.retries += count
            self._waiting[attempt * RETRIES + retry] += count
        elif self.admission:
            self.score.refused += count
        else:
            self._send_away(attempt, count)

    def _send_away(self, attempt: int, count: float) -> None:
        """An error reaches the client, who tries again as often as it does."""
        if attempt < len(self._away):
            self.score.retries += count
            self._away[attempt] += count

    def _leave_away(self, index: int) -> float:
        left = self._away[index] / max(1.0, CLIENT_BACKOFFS[min(index, 1)])
        self._away[index] -= left
        return left

    def _leave_waiting(self, attempt: int, retry: int) -> float:
        index = attempt * RETRIES + retry
        seconds = FIRST_BACKOFF * 2.0**retry + JITTER / 2.0
        left = self._waiting[index] / max(1.0, seconds)
        self._waiting[index] -= left
        return left
