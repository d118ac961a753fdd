"""Logs, traces and metrics, alike for every function."""

from __future__ import annotations

from functools import cache, wraps
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Tracer
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from stargate.throttles import throttle_in

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any], Any], Any]

logger = Logger()


@cache
def tracer() -> Tracer:
    """Make it on the first call: importing the X-Ray SDK costs as much as importing boto3."""
    return Tracer()


def observed(handler: Handler) -> Handler:
    """Log the context and trace the call of a handler.

    What AWS would not take just now is AwsThrottledError, whichever call it was: workflows repeat that.
    """

    @wraps(handler)
    def watched(event: dict[str, Any], context: Any) -> Any:
        traced = tracer().capture_lambda_handler(handler, capture_response=False)
        try:
            return logger.inject_lambda_context(traced, clear_state=True)(event, context)
        except Exception as error:
            throttle = throttle_in(error)
            if throttle is None:
                raise
            raise throttle from error

    return watched


def count(name: str) -> None:
    """Write one metric at once; most calls of most functions have none to write."""
    with single_metric(name=name, unit=MetricUnit.Count, value=1):
        pass
