"""What somebody can break at a running gateway, and how an order to break it is read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LITELLM = "litellm"
ADDRESSING = frozenset({"environment", "what"})


class FaultError(ValueError):
    """An order to break something that names no known fault or gives a value outside its range."""


@dataclass(frozen=True)
class CrashTask:
    """One task's container ends at once; without a task id it is the one that serves longest."""

    service: str = LITELLM
    task_id: str | None = None
    exit_code: int = 1


@dataclass(frozen=True)
class CrashLoop:
    """One task ends now, and each that starts from now on so long after its start, until it is mended.

    With 0 seconds none comes to run at all.
    """

    service: str = LITELLM
    every_seconds: float = 20.0


@dataclass(frozen=True)
class SlowModels:
    """Bedrock takes `factor` times as long, for one model or all."""

    factor: float = 4.0
    model: str | None = None


@dataclass(frozen=True)
class FailingModels:
    """Bedrock answers so great a share of calls with a server error, for one model or all."""

    share: float = 0.2
    model: str | None = None


@dataclass(frozen=True)
class QuotaShare:
    """Only this share of the quota is left, for one model or all: others in the account use the rest."""

    share: float = 0.5
    model: str | None = None


Fault = CrashTask | CrashLoop | SlowModels | FailingModels | QuotaShare


def read_fault(order: Mapping[str, object]) -> Fault:
    """The fault that an order `{"what": ..., ...}` asks for; FaultError says what is wrong with it."""
    what = order.get("what")
    readers = {
        "crash_task": (_crash_task, CrashTask),
        "crash_loop": (_crash_loop, CrashLoop),
        "slow_models": (_slow_models, SlowModels),
        "failing_models": (_failing_models, FailingModels),
        "quota": (_quota_share, QuotaShare),
    }
    if not isinstance(what, str) or what not in readers:
        raise FaultError(f"what must be one of {', '.join(sorted(readers))}, not {what!r}")
    read, kind = readers[what]
    _only(order, {field.name for field in fields(kind)} | ADDRESSING)
    return read(order)


def _only(order: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(set(order) - known)
    if unknown:
        raise FaultError(f"unknown field {', '.join(unknown)}; allowed: {', '.join(sorted(known))}")


def _crash_task(order: Mapping[str, object]) -> Fault:
    exit_code = _number(order, "exit_code", 1, 0, 255)
    return CrashTask(_text(order, "service") or LITELLM, _text(order, "task_id"), int(exit_code))


def _crash_loop(order: Mapping[str, object]) -> Fault:
    return CrashLoop(_text(order, "service") or LITELLM, _number(order, "every_seconds", 20, 0, 86400))


def _slow_models(order: Mapping[str, object]) -> Fault:
    return SlowModels(_number(order, "factor", 4, 1, 1000), _text(order, "model"))


def _failing_models(order: Mapping[str, object]) -> Fault:
    return FailingModels(_number(order, "share", 0.2, 0, 1), _text(order, "model"))


def _quota_share(order: Mapping[str, object]) -> Fault:
    return QuotaShare(_number(order, "share", 0.5, 0, 1), _text(order, "model"))


def _text(order: Mapping[str, object], field: str) -> str | None:
    value = order.get(field)
    if value is not None and not isinstance(value, str):
        raise FaultError(f"{field} must be text, not {value!r}")
    return value


def _number(order: Mapping[str, object], field: str, default: float, least: float, most: float) -> float:
    value = order.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise FaultError(f"{field} must be a number from {least} to {most}, not {value!r}")
    return float(value)
