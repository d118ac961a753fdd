"""What is expected of a service that was mended, by whichever action."""

from __future__ import annotations

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.conditions import QUIET_SECONDS

STEADY_SECONDS = 1200.0  # a rolling deployment drains each task for up to two minutes


def well_again() -> tuple[Expectation, ...]:
    """Whole, and no task crashing any more: a crash loop is steady for moments between its crashes."""
    return (
        Expectation("steady", "at_least", 1, STEADY_SECONDS),
        Expectation("quiet_seconds", "at_least", QUIET_SECONDS, STEADY_SECONDS),
    )
