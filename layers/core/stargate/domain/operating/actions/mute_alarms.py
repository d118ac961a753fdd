"""Keep a subject's alarms from calling anybody while what they would say is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation, texts
from stargate.domain.operating.actions.alarm_actions import MOST_AT_ONCE, MUTED_SECONDS, AlarmsSwitched
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.actions.kind import Case
    from stargate.domain.operating.facts import Facts


class MuteAlarms(AlarmsSwitched):
    """The alarms still change their state, and the loop still sees it: only their own actions rest."""

    name = "mute_alarms"
    taken_back_by = "unmute_alarms"

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        sounding = case.facts.sounding or ()
        if not sounding:
            return Nothing(f"no alarm of {case.subject} would call anybody")
        muted = sounding[:MOST_AT_ONCE]
        return Proposal(
            f"mute {len(muted)} alarms of {case.subject}",
            {"alarms": muted},
            (Expectation("sounding_alarms", "at_most", 0, MUTED_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        return facts.sounding is not None and not set(facts.sounding) & set(texts(action.target, "alarms"))
