"""Have alarms call again that were muted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, texts
from stargate.domain.operating.actions.alarm_actions import MUTED_SECONDS, AlarmsSwitched
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts


class UnmuteAlarms(AlarmsSwitched):
    name = "unmute_alarms"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        hold = case.overview.operations.holds.get(self.scope_of(case.subject))
        if hold is None or not hold.live or hold.condition != case.condition.key:
            return Nothing("no alarm was muted for it")
        muted = texts(hold.target, "alarms")
        silent = tuple(name for name in muted if name not in (case.facts.sounding or ()))
        if not silent:
            return Nothing("all of them would call already")
        return Proposal(
            f"unmute {len(silent)} alarms of {case.subject}",
            {"alarms": silent},
            (Expectation("sounding_alarms", "at_least", len(silent), MUTED_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        return set(texts(action.target, "alarms")) <= set(facts.sounding or ())
