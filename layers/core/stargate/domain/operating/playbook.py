"""The rules from condition to action: rows of data, read from the top, the first that fits decides.

A row fits while a condition of its kind and severity is open (or, for a recovery, has closed) and what its
`when` names holds for the facts. It says what to do and within which guards, or why nothing is to be done.
What to do are rungs: the next is for when the one before has missed its effect, or is at its limit; after the
last of them a person is paged. What an action changed for a while needs no row: the loop takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
class Rung:
    """`action` is a name in the registry of actions, `parameters` are its own.

    `subject` is what it works on if that is not the condition's subject; `tries` how often it may miss its
    effect before the next rung's turn; `undo` whether what missed is taken back at once.
    """

    action: str
    subject: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    tries: int = 1
    undo: bool = False

    def works_on(self, condition: Condition) -> str:
        return self.subject or condition.subject


PAGE = Rung("page")


@dataclass(frozen=True)
class Rule:
    """`condition` is a kind, or a kind and a subject (`cpu-high#litellm`); `severity` None fits every one.

    Without `rungs` nothing is to be done, for the reason given.
    """

    name: str
    condition: str
    severity: Severity | None = None
    is_open: bool = True
    when: str = ALWAYS
    rungs: tuple[Rung, ...] = ()
    reason: str = ""
    guards: tuple[str, ...] = GUARDS
    cool_down: float = 0.0
    most_in_an_hour: int = 10

    def fits(self, condition: Condition) -> bool:
        severe_so = self.severity in {None, condition.severity}
        return self.is_about(condition) and severe_so and self.is_open == condition.open

    def is_about(self, condition: Condition) -> bool:
        """However severe it is, and open or not."""
        return self.condition in {ANY, condition.kind, condition.key}

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """Its rungs, and the page at their end."""
        if not self.rungs or self.rungs[-1].action == PAGE.action:
            return self.rungs
        return (*self.rungs, PAGE)

    def asked_of(self, condition: Condition) -> str:
        """Whom its question is about: what its first rung works on."""
        return self.rungs[0].works_on(condition) if self.rungs else condition.subject


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
        rungs=(Rung("raise_bound", tries=3),),
        reason="CPU is critical: target tracking is too slow for it",
        cool_down=3 * MINUTE,
    ),
    Rule(
        name="litellm-cpu-warning-unaided",
        condition="cpu-high#litellm",
        severity=Severity.WARNING,
        when="tracking_cannot_help",
        rungs=(Rung("raise_bound", tries=3),),
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
        name="crash-loop-of-a-release",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        when="release_rolling_out",
        rungs=(Rung("stop_deployment"),),
        reason="tasks crash while a new release rolls out",
        cool_down=30 * MINUTE,
    ),
    Rule(
        name="crash-loop",
        condition="task-stopped",
        severity=Severity.CRITICAL,
        rungs=(Rung("restart_service"),),
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


def fitting(playbook: Playbook, condition: Condition) -> Iterator[Rule]:
    """The rows that fit before their predicates are asked, in order."""
    return (rule for rule in playbook if rule.fits(condition))


def chosen(playbook: Playbook, condition: Condition, facts: Mapping[str, Facts]) -> Rule:
    """The first row that fits, by the facts of each subject; the last rows fit everything."""
    fits = (
        rule
        for rule in fitting(playbook, condition)
        if PREDICATES[rule.when].answer(facts.get(rule.asked_of(condition), UNKNOWN))
    )
    return next(fits)


def reason_of(rule: Rule, facts: Facts) -> str:
    """The rule's own, with what its question was answered."""
    return rule.reason if rule.when == ALWAYS else f"{rule.reason}, {PREDICATES[rule.when].answer(facts)}"
