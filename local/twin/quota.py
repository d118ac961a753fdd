"""Bedrock's quota of one model: what it lets through each minute and what it throttles.

It is kept as a bucket that holds one minute's worth and is filled evenly; AWS does not say how it measures
the minute. A request takes its input and its `max_tokens` when it starts; when it ends, what it really used
is settled, an output token counting `burndown` times. Source: Bedrock User Guide, "How tokens are counted".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """Per minute, account, region and model; tokens as Bedrock counts them, output burning down faster."""

    requests_per_minute: float
    tokens_per_minute: float

    def share(self, share: float) -> Quota:
        return Quota(self.requests_per_minute * share, self.tokens_per_minute * share)


class Bucket:
    """What is left of a quota now. Tokens may fall below zero where answers burn more than was reserved."""

    __slots__ = ("_requests", "_requests_per_second", "_tokens", "_tokens_per_second", "quota")

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self._requests = quota.requests_per_minute
        self._tokens = quota.tokens_per_minute
        self._requests_per_second = quota.requests_per_minute / 60.0
        self._tokens_per_second = quota.tokens_per_minute / 60.0

    def change(self, quota: Quota) -> None:
        """Another quota from now on; what was saved up beyond it is lost."""
        self.quota = quota
        self._requests = min(self._requests, quota.requests_per_minute)
        self._tokens = min(self._tokens, quota.tokens_per_minute)
        self._requests_per_second = quota.requests_per_minute / 60.0
        self._tokens_per_second = quota.tokens_per_minute / 60.0

    def fill(self) -> None:
        """One second passes."""
        self._requests = min(self._requests + self._requests_per_second, self.quota.requests_per_minute)
        self._tokens = min(self._tokens + self._tokens_per_second, self.quota.tokens_per_minute)

    def take_all(self, count: int, tokens_each: int) -> bool:
        """Whether `count` requests may all start; if not, nothing is taken."""
        tokens = count * tokens_each
        if self._requests < count or self._tokens < tokens:
            return False
        self._requests -= count
        self._tokens -= tokens
        return True

    def take(self, count: int, tokens_each: int) -> int:
        """How many of `count` requests may start; the rest is throttled and takes nothing."""
        taken = max(0, min(count, int(self._requests), int(self._tokens // max(1, tokens_each))))
        self._requests -= taken
        self._tokens -= taken * tokens_each
        return taken

    def settle(self, tokens: float) -> None:
        """Give back what was reserved and not used (or take, where it is negative)."""
        self._tokens = min(self._tokens + tokens, self.quota.tokens_per_minute)
