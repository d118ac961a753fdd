"""The rules from condition to action: rows of data, read from the top, the first that fits decides.

A row fits while a condition of its kind and severity is open (or, for a recovery, has closed) and what its
`when` names holds for the facts. It says what to do and within which guards, or why nothing is to be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.actions import ActionKind
from stargate.domain.predicates import ALWAYS, PREDICATES
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.domain.conditions import Condition
    from stargate.domain.facts import Facts

ANY = "*"
GUARDS = ("status", "mode", "switch", "verification", "lease", "cool-down", "budget")
MINUTE = 60.0


@dataclass(frozen=True)
class Rule:
    """`condition` is a kind, or a kind and a subject (`cpu-high#litellm`); `severity` None fits every one.

    `asks` are the facts that the row's predicate and action need.
    """

    name: str
    condition: str
    severity: Severity | None = None
    is_open: bool = True
    when: str = ALWAYS
    action: ActionKind | None = None
    reason: str = ""
    asks: frozenset[str] = frozenset()
    guards: tuple[str, ...] = GUARDS
    cool_down: float = 0.0
    most_in_an_hour: int = 10

    def fits(self, condition: Condition) -> bool:
        return (
            self.condition in {ANY, condition.kind, condition.key}
            and self.severity in {None, condition.severity}
            and self.is_open == condition.open
        )


Playbook = tuple[Rule, ...]

DEFAULT: Playbook = (
    Rule(
        name="litellm-cpu-critical",
        condition="cpu-high#litellm",
        severity=Severity.CRITICAL,
        action=ActionKind.RAISE_BOUND,
        reason="CPU is critical: target tracking is too slow for it",
        asks=frozenset({"scaling", "metrics"}),
        cool_down=3 * MINUTE,
    ),
    Rule(
        name="litellm-cpu-warning-unaided",
        condition="cpu-high#litellm",
        severity=Severity.WARNING,
        when="tracking_cannot_help",
        action=ActionKind.RAISE_BOUND,
        reason="CPU is high and target tracking cannot help",
        asks=frozenset({"scaling", "metrics"}),
        cool_down=3 * MINUTE,
    ),
    Rule(
        name="litellm-cpu-warning",
        condition="cpu-high#litellm",
        severity=Severity.WARNING,
        reason="target tracking holds CPU near 70 % on purpose: recorded only",
    ),
    Rule(
        name="litellm-cpu-over",
        condition="cpu-high#litellm",
        is_open=False,
        action=ActionKind.RELEASE_BOUND,
        reason="CPU is well again and the bound's time is over",
        asks=frozenset({"scaling"}),
        guards=("status", "expiry", *GUARDS[1:]),
        cool_down=MINUTE,
        most_in_an_hour=20,
    ),
    Rule(
        name="crash-loop-of-a-release",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        when="release_rolling_out",
        action=ActionKind.STOP_DEPLOYMENT,
        reason="tasks crash while a new release rolls out",
        asks=frozenset({"service"}),
        cool_down=30 * MINUTE,
    ),
    Rule(
        name="crash-loop",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        action=ActionKind.RESTART_SERVICE,
        reason="tasks crash again and again, and no release rolls out",
        asks=frozenset({"service"}),
        cool_down=30 * MINUTE,
    ),
    Rule(name="task-stopped", condition="task-stopped", reason="ECS replaces a stopped task by itself"),
    Rule(
        name="tasks-steady",
        condition="task-stopped",
        is_open=False,
        reason="the service is steady: nothing is left to be taken back",
    ),
    Rule(name="no-rule", condition=ANY, reason="no rule for it: recorded"),
    Rule(
        name="over", condition=ANY, is_open=False, reason="nothing was done about it that is to be taken back"
    ),
)


def rule_of(playbook: Playbook, condition: Condition, action: ActionKind) -> Rule | None:
    """The row by which a condition of this kind leads to the action, however severe it is by now."""
    found = (rule for rule in playbook if rule.action is action)
    return next((rule for rule in found if rule.condition in {ANY, condition.kind, condition.key}), None)


def fitting(playbook: Playbook, condition: Condition) -> Iterator[Rule]:
    """The rows that fit before their predicates are asked, in order."""
    return (rule for rule in playbook if rule.fits(condition))


def chosen(playbook: Playbook, condition: Condition, facts: Facts) -> Rule:
    """The first row that fits; a playbook ends with rows that fit everything."""
    return next(rule for rule in fitting(playbook, condition) if PREDICATES[rule.when](facts))
