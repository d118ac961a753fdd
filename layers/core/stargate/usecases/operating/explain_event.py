"""What would be decided on an event if it came now: by an environment's own playbook, state and facts.

It reads what the loop would read, and writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.operating.concern import OF_ITSELF, OUR_OWN_DOING, is_our_own_doing, unconcerned
from stargate.domain.operating.conditions import Turned, after, key_of
from stargate.domain.operating.explanation import (
    NOTHING,
    Walk,
    ignored_document,
    no_decision,
    signal_document,
)
from stargate.domain.operating.ladders import with_what_is_due
from stargate.domain.signals.envelope import CONTROL_PLANE
from stargate.domain.signals.kinds import KINDS
from stargate.domain.signals.reading import all_in, for_environment
from stargate.domain.signals.signal import Ignored, Seen, Signal
from stargate.errors import EnvironmentNotFoundError
from stargate.usecases.operating.decide_condition import detail_of, look_and_decide, summary_of

if TYPE_CHECKING:
    from stargate.domain.operating.conditions import Condition, Transition
    from stargate.domain.operating.operations import Overview
    from stargate.ports.state import OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.operating.gather_facts import Instruments

Document = dict[str, Any]


@dataclass(frozen=True)
class ExplainEvent:
    operations: OperationsRows
    instruments: Instruments
    clock: Clock

    def __call__(self, name: str, event: object) -> Document:
        """`{explained: [...]}`, one for each event in it, in the form of `explained`."""
        overview = self.operations.by_name(name)
        if overview is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return {"explained": [self._document(overview, read) for read in all_in(event)]}

    def _document(self, overview: Overview, read: Signal | Ignored) -> Document:
        if isinstance(read, Signal) and read.environment == CONTROL_PLANE:
            return {"signal": signal_document(read), "decision": no_decision(OF_ITSELF, _by(overview))}
        read = for_environment(read, overview.environment.name)
        if isinstance(read, Ignored):
            return ignored_document(read)
        refused = _refused(overview, replace(read, at=self.clock.now()))
        if refused:
            seen = Seen(read.kind, read.severity, read.turn, read.subject, read.source, read.facts)
            return ignored_document(Ignored(read.event_id, refused, read.environment, read.at, seen))
        return {"signal": signal_document(read), "decision": self._decision(overview, read)}

    def _decision(self, overview: Overview, read: Signal) -> Document:
        """As if it came now: an old one says nothing new of a condition, and is of an earlier gateway."""
        signal, key = replace(read, at=self.clock.now()), key_of(read)
        if key is None:
            return no_decision(KINDS[read.kind].why, _by(overview))
        transition = after(overview.operations.conditions.get(key), signal)
        condition = transition.condition
        if condition is None or (transition.what is Turned.UNCHANGED and not condition.open):
            return no_decision(transition.reason, _by(overview))
        return self._decided(overview, condition, transition)

    def _decided(self, overview: Overview, condition: Condition, transition: Transition) -> Document:
        now = self.clock.now()
        facts, decision = look_and_decide(self.instruments, overview, condition, now, thorough=True)
        rules = with_what_is_due(overview.playbook.rules, overview.operations, condition)
        return {
            **detail_of(decision, condition, overview.environment),
            "action": decision.action or NOTHING,
            "reason": summary_of(decision, overview.environment),
            "guard": decision.guard,
            "by": _by(overview),
            "change": transition.what.value,
            **Walk(rules, condition, now, facts).document(),
        }


def _by(overview: Overview) -> str:
    return f"playbook {overview.playbook.told} and the state of {overview.environment.name}"


def _refused(overview: Overview, signal: Signal) -> str:
    """Why the loop would decide nothing on it, or ""."""
    return OUR_OWN_DOING if is_our_own_doing(overview, signal) else unconcerned(overview, signal)
