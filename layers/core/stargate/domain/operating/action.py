"""One change to a running environment, as its row has it: decided, performed, verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from stargate.domain.environment import Environment

Comparison = Literal["at_least", "at_most"]
Value = int | float | str | tuple[str, ...]
Target = Mapping[str, Value]


class ActionStatus(StrEnum):
    REQUESTED = "REQUESTED"
    PERFORMING = "PERFORMING"
    REACHED = "REACHED"
    MISSED = "MISSED"
    FAILED = "FAILED"
    WITHDRAWN = "WITHDRAWN"


IN_FLIGHT = frozenset({ActionStatus.REQUESTED, ActionStatus.PERFORMING})


@dataclass(frozen=True)
class Expectation:
    """What a measure should be, `within_seconds` of the action's performance."""

    measure: str
    comparison: Comparison
    value: float
    within_seconds: float


@dataclass(frozen=True)
class Action:
    """`action_id` is the id of the ledger entry of the decision that led to it.

    `kind` is a name in the registry of actions; `scope` what it holds alone while it is performed and
    verified. `rule` and `rung` are those of the playbook that ask for it; `undo` says that what it changed is
    to be taken back at once if its effect is missed. `target` says what to change and to what: numbers of
    tasks, the id of a deployment. `entry_id` is the entry of its performance, the cause of its verification.
    """

    action_id: str
    kind: str
    subject: str
    scope: str
    condition: str  # the key of the condition that it answers
    rule: str
    status: ActionStatus
    requested_at: float
    target: Target = field(default_factory=dict)
    expectations: tuple[Expectation, ...] = ()
    rung: int = 0
    undo: bool = False
    fence: int = 0
    performed_at: float | None = None
    settled_at: float | None = None
    entry_id: str = ""
    outcome: str = ""
    version: int = 0

    @property
    def in_flight(self) -> bool:
        return self.status in IN_FLIGHT

    @property
    def since(self) -> float:
        """From when on its effect may show."""
        return self.performed_at or self.requested_at


def number(target: Target, name: str) -> int:
    """A whole number of a target, such as a count of tasks."""
    value = target[name]
    if isinstance(value, (int, float)):
        return int(value)
    raise TypeError(f"{name} is {value!r}, and no number")


def texts(target: Target, name: str) -> tuple[str, ...]:
    """Several names of a target, such as alarms or subnets."""
    value = target[name]
    if isinstance(value, tuple):
        return value
    raise TypeError(f"{name} is {value!r}, and no names")


def execution_name(environment: Environment, action_id: str) -> str:
    return f"{environment.environment_id}-{action_id}"


def action_of_execution(name: str) -> tuple[str, str] | None:
    """The environment's and the action's id in the name of an execution of `remediate`."""
    environment_id, _, action_id = name.partition("-")
    return (environment_id, action_id) if environment_id and action_id else None
