"""The gateway with our own admission before its calls: newest first, and at the quota a wait.

Without room the newest go first and the others are parked: of those who come in as many as can be are served
in time, and the late ones are served when the rush is over, instead of everybody being late. What the quota
refuses is held for half a second at most, and then sent away with the advice not to come back at once.
"""

from dataclasses import dataclass

from bench.scaling.service import IN_DOUBT, Kind, Service
from stargate.domain.scaling.service_model import TASK


@dataclass
class AdmittingService(Service):
    parked: float = 0.0

    def second(self, fresh: float, kind: Kind) -> None:
        super().second(fresh, kind)
        self.present += self.parked

    def _wait(self, capacity: float, kind: Kind) -> float:
        """Nobody is let in who would wait longer."""
        return min(super()._wait(capacity, kind), self.settings.most_waiting)

    def _room(self, entering: float, kind: Kind) -> float:
        """How many can be let in with their work done in time; every one of them is taken in first."""
        capacity = self.tasks * TASK.capacity * (1.0 + self.settings.most_waiting)
        free = capacity - self.backlog - entering * TASK.seconds_to_take_in
        return min(super()._room(entering, kind), max(0.0, free / kind.to_answer))

    def _is_calm(self) -> bool:
        return super()._is_calm() and self.parked < IN_DOUBT

    def _turn_away(self, attempt: int, count: float, kind: Kind) -> None:
        """Parked, as far as memory goes; the rest is told to come back later."""
        free = self.tasks * TASK.most_in_flight - self.in_flight - self.backlog / kind.work - self.parked
        kept = min(count, max(0.0, free))
        self.parked += kept
        self.backlog += kept * TASK.seconds_to_take_in
        super()._turn_away(attempt, count - kept, kind)

    def _call(self, entering: list[float], wait: float, kind: Kind) -> None:
        super()._call(entering, wait, kind)
        idle = self.tasks * TASK.capacity - self.backlog
        self._unpark(max(0.0, idle) / kind.to_answer, kind)

    def _unpark(self, room: float, kind: Kind) -> None:
        """Theirs is what the newest leave idle; who has waited too long is told to come back later."""
        out = min(self.parked, room)
        share, _ = self._admitted(out * kind.burnt)
        self._admit(out * share, len(self._away), 0, 0.0, kind)
        self._throttle(out * (1.0 - share), 0, 0)
        given_up = (self.parked - out) / self.settings.longest_parked
        self.parked -= out + given_up
        self.score.refused += given_up
        self._send_away(0, given_up)

    def _admitted(self, wanted: float) -> tuple[float, float]:
        """What comes into the bucket within the wait may be used already."""
        if self.quota is None or wanted <= max(0.0, self._bucket):
            return super()._admitted(wanted)
        ahead = self.settings.admission_wait * self.quota
        share = max(0.0, min(1.0, (self._bucket + ahead) / wanted))
        self._bucket -= share * wanted
        return share, self.settings.admission_wait

    def _throttle(self, count: float, _attempt: int, _retry: int) -> None:
        """Refused at once with `x-should-retry: false`, which the SDKs of OpenAI and Anthropic obey."""
        self.throttled += count
        self.score.refused += count

    def _client_backoff(self, _attempt: int) -> float:
        """As long as `Retry-After` says, which those SDKs obey, too."""
        return self.settings.retry_after
