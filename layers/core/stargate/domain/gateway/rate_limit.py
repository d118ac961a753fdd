"""The web ACL's limit on requests for one path from one address, and whether it was found to hold.

Trying it blocks whoever tries, so it is done on request only, last, and by a function of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from stargate.domain.environment import Check

NAME = "rate limit"
PATH = "/health/liveliness"  # outside /v1/, where the specification's own limit holds; it costs no model
LIMIT, WINDOW_SECONDS = 1000, 300  # as the template has them; a test compares
ENOUGH = LIMIT + LIMIT // 5  # requests that AWS must not let through for long
PATIENCE_SECONDS = 90.0  # AWS counts with a lag of some ten seconds to half a minute
BLOCKED = 403


@dataclass(frozen=True)
class Trial:
    """What was asked of the front door: how often, for how long, and the status of the last answer.

    `before` is the status of the first answer, or 0 with the reason in `words`.
    """

    before: int
    asked: int
    seconds: float
    last: int
    words: str = ""


def check_rate_limit(trial: Trial) -> Check:
    bound = f"{BLOCKED} soon after {LIMIT} requests within {WINDOW_SECONDS} s"
    if trial.before != 200:
        found = trial.words or str(trial.before)
        return Check(NAME, ok=False, measured=f"not tried: {PATH} answers {found}", bound=bound)
    measured = f"{trial.last} after {trial.asked} requests in {trial.seconds:.0f} s"
    return Check(NAME, trial.last == BLOCKED and trial.asked >= LIMIT // 2, measured, bound)
