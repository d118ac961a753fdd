"""The rules from condition to action: rows of data, read from the top, the first that fits decides.

A row fits while a condition of its kind and severity is open (or, for a recovery, has closed) and what its
`when` names holds for the facts. It says what to do and within which guards, or why nothing is to be done.
What to do are rungs: the next is for when the one before has missed its effect, or is at its limit; after the
last of them a person is paged. What an action changed for a while needs no row: the loop takes it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.facts import UNKNOWN, Facts
from stargate.domain.operating.predicates import answered, asked_by, possible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.operating.action import Expectation, Value
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.signals.signal import Severity

ANY = "*"
MINUTE = 60.0


@dataclass(frozen=True)
class Rung:
    """`action` is a name in the registry of actions, `parameters` are its own.

    `subject` is what it works on if that is neither its action's own nor the condition's; `tries` how often
    it may miss its effect before the next rung's turn; `undo` whether what missed is taken back at once;
    `expectations` what it is to bring about, in the place of what the action itself expects.
    """

    action: str
    subject: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    tries: int = 1
    undo: bool = False
    expectations: tuple[Expectation, ...] = ()

    def works_on(self, condition: Condition) -> str:
        return self.subject or ACTIONS[self.action].works_on or condition.subject


PAGE = Rung("page")


@dataclass(frozen=True)
class Rule:
    """`condition` is a kind, or a kind and a subject (`cpu-high#litellm`); `severity` None fits every one.

    It fits once the condition has been open `for_seconds`, and each question of `when` is answered yes.
    Without `rungs` nothing is to be done, for the reason given. `guards` are asked beside those
    that stand before every action. `pages`: whether a person is paged after the last rung.
    """

    name: str
    condition: str
    severity: Severity | None = None
    is_open: bool = True
    for_seconds: float = 0.0
    when: tuple[str, ...] = ()
    rungs: tuple[Rung, ...] = ()
    reason: str = ""
    guards: tuple[str, ...] = ()
    cool_down: float = 0.0
    most_in_an_hour: int = 10
    pages: bool = True

    def fits(self, condition: Condition, now: float) -> bool:
        """Before its questions are asked."""
        fits = self.is_open == condition.open and self.is_about(condition)
        severe_so = self.severity in {None, condition.severity}
        return fits and severe_so and now - condition.opened_at >= self.for_seconds

    def is_about(self, condition: Condition) -> bool:
        """However severe it is, and open or not."""
        return self.condition in (ANY, condition.kind, condition.key)

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """Its rungs, and the page at their end."""
        if not self.rungs or not self.pages or self.rungs[-1].action == PAGE.action:
            return self.rungs
        return (*self.rungs, PAGE)

    def asked_of(self, condition: Condition) -> str:
        """Whom its question is about: what its first rung works on."""
        return self.rungs[0].works_on(condition) if self.rungs else condition.subject


Playbook = tuple[Rule, ...]


@dataclass(frozen=True)
class InForce:
    """What an environment is operated by: its own rules, or those of the default; `told` says which."""

    rules: Playbook
    told: str


# What is decided where no rule of the playbook fits: these two rows follow those of every playbook.
LAST: Playbook = (
    Rule(name="no-rule", condition=ANY, reason="no rule for it: recorded"),
    Rule(
        name="over", condition=ANY, is_open=False, reason="nothing was done about it that is to be taken back"
    ),
)


def fitting(playbook: Playbook, condition: Condition, now: float) -> Iterator[Rule]:
    """The rows that fit as far as the condition itself tells, in order, up to the first that asks no fact."""
    for rule in playbook:
        if rule.fits(condition, now) and possible(rule.when, condition):
            yield rule
            if not asked_by(rule.when):
                return


def chosen(playbook: Playbook, condition: Condition, facts: Mapping[str, Facts], now: float) -> Rule:
    """The first row that fits, by the facts of each subject; the last rows fit everything."""
    fits = (
        rule
        for rule in fitting(playbook, condition, now)
        if answered(rule.when, condition, facts.get(rule.asked_of(condition), UNKNOWN)) is not None
    )
    return next(fits)


def reason_of(rule: Rule, condition: Condition, facts: Facts) -> str:
    """The rule's own, with what its questions were answered."""
    return ", ".join([rule.reason, *(answered(rule.when, condition, facts) or ())])
