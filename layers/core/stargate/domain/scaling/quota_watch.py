"""How much of a model's quota is used, by whom, and when it will be used up. Pure.

Use is compared as a share of the limit and never as a count: a count alone says nothing. A minute is what
CloudWatch has of it, or, while CloudWatch has nothing yet, what the gateways' own tasks have counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.scaling.model_quotas import ModelQuota


class Level(IntEnum):
    OK = 0
    WARNING = 1
    CRITICAL = 2


@dataclass(frozen=True)
class Thresholds:
    """Percent of the limit; the lower ones are where a level ends again, so that it does not flap."""

    warning: float = 80.0
    critical: float = 95.0
    warning_ends: float = 70.0
    critical_ends: float = 85.0
    minutes_left: float = 10.0  # a warning, when the limit will be met so soon
    throttled: float = 0.01  # of calls: critical


THRESHOLDS = Thresholds()
TREND_MINUTES = 10
LEAST_FOR_A_TREND = 4
STRAYS = 0.25  # of the rise: a trend whose minutes lie further from it is none


@dataclass(frozen=True)
class UseMinute:
    """Of one profile in one minute. `quota_tokens` is AWS's own estimate, where it tells one.

    `refused` are requests that the gateway has turned away itself: Bedrock knows nothing of them.
    """

    at: float
    requests: float = 0.0
    throttles: float = 0.0
    input_tokens: float = 0.0
    output_tokens: float = 0.0
    cache_write_tokens: float = 0.0
    quota_tokens: float | None = None
    refused: float = 0.0

    def burnt(self, burndown: float) -> float:
        """Tokens as the quota counts them."""
        if self.quota_tokens is not None:
            return self.quota_tokens
        return self.input_tokens + self.cache_write_tokens + burndown * self.output_tokens


@dataclass(frozen=True)
class Limit:
    """What the account is granted a minute; `told_by` says who says so."""

    tokens: float
    requests: float
    told_by: str


@dataclass(frozen=True)
class Watched:
    """One model's quota now; tokens and requests are a minute's, `percent` is of what is used most.

    `shares` is each environment's part of the use, by its name, with "others" for the rest of the account.
    `held` is what calls in flight hold back: Bedrock takes `max_tokens` when one starts and settles when it
    ends. `minutes_left` is None where nothing rises.
    """

    key: str
    limit: Limit
    tokens: float
    held: float
    requests: float
    throttles: float
    percent: float
    minutes_left: float | None
    level: Level
    reason: str
    shares: Mapping[str, float] = field(default_factory=dict)

    @property
    def headroom_tokens(self) -> float:
        return max(0.0, self.limit.tokens - self.tokens - self.held)

    @property
    def headroom_requests(self) -> float:
        return max(0.0, self.limit.requests - self.requests)


OTHERS = "others"


def watch(
    quota: ModelQuota,
    limit: Limit,
    use: Mapping[str, Sequence[UseMinute]],
    held: float,
    before: Level,
    thresholds: Thresholds = THRESHOLDS,
) -> Watched:
    """`use` has the last minutes, oldest first, by environment and of "others"; `before` the last level."""
    minutes = _summed(quota, use)
    newest = minutes[-1] if minutes else _Sum(0.0, 0.0, 0.0, 0.0)
    percent = 100.0 * max(_share(newest.tokens + held, limit.tokens), _share(newest.requests, limit.requests))
    left = _minutes_left(minutes, limit, held)
    level, reason = _judged(newest, percent, left, before, thresholds)
    return Watched(
        key=quota.key,
        limit=limit,
        tokens=newest.tokens,
        held=held,
        requests=newest.requests,
        throttles=newest.throttles,
        percent=percent,
        minutes_left=left,
        level=level,
        reason=reason,
        shares=_shares(quota, use),
    )


def use_per_second(watched: Watched, environment: str, environments: int) -> float:
    """Tokens a second that the environment may burn: its part of the use, or an even one of none."""
    free = 1.0 / max(1, environments)
    used = sum(watched.shares.values())
    part = watched.shares.get(environment, 0.0) if used else free
    others = watched.shares.get(OTHERS, 0.0) if used else 0.0
    own = part / (1.0 - others) if others < 1.0 else free
    return own * (1.0 - others) * watched.limit.tokens / 60.0


@dataclass(frozen=True)
class _Sum:
    """All use of one minute."""

    at: float
    tokens: float
    requests: float
    throttles: float


def _summed(quota: ModelQuota, use: Mapping[str, Sequence[UseMinute]]) -> list[_Sum]:
    found: dict[float, _Sum] = {}
    for minutes in use.values():
        for one in minutes:
            known = found.get(one.at, _Sum(one.at, 0.0, 0.0, 0.0))
            found[one.at] = _Sum(
                one.at,
                known.tokens + one.burnt(quota.burndown),
                known.requests + one.requests,
                known.throttles + one.throttles,
            )
    return [found[at] for at in sorted(found)]


def _shares(quota: ModelQuota, use: Mapping[str, Sequence[UseMinute]]) -> dict[str, float]:
    """Of the last minutes together: one minute alone is chance."""
    burnt = {name: sum(one.burnt(quota.burndown) for one in minutes) for name, minutes in use.items()}
    total = sum(burnt.values())
    return {name: tokens / total for name, tokens in burnt.items()} if total else {}


def _share(used: float, limit: float) -> float:
    """Of a limit of nothing everything is used as soon as anything is."""
    if limit > 0.0:
        return used / limit
    return 1.0 if used > 0.0 else 0.0


def _minutes_left(minutes: Sequence[_Sum], limit: Limit, held: float) -> float | None:
    """Until the limit at the trend of the last minutes, if there is one to speak of."""
    latest = minutes[-TREND_MINUTES:]
    tokens = _line([one.tokens for one in latest])
    requests = _line([one.requests for one in latest])
    left = [
        max(0.0, room) / slope
        for slope, room in (
            (tokens, limit.tokens - held - (latest[-1].tokens if latest else 0.0)),
            (requests, limit.requests - (latest[-1].requests if latest else 0.0)),
        )
        if slope > 0.0
    ]
    return min(left, default=None)


def _line(values: Sequence[float]) -> float:
    """How much it rises each minute; nothing where it does not, or strays."""
    count = len(values)
    if count < LEAST_FOR_A_TREND:
        return 0.0
    middle, mean = (count - 1) / 2.0, fmean(values)
    spread = sum((place - middle) ** 2 for place in range(count))
    slope = sum((place - middle) * (value - mean) for place, value in enumerate(values)) / spread
    strays = math.sqrt(
        fmean((value - mean - slope * (place - middle)) ** 2 for place, value in enumerate(values))
    )
    risen = slope * (count - 1)
    return slope if risen > 0.0 and strays <= STRAYS * risen else 0.0


def _judged(
    watched: _Sum, percent: float, left: float | None, before: Level, bounds: Thresholds
) -> tuple[Level, str]:
    calls = watched.requests + watched.throttles
    refused = watched.throttles / calls if calls else 0.0
    told = f"{percent:.0f} % of it is used"
    if refused >= bounds.throttled:
        return Level.CRITICAL, f"{told}, and {refused:.0%} of calls are throttled"
    if percent >= bounds.critical or (before is Level.CRITICAL and percent >= bounds.critical_ends):
        return Level.CRITICAL, told
    if left is not None and left <= bounds.minutes_left and percent >= SPOKEN_OF:
        return Level.WARNING, f"{told}, and all of it in {left:.0f} min at this trend"
    if percent >= bounds.warning or (before is not Level.OK and percent >= bounds.warning_ends):
        return Level.WARNING, told
    return Level.OK, told


SPOKEN_OF = 30.0  # percent: below, a trend of minutes says nothing of the limit
