"""A person asks for an action: taken as a signal, and decided as whatever else happens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.asking import key_of_request, signal_of
from stargate.domain.people.approvals import approval_name, newest
from stargate.errors import EnvironmentNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.operations import Overview
    from stargate.ports.world import Identifiers
    from stargate.usecases.operating.take_signal import TakeSignal

    Document = dict[str, Any]


@dataclass(frozen=True)
class TakeRequest:
    take: TakeSignal
    identifiers: Identifiers

    def __call__(self, name: str, request: Mapping[str, Any], person: str) -> Document:
        """`request` is as it was found good; `outcome` unchanged: the same is asked for already."""
        overview = self._overview(name)
        now = self.take.clock.now()
        request_id = f"request {self.identifiers.entry_id(now)} by {person}"
        signal = signal_of(overview.environment, request, person, request_id, now)
        narrator = replace(self.take.narrator, actor=person)
        taken = replace(self.take, narrator=narrator).take(signal)
        known = self._overview(name)
        condition = known.operations.conditions.get(key_of_request(request))
        told_of = {} if condition is None else _document(known, condition)
        return {"outcome": taken.outcome, "reason": taken.reason, **told_of}

    def _overview(self, name: str) -> Overview:
        overview = self.take.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return overview


def _document(overview: Overview, condition: Condition) -> Document:
    decided, action = condition.decided, overview.operations.in_flight(condition.key)
    kind = decided.action if decided else None
    known = overview.operations.approvals.values()
    asked = newest(known, condition.key, kind or "", condition.subject)
    waits = asked is not None and asked.is_pending(condition.last_at)
    return {
        "condition": condition.key,
        "asked_by": condition.facts["asked_by"],
        "until": told(condition.facts["until"]),
        "decision": None
        if decided is None
        else {
            "verdict": decided.verdict,
            "guard": decided.guard,
            "reason": decided.reason,
            "lifts_at": None if decided.lifts_at is None else told(decided.lifts_at),
            "entry": decided.entry_id,
        },
        "action": action.action_id if action else None,
        "approval": approval_name(overview.environment, asked.approval_id) if asked and waits else None,
    }
