"""What one kind of action declares. Its module is the one place that says what it is, and why it is safe.

The loop does the same with every kind: it asks for the facts, proposes, lets the guards speak, asks once more
whether it is needed, has the kind's performer do it, measures what was expected, and takes it back when its
time is over. So a new kind is a module here, its line in `registry`, its performer at the edge, its rights
in the policy of `perform_action`, its row in docs/actions.md and its scene in the tests; a test counts them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action, Target, Value
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import Overview


@dataclass(frozen=True)
class Case:
    """What a kind decides from. `parameters` are the rule's, `subject` what the action would work on."""

    overview: Overview
    condition: Condition
    subject: str
    facts: Facts
    now: float
    parameters: Mapping[str, Value] = field(default_factory=dict)


class ActionKind(ABC):
    """`asks` names the facts that a proposal needs, `asks_again` those that the last look before it needs.

    `taken_back_by` names the kind that gives back what this one changed; what it changed is then a hold, kept
    for its time. None: it changes nothing that would be left behind. What does not change the gateway at all
    is held by few guards; what shakes everything waits for all others, and they for it. What is not `damped`
    is done for a flapping condition, too; what is done `once` is not repeated while its condition is open, be
    it reached. `guards` are those beyond the ones that stand before every action.
    `takes` names the parameters that a rule may give it; `works_on` is its subject where that is always the
    same, whatever its condition is about.
    """

    name: ClassVar[str]
    scope: ClassVar[str]
    asks: ClassVar[frozenset[str]]
    asks_again: ClassVar[frozenset[str]]
    taken_back_by: ClassVar[str | None] = None
    changes_the_gateway: ClassVar[bool] = True
    shakes_everything: ClassVar[bool] = False
    damped: ClassVar[bool] = True
    once: ClassVar[bool] = False
    guards: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[frozenset[str]] = frozenset()
    works_on: ClassVar[str] = ""

    def scope_of(self, subject: str) -> str:
        """What it holds alone while it is performed and verified."""
        return f"{self.scope}:{subject}"

    @abstractmethod
    def propose(self, case: Case) -> Proposal | Nothing | Held:
        """What it would do, within the limits; or why it is not needed, or may not be."""

    def still(self, case: Case, action: Action) -> Held | Nothing | None:  # noqa: ARG002  (some kinds need it)
        """Why what was decided may not, or need not, be done any more; None if it is to be done."""
        proposed = self.propose(case)
        return None if isinstance(proposed, Proposal) else proposed

    @abstractmethod
    def is_done(self, action: Action, facts: Facts) -> bool:
        """Whether an earlier try of this very action reached AWS: it was cut off before it could say so."""

    def found(self, facts: Facts) -> Target:  # noqa: ARG002  (some kinds need it)
        """What it is about to change, as it is now: where taking back goes to."""
        return {}

    def was(self, action: Action, facts: Facts) -> Target:  # noqa: ARG002  (some kinds need it)
        """Of what is found, what this very action changes."""
        return self.found(facts)

    def deed(self, action: Action) -> str:
        """What was done, in words."""
        return f"{self.name}: {action.subject}"

    def adds(self, case: Case, proposal: Proposal) -> Mapping[str, float]:  # noqa: ARG002  (some need it)
        """What it adds to the bill while it lasts: `task:<service>` or `database:<class>` to how many."""
        return {}
