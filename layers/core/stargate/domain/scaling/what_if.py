"""What so many users need: tasks, quota, and what breaks first. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from stargate.domain.scaling.outer_loop import SETTINGS, Bounds
from stargate.domain.scaling.service_model import (
    MODELS,
    REQUESTS_PER_USER,
    TASK,
    ModelFigures,
    RequestFigures,
    TaskFigures,
    used_tasks,
    whole_tasks,
    work,
)

TASKS, QUOTA_TOKENS, QUOTA_REQUESTS, MEMORY = "tasks", "quota-tokens", "quota-requests", "memory"
SECONDS_PER_MINUTE = 60.0
USUAL = RequestFigures()


@dataclass(frozen=True)
class Limit:
    """One thing that runs out: how much of it is used, in its own unit, and with how many users it is all."""

    name: str
    used: float
    limit: float
    users: int
    reason: str

    @property
    def share(self) -> float:
        return self.used / self.limit if self.limit else math.inf


@dataclass(frozen=True)
class Answer:
    """`limits` from what breaks first; tokens and requests are a minute's."""

    users: int
    model: str
    requests_per_second: float
    seconds_per_request: float
    in_flight: float
    busy_tasks: float
    tasks: int
    useful_tasks: int
    served_users: int
    quota_tokens_needed: float
    quota_requests_needed: float
    limits: tuple[Limit, ...]

    @property
    def breaks_first(self) -> Limit:
        return self.limits[0]

    @property
    def fits(self) -> bool:
        return self.breaks_first.share <= 1.0


@dataclass(frozen=True)
class Question:
    """`per_user` is requests a second of a concurrent user; `share` is this environment's of the quota."""

    users: int
    model: str
    limits: Bounds
    share: float = 1.0
    per_user: float = REQUESTS_PER_USER
    request: RequestFigures = USUAL
    task: TaskFigures = TASK


def answer(question: Question) -> Answer:
    """KeyError if the model is not known."""
    model, request = MODELS[question.model], question.request
    asked = question.users * question.per_user
    seconds = request.seconds(model)
    flying = asked * seconds
    limits = sorted(_limits(question, model, asked, flying), key=lambda limit: -limit.share)
    admitted = min(asked, _admitted(question, model))
    busy = used_tasks(asked, asked, request, question.task)
    tasks = max(question.limits.minimum, whole_tasks(busy, SETTINGS.level_share))
    useful = whole_tasks(used_tasks(asked, admitted, request, question.task), SETTINGS.level_share)
    return Answer(
        users=question.users,
        model=question.model,
        requests_per_second=asked,
        seconds_per_request=seconds,
        in_flight=flying,
        busy_tasks=busy,
        tasks=tasks,
        useful_tasks=question.limits.clamp(min(tasks, useful)),
        served_users=min(question.users, *(limit.users for limit in limits)),
        quota_tokens_needed=_tokens_needed(asked, flying, request, model),
        quota_requests_needed=asked * SECONDS_PER_MINUTE,
        limits=tuple(limits),
    )


def _admitted(question: Question, model: ModelFigures) -> float:
    """Requests a second that the environment's share of the quota lets through."""
    tokens = model.quota_tokens_per_minute / question.request.burnt(model)
    return question.share * min(tokens, model.quota_requests_per_minute) / SECONDS_PER_MINUTE


def _tokens_needed(asked: float, flying: float, request: RequestFigures, model: ModelFigures) -> float:
    """What a minute burns, and what those in flight hold back: `max_tokens` is taken at the start."""
    held = max(0.0, request.reserved_tokens - model.output_burndown * request.output_tokens)
    return asked * SECONDS_PER_MINUTE * request.burnt(model) + flying * held


def _limits(question: Question, model: ModelFigures, asked: float, flying: float) -> list[Limit]:
    request, task, most = question.request, question.task, question.limits.maximum
    needed = asked * work(request, task) / task.capacity / SETTINGS.level_share
    tokens = _tokens_needed(asked, flying, request, model)
    used = {
        TASKS: (needed, float(most), f"{most} tasks at {SETTINGS.level_share:.0%} of their CPU"),
        QUOTA_TOKENS: (tokens, question.share * model.quota_tokens_per_minute, "Bedrock's tokens a minute"),
        QUOTA_REQUESTS: (
            asked * SECONDS_PER_MINUTE,
            question.share * model.quota_requests_per_minute,
            "Bedrock's requests a minute",
        ),
        MEMORY: (flying, float(most * task.most_in_flight), f"memory of {most} tasks, requests in flight"),
    }
    return [
        Limit(name, amount, limit, _users(question.users, amount, limit), reason)
        for name, (amount, limit, reason) in used.items()
    ]


def _users(users: int, amount: float, limit: float) -> int:
    """How many users use all of it; everything here grows in proportion."""
    return math.floor(users * limit / amount) if amount else 10**9
