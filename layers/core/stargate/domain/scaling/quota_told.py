"""What the watch saw of a region's quotas, as one of its environments is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told as moment

if TYPE_CHECKING:
    from stargate.domain.scaling.quota_budgets import Budgets
    from stargate.domain.scaling.quota_watch import Watched


def quotas_told(budgets: Budgets, environment: str, now: float) -> dict[str, Any] | None:
    """`{"looked_at", "late", "models"}`; None before the first look.

    Of each model, tokens and requests a minute: `limit` and who told it, `used` by everybody of the account,
    `held` by calls in flight, `headroom`; `share_percent` is this environment's part of the use, and
    `admitted_tokens_per_second` what its outer loop goes by, null while the look is late.
    """
    if not budgets.watched:
        return None
    admitted = budgets.of(environment, now)
    return {
        "looked_at": moment(budgets.at),
        "late": budgets.is_late(now),
        "models": [
            {"model": model, **_told(one, environment), "admitted_tokens_per_second": admitted.get(model)}
            for model, one in budgets.watched.items()
        ],
    }


def _told(one: Watched, environment: str) -> dict[str, Any]:
    return {
        "quota": one.key,
        "level": one.level.name.lower(),
        "percent": round(one.percent, 1),
        "reason": one.reason,
        "limit": {"tokens": one.limit.tokens, "requests": one.limit.requests, "told_by": one.limit.told_by},
        "used": {"tokens": round(one.tokens), "requests": round(one.requests)},
        "held": {"tokens": round(one.held)},
        "headroom": {"tokens": round(one.headroom_tokens), "requests": round(one.headroom_requests)},
        "throttles": round(one.throttles),
        "minutes_left": None if one.minutes_left is None else round(one.minutes_left, 1),
        "share_percent": round(100.0 * one.shares.get(environment, 0.0), 1),
    }
