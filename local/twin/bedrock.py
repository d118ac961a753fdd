"""A model behind Bedrock: how long it takes, what its quota lets through, what is counted about it."""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from local.twin.histogram import durations
from local.twin.quota import Bucket
from local.twin.readings import Reading, of_events, of_values

if TYPE_CHECKING:
    from random import Random

    from local.twin.arrivals import Batch
    from local.twin.parameters import ModelParameters
    from local.twin.quota import Quota

DRAWS = (
    1021  # first tokens drawn beforehand; a prime, so that walking through them never keeps step with users
)
MILLISECONDS = 1000.0


class Model:
    """One model. What somebody broke: `slowness`, a factor on its time, `failing`, a share of its calls."""

    def __init__(self, parameters: ModelParameters, max_output_tokens: int, chance: Random) -> None:
        self.name = parameters.name
        self.bucket = Bucket(parameters.quota)
        self.slowness = 1.0
        self.failing = 0.0
        self._pace = 1.0 / parameters.output_tokens_per_second
        self._burndown = parameters.output_burndown
        self._reserved = max_output_tokens
        spread = parameters.first_token_spread
        median = parameters.first_token_seconds
        self._draws = [median * exp(chance.gauss(0.0, spread)) for _ in range(DRAWS)]
        self._walk = chance.randrange(DRAWS)
        self._quota = parameters.quota
        self._quota_share = 1.0
        self.last_minute = Minute(self._burndown)
        self._minute = Minute(self._burndown)

    @property
    def quota(self) -> Quota:
        """What is in force now."""
        return self.bucket.quota

    def set_quota(self, quota: Quota) -> None:
        self._quota = quota
        self.bucket.change(quota.share(self._quota_share))

    def leave_share(self, share: float) -> None:
        self._quota_share = share
        self.bucket.change(self._quota.share(share))

    def broken(self) -> list[str]:
        found = {
            f"{self.name} takes {self.slowness:g} times as long": self.slowness != 1.0,
            f"{self.name} fails {self.failing:.0%} of calls": self.failing > 0.0,
            f"{self.name} has {self._quota_share:.0%} of its quota": self._quota_share != 1.0,
        }
        return [words for words, holds in found.items() if holds]

    def lets_all(self, count: int, input_tokens: int) -> bool:
        """Whether nothing stands in the way of so many calls; then they have begun."""
        return not self.failing and self.bucket.take_all(count, input_tokens + self._reserved)

    def lets(self, count: int, input_tokens: int) -> int:
        """How many of so many calls begin; the quota throttles the others."""
        begun = self.bucket.take(count, input_tokens + self._reserved)
        self._minute.throttles += count - begun
        return begun

    def times(self, output_tokens: int) -> tuple[float, float]:
        """Seconds until the first token and until the last one, of a call that starts now."""
        self._walk = walk = (self._walk + 1) % DRAWS
        first = self._draws[walk] * self.slowness
        return first, first + output_tokens * self._pace * self.slowness

    def answered(self, count: int, batch: Batch, first: float, whole: float) -> None:
        """So many calls, of those in the batch, have their last token."""
        self.bucket.settle(count * (self._reserved - self._burndown * batch.output_tokens))
        self._minute.answers.append((batch, count, first, whole))

    def failed(self, count: int, input_tokens: int) -> None:
        """So many calls ended in a server error: their reservation is given back."""
        self.bucket.settle(count * (self._reserved + input_tokens))
        self._minute.server_errors += count

    def cut(self, count: int) -> None:
        """The caller of so many calls is gone: what they did not use is given back."""
        self.bucket.settle(count * self._reserved)

    def take_readings(self, at: float) -> list[Reading]:
        """The readings of the minute that began at `at`, which is then over; as at AWS, none of nothing.

        A throttled call is no client error: AWS counts it as a throttle alone.
        """
        minute, self._minute = self._minute, Minute(self._burndown)
        minute.close()
        self.last_minute = minute
        return minute.readings(f"model:{self.name}", at)


class Minute:
    """What is counted about a model in one minute."""

    def __init__(self, burndown: float) -> None:
        self.answers: list[tuple[Batch, int, float, float]] = []
        self._burndown = burndown
        self.invocations = 0
        self.throttles = 0
        self.server_errors = 0
        self.input_tokens = 0
        self.output_tokens = 0
        self.quota_tokens = 0.0

    def close(self) -> None:
        """Add up what was answered: once a minute, since it is too much to do for each answer."""
        for batch, count, _, _ in self.answers:
            self.invocations += count
            self.input_tokens += count * batch.input_tokens
            self.output_tokens += count * batch.output_tokens
        self.quota_tokens = self.input_tokens + self._burndown * self.output_tokens

    def readings(self, subject: str, at: float) -> list[Reading]:
        counts = {
            "invocations": self.invocations,
            "throttles": self.throttles,
            "server_errors": self.server_errors,
        }
        found = [Reading(subject, name, at, 60, of_events(count)) for name, count in counts.items() if count]
        if not self.invocations:
            return found
        sums = {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "quota_tokens": self.quota_tokens,
        }
        for name, total in sums.items():
            each = of_values([(total / self.invocations, float(self.invocations))])
            found.append(Reading(subject, name, at, 60, each))
        first = durations((first, count) for _, count, first, _ in self.answers)
        whole = durations((whole, count) for _, count, _, whole in self.answers)
        found.append(Reading(subject, "first_token_ms", at, 60, first.samples(MILLISECONDS)))
        found.append(Reading(subject, "latency_ms", at, 60, whole.samples(MILLISECONDS)))
        return found
