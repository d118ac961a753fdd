"""Logs, traces and metrics, alike for every function."""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any], Any], Any]

logger = Logger()


@cache
def metrics() -> Metrics:
    return Metrics()


@cache
def tracer() -> Tracer:
    """Made on the first call: importing the X-Ray SDK costs as much as importing boto3."""
    return Tracer()


def observed(handler: Handler) -> Handler:
    """Log the context, trace the call, and flush the metrics of a handler."""

    @wraps(handler)
    def watched(event: dict[str, Any], context: Any) -> Any:
        counted = metrics().log_metrics(handler)
        traced = tracer().capture_lambda_handler(counted, capture_response=False)
        return logger.inject_lambda_context(traced, clear_state=True)(event, context)

    return watched


def count(name: str) -> None:
    metrics().add_metric(name=name, unit=MetricUnit.Count, value=1)


__all__ = ["count", "logger", "observed"]
