"""Ask what an event would lead to: what can be told at once is, and the rest where the rights to look are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Status
from stargate.domain.faults import Fault
from stargate.domain.signals.shapes import is_event
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from stargate.ports.state import Environments
    from stargate.ports.workflows import Explainer


@dataclass(frozen=True)
class RequestExplanation:
    environments: Environments
    explainer: Explainer

    def __call__(self, name: str, event: Any) -> dict[str, Any]:
        present = self.environments.by_name(name)
        if present is None or present.status is Status.RETIRED:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        if not is_event(event):
            raise InvalidRequestError(
                [Fault("", "has nothing of an event in it", "one as AWS sends it, as JSON")]
            )
        return self.explainer.explain(name, event)
