"""What one LiteLLM task has to do: requests in flight, CPU work that waits, memory.

The task is a queue with as many servers as it has cores. Work beyond what they can do in a second waits for
the next one, so every request behind it waits as well. Below that requests still meet by chance: that is the
waiting of an M/M/2 queue, the service time times busy² / (1 - busy²).

What an answer costs to pass on falls due when it streams. So that work comes to the cores with a delay, drawn
out as the first tokens of the models are: each second a fixed share of what is still to come.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from gateway.admission.lateness import LATE
from local.twin.admission import Doors

if TYPE_CHECKING:
    from local.twin.fleet import TaskSize
    from local.twin.parameters import TaskParameters, Usual

SMOOTHING = 0.2  # how much the last second counts for the share of time that the cores are busy
BUSIEST = 0.95  # of busy²: beyond it the backlog itself tells how long requests wait


@dataclass(slots=True)
class Counted:
    """What LiteLLM counts of one model since its task started: requests, but for `throttles`, attempts.

    `throttled` were told so, the `refused` of them by admission, before any attempt.
    """

    completed: int = 0
    throttled: int = 0
    failed: int = 0
    throttles: int = 0
    refused: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    answer_seconds: float = 0.0

    @property
    def ended(self) -> int:
        return self.completed + self.throttled + self.failed


class Load:
    """Moves one second with each call of `work`; `sample` tells of the seconds since the last sample."""

    __slots__ = (
        "_capacity",
        "_cores",
        "_idle_share",
        "_memory_idle",
        "_memory_mb",
        "_memory_per_request",
        "_present",
        "_share",
        "_streaming",
        "_used",
        "_usual_work",
        "backlog",
        "busy",
        "counted",
        "doors",
        "in_flight",
        "most_backlog",
        "most_in_flight",
        "most_wait",
        "seconds",
        "task_id",
        "wait",
    )  # fmt: skip

    def __init__(
        self, task_id: str, size: TaskSize, parameters: TaskParameters, usual: Usual, max_output_tokens: int
    ) -> None:
        self.task_id = task_id
        self._cores = size.cpu_units / 1024.0
        workers = max(1.0, self._cores * parameters.workers_per_vcpu)
        self._idle_share = parameters.idle_cpu_share
        self._capacity = min(self._cores, workers) * (1.0 - self._idle_share)
        self.doors = Doors(workers, max_output_tokens) if parameters.admission else None
        # Admission lets nobody wait longer: there is as much work then, and what is done within the second.
        self.most_wait = LATE / parameters.event_loop_share_of_wait if parameters.admission else inf
        self.most_backlog = self._capacity * (1.0 + self.most_wait)
        self._memory_mb = float(size.memory_mb)
        self._memory_idle = parameters.memory_idle_mb + workers * parameters.memory_per_worker_mb
        self._memory_per_request = parameters.memory_per_request_mb
        self._usual_work = usual.work_seconds
        self._share = 1.0 / (1.0 + usual.first_token_seconds)
        self.most_in_flight = max(0, int((self._memory_mb - self._memory_idle) / self._memory_per_request))
        self.in_flight = 0
        self.counted: dict[str, Counted] = {}
        self.backlog = 0.0  # CPU seconds of work that waits for a core
        self._streaming = 0.0  # CPU seconds of work that is still to come
        self.busy = 0.0
        self.wait = 0.0  # how long a request that comes in this second waits for a core
        self._used = 0.0
        self._present = 0
        self.seconds = 0

    def counts_of(self, model: str) -> Counted:
        counted = self.counted.get(model)
        if counted is None:
            counted = self.counted[model] = Counted()
        return counted

    def take(self, requests: int, at_once: float, streaming: float) -> None:
        """CPU seconds of work for each of so many requests: at once, and while their answers stream."""
        self.backlog += requests * at_once
        self._streaming += requests * streaming

    def work(self) -> None:
        """One second of work."""
        come = self._streaming * self._share
        self._streaming -= come
        self.backlog += come
        done = self.backlog if self.backlog < self._capacity else self._capacity  # noqa: FURB136 - a call costs more
        self.backlog -= done
        self._used += done
        self._present += self.in_flight
        self.seconds += 1
        self.busy += SMOOTHING * (done / self._capacity - self.busy)
        square = self.busy * self.busy
        if square > BUSIEST:  # noqa: PLR1730 - as above
            square = BUSIEST
        wait = self.backlog / self._capacity + self._usual_work * square / (1.0 - square)
        self.wait = wait if wait < self.most_wait else self.most_wait  # noqa: FURB136 - as above

    @property
    def cpu(self) -> float:
        """Percent of its size over the last seconds, the latest counting most."""
        return 100.0 * (self._idle_share + self.busy * self._capacity / self._cores)

    @property
    def memory(self) -> float:
        """Percent of its size at this moment."""
        return 100.0 * (self._memory_idle + self._memory_per_request * self.in_flight) / self._memory_mb

    def sample(self) -> tuple[float, float]:
        """CPU and memory in percent of the task's size, mean since the last sample."""
        seconds = max(1, self.seconds)
        cpu = 100.0 * (self._idle_share + self._used / self._cores / seconds)
        memory = (
            100.0 * (self._memory_idle + self._memory_per_request * self._present / seconds) / self._memory_mb
        )
        self._used = 0.0
        self._present = 0
        self.seconds = 0
        return min(100.0, cpu), min(100.0, memory)
