"""Decide on one condition: ask for the facts that its rules need, decide, and put the decision in words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.hourly import hourly
from stargate.domain.moments import told
from stargate.domain.operating.action import Action, ActionStatus, execution_name
from stargate.domain.operating.actions.registry import ACTIONS
from stargate.domain.operating.decisions import Decision, Verdict, as_decided, asks, decide, differs
from stargate.domain.operating.guards import granted
from stargate.usecases.operating.gather_incident import NONE, Gathered, GatherIncident
from stargate.usecases.people.ask_approval import AskApproval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.domain.ledger import Entry
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Facts
    from stargate.domain.operating.operations import OperationRow, Overview
    from stargate.domain.people.approvals import Approval
    from stargate.ports.state import OperationsRows
    from stargate.ports.workflows import Remedies
    from stargate.ports.world import Clock
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.operating.gather_facts import Instruments


@dataclass(frozen=True)
class Considered:
    """`rows` and `entries` are to be written; without entries the decision is what it was before."""

    decision: Decision
    condition: Condition
    action: Action | None = None
    entries: tuple[Entry, ...] = ()
    approvals: tuple[Approval, ...] = ()
    gathered: Gathered = NONE

    @property
    def rows(self) -> tuple[OperationRow, ...]:
        actions = () if self.action is None else (self.action,)
        return (self.condition, *actions, *self.approvals, *self.gathered.changed)

    def of(self, gathered: Gathered) -> Considered:
        """With each entry told of the incident, and what changes of it."""
        entries = (replace(one, incident=gathered.incident_id) for one in self.entries)
        return replace(self, gathered=gathered, entries=(*gathered.told, *entries))


@dataclass(frozen=True)
class Deciding:
    operations: OperationsRows
    instruments: Instruments
    remedies: Remedies
    clock: Clock
    narrator: Narrator

    @property
    def gather(self) -> GatherIncident:
        return GatherIncident(self.clock, self.narrator)

    @property
    def ask(self) -> AskApproval:
        return AskApproval(self.clock, self.narrator)

    def consider(
        self,
        overview: Overview,
        condition: Condition,
        cause: str,
        *,
        thorough: bool = False,
        gathers: bool = True,
    ) -> Considered:
        """Thorough: look also for what costs a call more, as the examination each minute can afford.

        `gathers`: put it to its incident, too.
        """
        now = self.clock.now()
        gathered = self.gather(overview, condition, cause) if gathers else NONE
        overview = gathered.known_to(overview)
        _, decision = look_and_decide(self.instruments, overview, condition, now, thorough=thorough)
        considered = self._asked(overview, condition, decision, cause)
        if gathers and gathered.incident is None and considered.action is not None:
            gathered = self.gather(overview, condition, cause, acts=True)
        return considered.of(gathered)

    def _asked(self, overview: Overview, condition: Condition, decision: Decision, cause: str) -> Considered:
        considered = self._considered(overview, condition, decision, cause)
        decided = considered.condition.decided
        asked = list(self.ask(overview, condition, decision, decided.entry_id if decided else cause))
        if not asked:
            return considered
        approvals, entries = zip(*asked, strict=True)
        return replace(considered, entries=(*considered.entries, *entries), approvals=approvals)

    def _considered(
        self, overview: Overview, condition: Condition, decision: Decision, cause: str
    ) -> Considered:
        now = self.clock.now()
        if not differs(decision, condition.decided):
            return Considered(decision, condition)
        allowed = _allowed(overview, condition, decision, now)
        detail = {**detail_of(decision, condition, overview.environment), "playbook": overview.playbook.told}
        entry = self.narrator.entry(
            overview.environment,
            "decision",
            condition.subject,
            summary_of(decision, overview.environment),
            allowed.entry_id if allowed else cause,
            {**detail, "approval": allowed.approval_id} if allowed else detail,
        )
        decided = replace(condition, decided=as_decided(decision, now, entry.entry_id))
        return Considered(decision, decided, _requested(decision, condition, entry), (entry,))

    def start(self, environment: Environment, action: Action) -> None:
        """Once more does no harm: the execution is named after the action."""
        payload = {"environment_id": environment.environment_id, "action_id": action.action_id}
        self.remedies.start(execution_name(environment, action.action_id), payload)


def look_and_decide(
    instruments: Instruments, overview: Overview, condition: Condition, now: float, *, thorough: bool
) -> tuple[Mapping[str, Facts], Decision]:
    """With the facts by which it was decided, by subject; nothing is written."""
    rules = overview.playbook.rules
    overview = replace(overview, operations=overview.operations.with_row(condition))
    needed = asks(rules, overview, condition, now)
    facts = {
        subject: instruments.gather(overview, subject, names, thorough=thorough)
        for subject, names in needed.items()
    }
    return facts, decide(rules, overview, condition, facts, now)


def _allowed(overview: Overview, condition: Condition, decision: Decision, now: float) -> Approval | None:
    """The person's word by which it is done."""
    if decision.verdict is not Verdict.ACT or decision.action is None:
        return None
    return granted(overview.operations, condition.key, decision.action, decision.subject, now)


def _requested(decision: Decision, condition: Condition, entry: Entry) -> Action | None:
    if decision.verdict is not Verdict.ACT or decision.action is None:
        return None
    return Action(
        action_id=entry.entry_id,
        kind=decision.action,
        subject=decision.subject,
        scope=ACTIONS[decision.action].scope_of(decision.subject),
        condition=condition.key,
        rule=decision.rule,
        rung=decision.rung,
        undo=decision.undo,
        status=ActionStatus.REQUESTED,
        requested_at=entry.at,
        target=decision.target,
        expectations=decision.expectations,
    )


def summary_of(decision: Decision, environment: Environment) -> str:
    if decision.verdict is Verdict.NONE:
        return f"no action: {decision.reason}"
    words = hourly(decision.adds, environment).words if decision.verdict is Verdict.ACT else ""
    return f"{decision.reason}{words}"


def detail_of(decision: Decision, condition: Condition, environment: Environment) -> dict[str, Any]:
    """What the ledger has of it beside its words; nothing is said of what there is not."""
    price = hourly(decision.adds, environment)
    found = {
        "condition": condition.key,
        "severity": condition.severity.value,
        "verdict": decision.verdict.value,
        "rule": decision.rule,
        "rung": decision.rung or None,
        "action": decision.action,
        "guard": decision.guard,
        "gave_way": list(decision.gave_way) or None,
        "lifts_at": None if decision.lifts_at is None else told(decision.lifts_at),
        "target": dict(decision.target) or None,
        "expected": [
            f"{one.measure} {one.comparison.replace('_', ' ')} {one.value:g} within {one.within_seconds:g} s"
            for one in decision.expectations
        ]
        or None,
        "usd_per_hour": str(price.usd) if decision.proposal and price.usd is not None else None,
    }
    return {name: value for name, value in found.items() if value is not None}
