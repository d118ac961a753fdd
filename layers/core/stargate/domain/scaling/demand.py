"""Demand from two counts of the same tasks: what came in between them, and what a usual request is. Pure.

The observer counts (gateway/observer/index.py, verb `demand`); LiteLLM's counters grow when a request ends,
so what came in is what ended and by how much more is in flight. A task that was not there before, or whose
counters have fallen because it began anew, is counted from nothing; one that has gone takes its last seconds
with it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.scaling.outer_loop import Reading
from stargate.domain.scaling.quota_watch import UseMinute
from stargate.domain.scaling.service_model import RequestFigures

if TYPE_CHECKING:
    from collections.abc import Mapping

ENOUGH_ANSWERS = 20.0  # so many tell as much of a usual request as all that was known before
LEAST_SECONDS = 1.0  # between two counts: in less, one request more or less is a crowd
MOST_SECONDS = 600.0  # and in more, what came in says nothing of now
UNTOLD = {"refused": 0.0, "reserved_tokens": 0.0}


@dataclass(frozen=True)
class ModelCount:
    """Of one model at one task, since its start.

    `throttles` counts attempts that Bedrock refused, `refused` requests that the gateway itself turned away
    for want of quota, `finished` all. `reserved_tokens` is what those that came in might have been
    answered at most.
    """

    finished: float = 0.0
    throttles: float = 0.0
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    answers: float = 0.0
    answer_seconds: float = 0.0
    refused: float = 0.0
    reserved_tokens: float = 0.0

    def __add__(self, other: ModelCount) -> ModelCount:
        return ModelCount(*(one + two for one, two in zip(_values(self), _values(other), strict=True)))

    def since(self, before: ModelCount) -> ModelCount:
        """What was counted since; all of it where a counter has fallen."""
        if any(now < then for now, then in zip(_values(self), _values(before), strict=True)):
            return self
        return ModelCount(*(now - then for now, then in zip(_values(self), _values(before), strict=True)))


@dataclass(frozen=True)
class TaskCount:
    in_flight: float
    models: Mapping[str, ModelCount] = field(default_factory=dict)


@dataclass(frozen=True)
class Count:
    """Every task by its address, at one moment."""

    at: float
    tasks: Mapping[str, TaskCount]

    @property
    def in_flight(self) -> float:
        return sum(task.in_flight for task in self.tasks.values())

    @staticmethod
    def of(at: float, measured: Mapping[str, Any]) -> Count:
        """What the observer found; KeyError or TypeError if it is not in its form."""
        return Count(at, {address: _task(found) for address, found in measured["tasks"].items()})


@dataclass(frozen=True)
class Usual:
    """A usual request of this gateway, by its own answers; `answers` says how much it rests on."""

    request: RequestFigures = field(default_factory=RequestFigures)
    seconds: float = 0.0
    answers: float = 0.0


def are_comparable(before: Count | None, now: Count) -> bool:
    return before is not None and LEAST_SECONDS <= now.at - before.at <= MOST_SECONDS


def came_in(before: Count | None, now: Count) -> Reading:
    """Without an earlier count only what is in flight is known."""
    if not are_comparable(before, now) or before is None:
        return Reading(now.at, now.in_flight, None)
    seconds = now.at - before.at
    counted = between(before, now)
    ended = sum(model.finished for model in counted.values())
    more = sum(task.in_flight - _known(before, address).in_flight for address, task in now.tasks.items())
    refused = sum(model.throttles + model.refused for model in counted.values())
    return Reading(now.at, now.in_flight, max(0.0, ended + more) / seconds, refused / seconds)


def between(before: Count, now: Count) -> dict[str, ModelCount]:
    """What was counted at all tasks between the two, by model."""
    found: dict[str, ModelCount] = {}
    for address, task in now.tasks.items():
        known = _known(before, address).models
        for model, count in task.models.items():
            grown = count.since(known.get(model, ModelCount()))
            found[model] = found.get(model, ModelCount()) + grown
    return found


def as_minutes(counted: Mapping[str, ModelCount], seconds: float, at: float) -> dict[str, UseMinute]:
    """What was counted in so many seconds, as if it had gone on for a minute."""
    factor = 60.0 / seconds
    return {
        model: UseMinute(
            at=at,
            requests=factor * count.answers,
            throttles=factor * count.throttles,
            refused=factor * count.refused,
            input_tokens=factor * count.input_tokens,
            output_tokens=factor * count.output_tokens,
        )
        for model, count in counted.items()
    }


def usual_after(known: Usual, counted: Mapping[str, ModelCount]) -> Usual:
    """What is known of a usual request, with what was counted: few answers change it little."""
    total = sum(counted.values(), ModelCount())
    if total.answers <= 0.0:
        return known
    share = 1.0 if not known.answers else total.answers / (total.answers + ENOUGH_ANSWERS)
    request = replace(
        known.request,
        input_tokens=_mixed(known.request.input_tokens, total.input_tokens / total.answers, share),
        output_tokens=_mixed(known.request.output_tokens, total.output_tokens / total.answers, share),
        reserved_tokens=_mixed(known.request.reserved_tokens, _reserved(total, known), share),
    )
    seconds = _mixed(known.seconds, total.answer_seconds / total.answers, share)
    return Usual(request, seconds, known.answers + total.answers)


def _reserved(counted: ModelCount, known: Usual) -> float:
    """By each request, answered or turned away; what is known already where nobody counts it."""
    if not counted.reserved_tokens or not counted.finished:
        return known.request.reserved_tokens
    return counted.reserved_tokens / counted.finished


def _mixed(known: float, seen: float, share: float) -> float:
    return known + share * (seen - known) if math.isfinite(seen) else known


def _known(before: Count, address: str) -> TaskCount:
    return before.tasks.get(address, TaskCount(0.0))


def _task(found: Mapping[str, Any]) -> TaskCount:
    """A gateway of before admission does not tell what only admission counts."""
    models = {
        name: ModelCount(**{one.name: float({**UNTOLD, **count}[one.name]) for one in fields(ModelCount)})
        for name, count in found["models"].items()
    }
    return TaskCount(float(found["in_flight"]), models)


def _values(count: ModelCount) -> tuple[float, ...]:
    return tuple(getattr(count, one.name) for one in fields(ModelCount))
