"""A request for an action, at the door: refused with every fault, or handed on to where one may act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.asking import faults_of_request, key_of_request
from stargate.domain.paging import NO_MARK
from stargate.errors import (
    ActionAskedError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)

if TYPE_CHECKING:
    from stargate.domain.operating.action import Action
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import OperationsRows
    from stargate.ports.workflows import Requests

    Document = dict[str, Any]


@dataclass(frozen=True)
class RequestAction:
    operations: OperationsRows
    requests: Requests
    actor: str

    def __call__(self, name: str, request: Any) -> Document:
        """What was decided about it; ActionAskedError if the same is asked for already."""
        faults = faults_of_request(request)
        if faults:
            raise InvalidRequestError(faults)
        overview = self._overview(name)
        environment = overview.environment
        if environment.is_going or environment.is_at_rest:
            raise EnvironmentBusyError(f"{name} is {environment.status}: nothing is done to it")
        self._refuse_again(overview, key_of_request(request))
        answer = self.requests.take(name, request, self.actor)
        if answer["outcome"] != "taken":
            raise ActionAskedError(f"it is asked for already: {answer['reason']}")
        return answer

    def _refuse_again(self, overview: Overview, key: str) -> None:
        known = overview.operations.conditions.get(key)
        if known is not None and known.open:
            facts = known.facts
            words = f"{facts['asked_by']} asked for it at {told(known.opened_at)}: {facts['reason']}"
            raise ActionAskedError(f"{words}; it is over at {told(facts['until'])} at the latest")

    def all(self, name: str, limit: int, after: str | None) -> Document:
        """`{"actions": […], "next": …}`: of the last day, whoever asked for them, the newest first."""
        known = self._overview(name).operations.actions
        if after is not None and after not in known:
            raise InvalidRequestError([NO_MARK])
        rest = [one for one in sorted(known, reverse=True) if after is None or one < after]
        page = rest[:limit]
        return {
            "actions": [_document(known[one]) for one in page],
            "next": page[-1] if len(rest) > limit else None,
        }

    def _overview(self, name: str) -> Overview:
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return overview


def _document(action: Action) -> Document:
    return {
        "id": action.action_id,
        "action": action.kind,
        "subject": action.subject,
        "status": action.status.value,
        "condition": action.condition,
        "rule": action.rule,
        "target": dict(action.target),
        "requested_at": told(action.requested_at),
        "performed_at": None if action.performed_at is None else told(action.performed_at),
        "settled_at": None if action.settled_at is None else told(action.settled_at),
        "outcome": action.outcome or None,
    }
