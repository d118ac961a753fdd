"""How a gateway really is now, in one JSON document: what no metric would tell so soon or so plainly."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from local.twin.bedrock import Model
    from local.twin.gateway import Gateway
    from local.twin.load import Load


def describe(gateway: Gateway) -> dict[str, Any]:
    """Seconds, percent and counts; latencies are of the last whole minute, null where nothing came back."""
    minute = gateway.balancer.last_minute
    totals = gateway.totals
    first_byte = minute.first_byte()
    whole = minute.whole()
    return {
        "at": gateway.at,
        "users": {"count": gateway.users.count, "model_shares": gateway.users.shares},
        "requests_per_second": round(minute.requests / 60, 2),
        "response_seconds": {
            "p50": _rounded(first_byte.percentile(0.5)),
            "p99": _rounded(first_byte.percentile(0.99)),
        },
        "latency_seconds": {"p50": _rounded(whole.percentile(0.5)), "p99": _rounded(whole.percentile(0.99))},
        "failures_last_minute": dict(minute.codes),
        "totals": {
            "started": totals.started,
            "completed": totals.completed,
            "failed": totals.failed,
            "in_flight": totals.in_flight,
            "throttled": totals.throttled,
            "retried": totals.retried,
        },
        "services": {service: _service(gateway, service) for service in gateway.fleet.services()},
        "models": {name: _model(model) for name, model in gateway.models.items()},
        "database": {"connections": gateway.database.connections(gateway.fleet)},
        "broken": gateway.broken(),
    }


def _service(gateway: Gateway, service: str) -> dict[str, Any]:
    fleet = gateway.fleet
    tasks = fleet.tasks(service)
    serving = {task.task_id for task in fleet.serving(service)}
    return {
        "desired": fleet.desired(service),
        "serving": len(serving),
        "states": dict(Counter(task.status.value for task in tasks)),
        "tasks": [
            {
                "task_id": task.task_id,
                "zone": task.zone,
                "status": task.status.value,
                "serving": task.task_id in serving,
                **_load(gateway.loads.get(task.task_id)),
            }
            for task in tasks
        ],
    }


def _load(load: Load | None) -> dict[str, Any]:
    if load is None:
        return {}
    return {
        "cpu_percent": round(load.cpu, 1),
        "memory_percent": round(load.memory, 1),
        "in_flight": load.in_flight,
        "waiting_seconds": round(load.wait, 3),
    }


def _model(model: Model) -> dict[str, Any]:
    minute = model.last_minute
    quota = model.quota
    return {
        "invocations_last_minute": minute.invocations,
        "throttles_last_minute": minute.throttles,
        "quota": {
            "requests_per_minute": quota.requests_per_minute,
            "tokens_per_minute": quota.tokens_per_minute,
        },
        "quota_use": {
            "requests": _share(minute.invocations, quota.requests_per_minute),
            "tokens": _share(minute.quota_tokens, quota.tokens_per_minute),
        },
        "slowness": model.slowness,
        "failing_share": model.failing,
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


def _share(used: float, limit: float) -> float | None:
    return round(used / limit, 4) if limit else None
