"""Deploy the services anew that read a secret: a task keeps the value that it started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate.domain.operating.action import Expectation
from stargate.domain.operating.actions.kind import ActionKind, Case
from stargate.domain.operating.actions.wellness import STEADY_SECONDS
from stargate.domain.operating.proposals import Held, Nothing, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.operating.action import Action
    from stargate.domain.operating.facts import Facts, ServiceFacts


class RedeployReaders(ActionKind):
    name = "redeploy_readers"
    scope = "secret"
    asks = frozenset({"readers"})
    asks_again = asks
    shakes_everything = True  # it may restart several services

    def propose(self, case: Case) -> Proposal | Nothing | Held:
        readers = case.facts.readers or {}
        if not readers:
            return Nothing(f"no service that runs reads {case.subject}")
        busy = sorted(name for name, service in readers.items() if service.rolling_out is not None)
        if busy:
            return Nothing(f"a deployment of {', '.join(busy)} is under way already")
        behind = _behind(readers, case.condition.last_at)
        if not behind:
            return Nothing(f"all that read {case.subject} have been deployed since")
        return Proposal(
            f"deploy {', '.join(behind)} anew: they run with the former {case.subject}",
            {"services": behind, "since": case.condition.last_at},
            (Expectation("readers_renewed", "at_least", 1, STEADY_SECONDS),),
        )

    def is_done(self, action: Action, facts: Facts) -> bool:
        """All of them were begun: one that was not is begun by the retry, and no other twice."""
        return not _behind(facts.readers or {}, float(str(action.target["since"])))


def _behind(readers: Mapping[str, ServiceFacts], since: float) -> tuple[str, ...]:
    """Whose newest deployment is from before."""
    return tuple(
        sorted(
            name
            for name, service in readers.items()
            if max((one.created_at for one in service.deployments), default=0.0) < since
        )
    )
