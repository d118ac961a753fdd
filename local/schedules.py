"""The places in MiniStack where simulated and real time would disagree, each set right.

The clock is under everything already (local/clock.py). What remains are sleeps that stand for AWS's time,
which must be scaled; limits on computing, which must stay real; and signatures, which both kinds of caller
make: the person's tools in real time, the functions in simulated time.
"""

import contextlib
import threading
import time
import types
from collections.abc import Callable
from datetime import UTC
from typing import Any

from ministack.core import lambda_runtime, sigv4
from ministack.services import dynamodb, eventbridge, lambda_svc, s3, scheduler

from local.clock import REAL_DATETIME, REAL_TIME, Clock


def install(clock: Clock) -> None:
    accept_signatures_of_either_clock(clock)
    _keep_computing_real(clock)
    _scale_sleeps(clock)


def accept_signatures_of_either_clock(clock: Clock) -> None:
    """Between signing and arrival is computing: on a busy machine five simulated minutes are few for it."""
    skew = sigv4.request_time_failure
    expired = sigv4.presigned_request_is_expired

    def skew_in_both(signature: Any, *, now: Any = None) -> tuple[str, str] | None:
        real = now or REAL_DATETIME.now(UTC)
        failure: tuple[str, str] | None = skew(signature, now=real)
        return failure and skew(signature, now=_as_if_computed_in_real_time(signature.amz_date))

    def _as_if_computed_in_real_time(signed: str) -> Any:
        """The simulated time of arrival, had no more passed since the signing than passed on this machine."""
        arrived = REAL_DATETIME.fromtimestamp(clock.now(), UTC)
        with contextlib.suppress(ValueError):
            signed_at = REAL_DATETIME.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return signed_at + (arrived - signed_at) / clock.scale
        return arrived

    def expired_in_both(amz_date: str, expires: str | int, *, now: Any = None) -> bool:
        real = now or REAL_DATETIME.now(UTC)
        return bool(expired(amz_date, expires, now=real) and expired(amz_date, expires))

    sigv4.request_time_failure = skew_in_both
    sigv4.presigned_request_is_expired = s3.presigned_request_is_expired = expired_in_both


def _keep_computing_real(clock: Clock) -> None:
    """Timeouts of functions, idle workers and measured durations are seconds of this machine."""
    lambda_runtime.time = _time_with(time=REAL_TIME)
    emit_metrics = lambda_svc._emit_lambda_metrics
    emit_logs = lambda_svc._emit_lambda_logs

    def metrics(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:  # noqa: FBT001
        emit_metrics(function_name, clock.real_seconds(duration_ms), error, throttle)

    def logs(func: Any, request_id: str, log_text: str, error: bool, duration_ms: int, **rest: Any) -> None:  # noqa: FBT001
        emit_logs(func, request_id, log_text, error, int(clock.real_seconds(duration_ms)), **rest)

    lambda_svc._emit_lambda_metrics = metrics
    lambda_svc._emit_lambda_logs = logs


def _scale_sleeps(clock: Clock) -> None:
    """EventBridge's and Scheduler's sweeps, asynchronous retries, and the sweep for expired items."""
    scaled = _time_with(sleep=lambda seconds: time.sleep(clock.real_seconds(seconds)))
    for module in (dynamodb, eventbridge, lambda_svc, scheduler):
        module.time = scaled
    # The sweep that started on import already sleeps its first real minute; this one starts scaled.
    threading.Thread(target=dynamodb._ttl_reaper, daemon=True, name="dynamodb-ttl-scaled").start()


def _time_with(**replaced: Callable[..., Any]) -> types.SimpleNamespace:
    """The module `time`, with some of its functions replaced for one module that imported it."""
    return types.SimpleNamespace(**{**vars(time), **replaced})
