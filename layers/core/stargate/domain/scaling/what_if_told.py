"""The answer to a what-if question as programs read it: with the command and from the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.scaling.expenses import usd_per_request, usd_per_task_hour

if TYPE_CHECKING:
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.scaling.what_if import Answer, Question

HOUR = 3600.0
REGION = "us-east-1"


def told(found: Answer, question: Question, prices: PriceBook) -> dict[str, Any]:
    """Simulated, as it rests on the model; prices are the list's."""
    tasks = found.useful_tasks * usd_per_task_hour(prices, REGION)
    each = usd_per_request(prices, REGION, found.model, question.request)
    return {
        "users": found.users,
        "model": found.model,
        "simulated": True,
        "fits": found.fits,
        "served_users": found.served_users,
        "requests_per_second": round(found.requests_per_second, 2),
        "seconds_per_request": round(found.seconds_per_request, 2),
        "in_flight": round(found.in_flight, 1),
        "tasks": {
            "needed": found.tasks,
            "useful": found.useful_tasks,
            "busy": round(found.busy_tasks, 2),
            "minimum": question.limits.minimum,
            "maximum": question.limits.maximum,
        },
        "quota_needed": {
            "tokens_per_minute": round(found.quota_tokens_needed),
            "requests_per_minute": round(found.quota_requests_needed),
        },
        "breaks_first": found.breaks_first.name,
        "limits": [
            {
                "name": limit.name,
                "used_percent": round(100.0 * limit.share, 1),
                "used": round(limit.used, 1),
                "limit": round(limit.limit, 1),
                "users": limit.users,
                "reason": limit.reason,
            }
            for limit in found.limits
        ],
        "usd_per_hour": {
            "tasks": round(tasks, 2),
            "tokens": round(each * HOUR * min(found.users, found.served_users) * question.per_user, 2),
        },
    }
