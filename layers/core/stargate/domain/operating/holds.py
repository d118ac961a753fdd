"""A bound that we raised, kept for a while so that it is not forgotten there."""

from __future__ import annotations

from dataclasses import dataclass, replace

HOLD_SECONDS = 900.0  # then it is renewed while its condition is open, and released when it is not


@dataclass(frozen=True)
class Hold:
    """`was_…` are the bounds as they were found; `condition` is the key of the condition that it answers.

    `minimum_before` is the one that we had set before, for as long as nobody saw that AWS took the new one.
    """

    service: str
    minimum: int
    maximum: int
    was_minimum: int
    was_maximum: int
    until: float
    condition: str
    action_id: str
    fence: int
    live: bool = True
    minimum_before: int | None = None
    version: int = 0

    def is_ours(self, minimum: int) -> bool:
        """Whether the lower bound is one that we set, and not somebody else."""
        return minimum in {self.minimum, self.minimum_before}

    def without_the_last_raise(self) -> Hold:
        """As it is when AWS refused it: what was set before, or nothing."""
        if self.minimum_before is None:
            return replace(self, live=False)
        return replace(self, minimum=self.minimum_before, minimum_before=None)
