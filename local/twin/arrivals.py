"""Where requests come from: users who ask, wait for the answer, read it and ask again; or anything else.

`Arrivals` is the door for other sources, such as recorded traffic. Users are one source: a closed population,
so a slow gateway is asked less often, as it is in life.
"""

from __future__ import annotations

import itertools
from bisect import bisect
from math import exp, sqrt
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from local.twin.parameters import Parameters, UserParameters

GOLDEN = (
    sqrt(5.0) - 1.0
) / 2.0  # steps of this size fill [0, 1) evenly: shares come out right in few batches
TURNS = 1597  # a Fibonacci number: there the steps close their circle
LENGTHS = 509  # how many different requests users know: a prime, so that walking through them meets all


class Batch(NamedTuple):
    """Requests of one second that are alike: `model` by its name, tokens of each of its `requests`."""

    model: str
    requests: int
    input_tokens: int
    output_tokens: int


class Ended(NamedTuple):
    """What became of so many requests of a batch; the gateway added `added_seconds` to the model's time."""

    batch: Batch
    requests: int
    failed: bool
    added_seconds: float
    retries: int


class Arrivals(Protocol):
    """A source of requests. The gateway asks once for each second and tells what became of each request."""

    def arrive(self, at: float) -> Sequence[Batch]:
        """The requests that begin in the second from `at` on."""

    def end(self, ended: Ended, at: float) -> None:
        """These requests have their whole answer, or their error, in the second from `at` on."""


class Users:
    """A closed population: each user thinks, asks, waits for the whole answer, and thinks again.

    Users beyond the wanted number leave once their request is answered.
    """

    def __init__(self, parameters: Parameters, chance: Random) -> None:
        self._user = parameters.users
        self._known = frozenset(model.name for model in parameters.models)
        self._batches = parameters.batches_per_second
        self._chance = chance
        self._asking_chance = 1.0 / (1.0 + self._user.think_seconds)
        self._lengths = _lengths(self._user, chance)
        self._walk = chance.randrange(LENGTHS)
        self._turn = chance.randrange(TURNS)
        self._wanted = 0
        self._busy = 0
        self._pausing: dict[int, int] = {}
        self._shares: dict[str, float] = {}
        self._turns: list[str] = []
        self._set_shares(self._user.model_shares)

    @property
    def count(self) -> int:
        return self._wanted

    @property
    def shares(self) -> dict[str, float]:
        return dict(self._shares)

    def set(self, count: int, model_shares: Mapping[str, float] | None = None) -> None:
        """ValueError if the number is negative, a model unknown, or the shares add up to nothing."""
        if count < 0:
            raise ValueError(f"there cannot be {count} users")
        if model_shares is not None:
            self._set_shares(model_shares)
        self._wanted = count

    def arrive(self, at: float) -> list[Batch]:
        self._busy -= self._pausing.pop(int(at), 0)
        thinking = self._wanted - self._busy
        if thinking <= 0:
            return []
        asking = self._how_many_ask(thinking)
        self._busy += asking
        parts = min(asking, self._batches)
        return [self._ask((asking + part) // parts) for part in range(parts)]

    def end(self, ended: Ended, at: float) -> None:
        if ended.failed:
            back_at = int(at) + self._user.pause_after_failure_seconds
            self._pausing[back_at] = self._pausing.get(back_at, 0) + ended.requests
        else:
            self._busy -= ended.requests

    def _how_many_ask(self, thinking: int) -> int:
        """A binomial number, by the normal law: good enough from a handful on, never outside its range."""
        mean = thinking * self._asking_chance
        spread = sqrt(mean * (1.0 - self._asking_chance))
        if not spread:
            return thinking
        return min(thinking, max(0, round(self._chance.gauss(mean, spread))))

    def _ask(self, count: int) -> Batch:
        self._turn = turn = (self._turn + 1) % TURNS
        self._walk = walk = (self._walk + 1) % LENGTHS
        input_tokens, output_tokens = self._lengths[walk]
        return Batch(self._turns[turn], count, input_tokens, output_tokens)

    def _set_shares(self, shares: Mapping[str, float]) -> None:
        unknown = sorted(set(shares) - self._known)
        if unknown:
            raise ValueError(
                f"no such model: {', '.join(unknown)}; there are {', '.join(sorted(self._known))}"
            )
        total = sum(shares.values())
        if not total > 0 or min(shares.values()) < 0:
            raise ValueError("shares of models must not be negative, and one must be more than zero")
        self._shares = {name: share / total for name, share in shares.items() if share > 0}
        self._turns = _turns(self._shares)


def _turns(shares: Mapping[str, float]) -> list[str]:
    """Whose turn it is, batch by batch, so that any few of them in a row have the shares that are wanted."""
    names = list(shares)
    bounds = list(itertools.accumulate(shares.values()))[:-1]
    return [names[bisect(bounds, step * GOLDEN % 1.0)] for step in range(TURNS)]


def _lengths(user: UserParameters, chance: Random) -> list[tuple[int, int]]:
    """Input and output tokens of typical requests: lognormal, each with its mean, in a shuffled order."""
    inputs = _lognormal(user.input_tokens, user.tokens_spread, chance)
    outputs = _lognormal(user.output_tokens, user.tokens_spread, chance)
    return list(zip(inputs, outputs, strict=True))


def _lognormal(mean: float, spread: float, chance: Random) -> list[int]:
    drawn = [exp(chance.gauss(0.0, spread)) for _ in range(LENGTHS)]
    scale = mean * LENGTHS / sum(drawn)  # the mean of those drawn is then the mean that is wanted
    return [max(1, round(value * scale)) for value in drawn]
