"""Ask AWS for more of a quota, before it is used up: an answer takes hours or days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts

ASKED_SECONDS = 900.0
GROWTH = 1.5  # asked for at once: AWS answers small steps sooner, and each answer takes long


class RequestQuota(ActionKind):
    """Nothing takes a request back; a quota that is granted costs nothing by itself."""

    name = "request_quota"
    scope = "quota"
    asks = frozenset({"quota"})
    asks_again = asks
    once = True

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        quota = case.facts.quota
        if quota is None:
            return Held("limits", f"Service Quotas knows no quota {case.condition.facts.get('quota', '')}")
        if not quota.adjustable:
            return Held("limits", f"{quota.name} is fixed: AWS raises it for nobody")
        if quota.asked is not None:
            return Nothing(f"{quota.asked:g} of {quota.name} was asked for already, and AWS has not answered")
        wanted = float(round(quota.value * GROWTH + 0.5))
        used = case.condition.facts.get("percent")
        evidence = f", {used:g} % of which is used" if isinstance(used, (int, float)) else ""
        return Proposal(
            f"ask AWS for {wanted:g} of {quota.name} in place of {quota.value:g}{evidence}",
            {"service": quota.service, "code": quota.code, "value": wanted, "was": quota.value},
            (Expectation("quota_asked", "at_least", wanted, ASKED_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        quota = facts.quota
        return quota is not None and max(quota.asked or 0.0, quota.value) >= float(
            str(action.target["value"])
        )
