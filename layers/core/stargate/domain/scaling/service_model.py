"""What tasks and quota can serve: from users, requests, latency and tokens. Pure.

    work of a request    = CPU seconds to take it in + CPU seconds to answer it
    tasks of demand      = requests a second * work / (vCPUs * (1 - idle))        floor
    tasks of the quota   = (admitted a second * work to answer + asked a second * work to take in) / the same
    requests in flight   = requests a second * seconds in flight                  Little's law

More tasks than the quota can use only refuse faster: that is the ceiling. The figures are those of the twin
(local/twin/parameters.py names the source of each; a test holds the two together) until an environment's own
metrics replace them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

ROUNDING = 1e-6  # two tasks exactly used up are two, whatever binary fractions say


@dataclass(frozen=True)
class TaskFigures:
    """One LiteLLM task; times are CPU seconds."""

    vcpus: float = 2.0
    idle_share: float = 0.074
    seconds_to_take_in: float = 0.010  # also what an attempt costs that the quota throttles
    seconds_to_answer: float = 0.030
    seconds_per_output_token: float = 0.00033
    most_in_flight: int = 290  # what its memory holds

    @property
    def capacity(self) -> float:
        """CPU seconds of work that it can do in a second."""
        return self.vcpus * (1.0 - self.idle_share)


@dataclass(frozen=True)
class ModelFigures:
    """A model behind Bedrock: seconds to its first token (mean), speed of a stream, quota of an account."""

    first_token_seconds: float
    tokens_per_second: float
    output_burndown: float
    quota_requests_per_minute: float
    quota_tokens_per_minute: float


@dataclass(frozen=True)
class RequestFigures:
    """A usual request: its tokens, and those that its caller reserves for the answer (`max_tokens`)."""

    input_tokens: float = 400.0
    output_tokens: float = 40.0
    reserved_tokens: float = 1024.0

    def burnt(self, model: ModelFigures) -> float:
        """Tokens of quota that it has used once it is answered."""
        return self.input_tokens + model.output_burndown * self.output_tokens

    def seconds(self, model: ModelFigures) -> float:
        """In flight, in a gateway with nothing to wait for."""
        return model.first_token_seconds + self.output_tokens / model.tokens_per_second


MODELS = {
    "haiku": ModelFigures(0.619, 105.0, 5.0, 10_000, 5_000_000),
    "sonnet": ModelFigures(1.857, 63.0, 5.0, 10_000, 5_000_000),
    "opus": ModelFigures(2.579, 47.0, 5.0, 1_000, 2_000_000),
}
REQUESTS_PER_USER = 0.59  # a second, of a concurrent user: fitted to the specification's scaling timeline
TASK = TaskFigures()


def work_to_answer(request: RequestFigures, task: TaskFigures = TASK) -> float:
    """CPU seconds of a request that is admitted, beyond taking it in."""
    return task.seconds_to_answer + task.seconds_per_output_token * request.output_tokens


def work(request: RequestFigures, task: TaskFigures = TASK) -> float:
    """CPU seconds of a request that is answered."""
    return task.seconds_to_take_in + work_to_answer(request, task)


def used_tasks(asked: float, admitted: float, request: RequestFigures, task: TaskFigures = TASK) -> float:
    """Tasks, as a fraction, that are wholly busy with so many requests a second."""
    used = asked * task.seconds_to_take_in + admitted * work_to_answer(request, task)
    return used / task.capacity


def whole_tasks(used: float, busy_share: float) -> int:
    """How many tasks keep that share of their CPU busy, at most, with so much to do."""
    return math.ceil(used / busy_share - ROUNDING)
