"""The rules from condition to action: rows of data, read from the top, the first that fits decides.

A row fits while a condition of its kind and severity is open (or, for a recovery, has closed) and what its
`when` names holds for the facts. It says what to do and within which guards, or why nothing is to be done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.facts import UNKNOWN, Facts
from stargate.domain.operating.predicates import ALWAYS, PREDICATES
from stargate.domain.signals.signal import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.operating.action import Value
    from stargate.domain.operating.conditions import Condition

ANY = "*"
GUARDS = ("status", "mode", "switch", "verification", "lease", "cool-down", "budget")
MINUTE = 60.0


@dataclass(frozen=True)
class Rule:
    """`condition` is a kind, or a kind and a subject (`cpu-high#litellm`); `severity` None fits every one.

    `action` is a name in the registry of actions, None where nothing is to be done; `parameters` are its own,
    and `subject` what it works on if that is not the condition's subject.
    """

    name: str
    condition: str
    severity: Severity | None = None
    is_open: bool = True
    when: str = ALWAYS
    action: str | None = None
    reason: str = ""
    subject: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    guards: tuple[str, ...] = GUARDS
    cool_down: float = 0.0
    most_in_an_hour: int = 10

    def fits(self, condition: Condition) -> bool:
        return (
            self.condition in {ANY, condition.kind, condition.key}
            and self.severity in {None, condition.severity}
            and self.is_open == condition.open
        )

    def works_on(self, condition: Condition) -> str:
        return self.subject or condition.subject

    @property
    def asks(self) -> frozenset[str]:
        """The facts that its question and its action need."""
        of_action = ACTIONS[self.action].asks if self.action else frozenset[str]()
        return PREDICATES[self.when].asks | of_action


Playbook = tuple[Rule, ...]

# What nothing is done about by itself: why, and what a person may do.
RECORDED: Playbook = tuple(
    Rule(name=kind, condition=kind, reason=reason)
    for kind, reason in (
        (
            "memory-high",
            "a task beyond its memory is killed and replaced by ECS: give LiteLLM more memory if it recurs",
        ),
        ("errors-high", "more tasks mend no errors: look at LiteLLM's log and at Bedrock's throttles"),
        ("latency-high", "the time to the first token is the model's and the quota's: look at throttles"),
        ("connections-high", "fewer LiteLLM tasks or a larger database class leave room for connections"),
        (
            "database-failover",
            "RDS fails over by itself, in one to two minutes; then LiteLLM must take keys again",
        ),
        ("database-failed", "RDS cannot bring it back: restore its newest backup to a new instance"),
        ("storage-full", "the database takes no more writes: raise its maximal storage now"),
        ("storage-low", "RDS enlarges storage up to its maximum: raise that before it is reached"),
        ("deployment-failed", "ECS has rolled it back: find out why before it is deployed again"),
        ("health-issue", "AWS works on it: what it says, and which zones, is in the event"),
        ("security-risk", "somebody may have credentials of the account: revoke them, now and by hand"),
        ("quota-warning", "ask for more in time: AWS decides on an increase in hours or days"),
        ("rotation-failed", "the secret kept its old value: the error of its function says why"),
        ("stack-failed", "the same request again goes on from there; the stack's events say what failed"),
        ("drift-detected", "somebody changed by hand what was declared: declare it, or put it back"),
        ("cost-anomaly", "look whose keys or tasks spend more than they did"),
        ("budget-passed", "decide with who pays: lower the keys' budgets, or let the environment sleep"),
        ("alert", "an alert of somebody's own rule: its text says what to do"),
    )
)

DEFAULT: Playbook = (
    Rule(
        name="litellm-cpu-critical",
        condition="cpu-high#litellm",
        severity=Severity.CRITICAL,
        action="raise_bound",
        reason="CPU is critical: target tracking is too slow for it",
        cool_down=3 * MINUTE,
    ),
    Rule(
        name="litellm-cpu-warning-unaided",
        condition="cpu-high#litellm",
        severity=Severity.WARNING,
        when="tracking_cannot_help",
        action="raise_bound",
        reason="CPU is high and target tracking cannot help",
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
        action="release_bound",
        reason="CPU is well again and the bound's time is over",
        guards=("status", "expiry", *GUARDS[1:]),
        cool_down=MINUTE,
        most_in_an_hour=20,
    ),
    Rule(
        name="crash-loop-of-a-release",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        when="release_rolling_out",
        action="stop_deployment",
        reason="tasks crash while a new release rolls out",
        cool_down=30 * MINUTE,
    ),
    Rule(
        name="crash-loop",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        action="restart_service",
        reason="tasks crash again and again, and no release rolls out",
        cool_down=30 * MINUTE,
    ),
    Rule(name="task-stopped", condition="task-stopped", reason="ECS replaces a stopped task by itself"),
    Rule(
        name="tasks-steady",
        condition="task-stopped",
        is_open=False,
        reason="the service is steady: nothing is left to be taken back",
    ),
    *RECORDED,
    Rule(name="no-rule", condition=ANY, reason="no rule for it: recorded"),
    Rule(
        name="over", condition=ANY, is_open=False, reason="nothing was done about it that is to be taken back"
    ),
)


def rule_of(playbook: Playbook, condition: Condition, action: str) -> Rule | None:
    """The row by which a condition of this kind leads to the action, however severe it is by now."""
    found = (rule for rule in playbook if rule.action == action)
    return next((rule for rule in found if rule.condition in {ANY, condition.kind, condition.key}), None)


def fitting(playbook: Playbook, condition: Condition) -> Iterator[Rule]:
    """The rows that fit before their predicates are asked, in order."""
    return (rule for rule in playbook if rule.fits(condition))


def chosen(playbook: Playbook, condition: Condition, facts: Mapping[str, Facts]) -> Rule:
    """The first row that fits, by the facts of each subject; the last rows fit everything."""
    fits = (
        rule
        for rule in fitting(playbook, condition)
        if PREDICATES[rule.when].answer(facts.get(rule.works_on(condition), UNKNOWN))
    )
    return next(fits)


def reason_of(rule: Rule, facts: Facts) -> str:
    """The rule's own, with what its question was answered."""
    return rule.reason if rule.when == ALWAYS else f"{rule.reason}, {PREDICATES[rule.when].answer(facts)}"
