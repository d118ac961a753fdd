"""Every two minutes: does each running gateway still take keys? No event of AWS would ever tell.

After an outage of its database LiteLLM can answer health checks and refuse every key (its issue 38121,
reported of 1.95 and 1.98). So the observer makes a virtual key, shows it to each task and takes it back; what
changes is taken as any other signal is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.environment import Status
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.facts import Keys
    from stargate.ports.actions import KeyProbe
    from stargate.ports.state import Environments, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.operating.take_signal import TakeSignal

PROBED = frozenset({Status.READY, Status.DEGRADED})
KIND, OVER, SUBJECT, SOURCE = "keys-refused", "keys-served", "litellm", "observer"


@dataclass(frozen=True)
class ProbeGateways:
    environments: Environments
    operations: OperationsRows
    keys: KeyProbe
    take: TakeSignal
    clock: Clock

    def __call__(self) -> dict[str, str]:
        """What was told of which environment; what went wrong with one is raised when all have had theirs."""
        running = (one for one in every(self.environments) if one.status in PROBED)
        return in_turn(running, self._probe, "not every gateway could be probed")

    def _probe(self, environment: Environment) -> str:
        signal = self._look_at(environment)
        return self.take.take(signal).outcome if signal else ""

    def _look_at(self, environment: Environment) -> Signal | None:
        keys = self.keys.look(environment.region, environment.name)
        if keys is None:
            return None
        known = self.operations.by_id(environment.environment_id).operations.conditions
        now = self.clock.now()
        found = _found(keys)
        if found is None or not _is_news(known.get(f"{KIND}#{SUBJECT}"), *found):
            return None
        turn, severity = found
        return Signal(
            event_id=f"probe of {environment.environment_id} at {now:.3f}",
            at=now,
            environment=environment.name,
            kind=KIND if turn is Turn.OPENS else OVER,
            subject=SUBJECT,
            severity=severity,
            turn=turn,
            source=SOURCE,
            region=environment.region,
            facts={"says": keys.reason or "every task serves a key", "refusing": list(keys.refusing)},
        )


def _found(keys: Keys) -> tuple[Turn, Severity] | None:
    """None for what says nothing of keys: tasks without a database answer something else."""
    if not keys.reason:
        return Turn.CLOSES, Severity.INFO
    if not keys.refusing:
        return None
    return Turn.OPENS, Severity.CRITICAL if keys.all_refuse else Severity.WARNING


def _is_news(condition: Condition | None, turn: Turn, severity: Severity) -> bool:
    """The same again is no entry in the ledger."""
    is_open = condition is not None and condition.open
    if turn is Turn.CLOSES or condition is None:
        return is_open or turn is Turn.OPENS
    return not is_open or condition.severity is not severity
