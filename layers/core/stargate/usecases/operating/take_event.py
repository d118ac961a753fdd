"""An event comes in: each thing that it tells is taken, for each environment that it is about.

Most tell one thing of one environment. What AWS says of a region or of the whole account is about every
environment that has something there; each has its own ledger, its own conditions and its own decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.signals.envelope import EVERY
from stargate.domain.signals.reading import all_in
from stargate.domain.signals.scope import concerns
from stargate.domain.signals.signal import Ignored, Signal
from stargate.usecases.each_environment import every

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stargate.ports.state import Environments
    from stargate.usecases.operating.take_signal import Taken, TakeSignal


@dataclass(frozen=True)
class TakeEvent:
    take: TakeSignal
    environments: Environments

    def __call__(self, event: object) -> tuple[Taken, ...]:
        """What could not be taken is raised when all else was; copies of the event do no harm."""
        taken: list[Taken] = []
        failures: list[Exception] = []
        for read in self._told(event):
            try:
                taken.append(self.take(read))
            except Exception as failure:  # noqa: BLE001  (raised at the end)
                failures.append(failure)
        if len(failures) == 1:
            raise failures[0]
        if failures:
            raise ExceptionGroup("not everything could be taken", failures)
        return tuple(taken)

    def _told(self, event: object) -> Iterator[Signal | Ignored]:
        for read in all_in(event):
            if isinstance(read, Signal) and read.environment == EVERY:
                yield from self._for_each(read)
            else:
                yield read

    def _for_each(self, signal: Signal) -> Iterator[Signal | Ignored]:
        """Those that stand: one that goes, or is gone, has nothing there any more."""
        concerned = [one for one in every(self.environments) if not one.is_going and concerns(signal, one)]
        if not concerned:
            reason = (
                f"{signal.kind} of {signal.subject} in {signal.region}: no environment has anything there"
            )
            yield Ignored(signal.event_id, reason, None, signal.at)
        for environment in concerned:
            yield replace(signal, environment=environment.name)
