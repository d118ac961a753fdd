"""LiteLLM's hook as the twin has it: the same paces (gateway/admission), one of each for a task.

LiteLLM has one for each worker; a task of two is here one whose pace is twice as wide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.admission.asked import BURNDOWN, USUAL_OUTPUT
from gateway.admission.lateness import LONGEST_PARKED
from gateway.admission.pace import BY_QUOTA, QUOTA_WAIT, Pace

if TYPE_CHECKING:
    from local.twin.traffic import Flight


class Parked(NamedTuple):
    flight: Flight
    since: float


class Doors:
    """Of one task: who is `parked` before its workers, and the paces of the models that are paced."""

    __slots__ = ("_answer", "_by_quota", "paces", "parked")

    def __init__(self, workers: float, max_output_tokens: int) -> None:
        self._by_quota = BY_QUOTA._replace(least=workers * BY_QUOTA.least)
        self._answer = BURNDOWN * min(USUAL_OUTPUT, max_output_tokens)
        self.paces: dict[str, Pace] = {}
        self.parked: list[Parked] = []

    # --- of the worker ---

    def leave(self, now: float) -> list[Flight]:
        """Those whose patience is at its end."""
        late = [one.flight for one in self.parked if now - one.since >= LONGEST_PARKED]
        if late:
            self.parked = [one for one in self.parked if now - one.since < LONGEST_PARKED]
        return late

    def newest(self, now: float) -> Flight:
        """Taken out, with what it has waited."""
        one = self.parked.pop()
        return one.flight._replace(added_seconds=now - one.since)

    # --- of a model ---

    def weight(self, count: int, input_tokens: int) -> float:
        return count * (input_tokens + self._answer)

    def quota_wait(self, model: str, weight: float, now: float) -> float | None:
        """Seconds until this may begin, which then it does; None if it would be too long."""
        pace = self.paces[model]
        wait = pace.free_in(now)
        if wait > 0.0:
            pace.kept_waiting(now)
        if wait > QUOTA_WAIT:
            return None
        pace.lets(weight, now + wait)
        if pace.rate is None:
            del self.paces[model]
        return wait

    def throttled(self, model: str, weight: float, asked: float, now: float) -> None:
        """Bedrock has refused so much of what had begun, when so much a second was asked of it here."""
        if model not in self.paces:
            self.paces[model] = Pace(self._by_quota, asked)
        self.paces[model].refused(weight, now)
