"""The end of a workflow: the environment's last word for this attempt, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.domain.ends import kept_in_words
from stargate.domain.environment import AT_WORK, Environment, Status
from stargate.domain.failure import Failure, failure_of
from stargate.errors import ConflictError, GatewayNotWellError

if TYPE_CHECKING:
    from stargate.ports import Clock, Environments
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class SettleEnvironment:
    environments: Environments
    clock: Clock
    narrator: Narrator

    def __call__(
        self, environment_id: str, attempt: int, outcome: Status, error: str = "", cause: str = ""
    ) -> Status:
        """The status the environment has after the call, whoever set it."""
        failure = failure_of(error, cause) if outcome is Status.FAILED else None
        outcome = _degree(outcome, error)
        for _ in range(TRIES):
            environment = self.environments.get(environment_id)
            if environment.attempt != attempt or not _may_end_so(environment, outcome):
                return environment.status
            try:
                return self._settle(environment, outcome, failure)
            except ConflictError:  # somebody settled it, or changed its mode: look again
                continue
        raise ConflictError(f"{environment_id} is changed by others all the time")

    def _settle(self, environment: Environment, outcome: Status, failure: Failure | None) -> Status:
        seconds = round(self.clock.now() - environment.attempt_started_at, 3)
        kept = environment.kept if outcome is Status.RETIRED else ()
        because = failure.reason if failure else kept_in_words(kept)
        summary = f"{environment.name} is {outcome}" + (f": {because}" if because else "")
        detail = {"seconds": seconds, "attempt": environment.attempt}
        entry = self.narrator.entry(
            environment,
            "step",
            environment.name,
            summary,
            environment.cause,
            {
                **detail,
                **(failure.document() if failure else {}),
                **({"kept": [one.told() for one in kept]} if kept else {}),
            },
        )
        after = environment.settled(outcome, self.clock.now(), failure)
        self.environments.replace(environment, after, entry)
        return outcome


def _degree(outcome: Status, error: str) -> Status:
    """A gateway that stands whole and is not well has not failed: it can be looked at, and mended."""
    if outcome is Status.FAILED and error == GatewayNotWellError.__name__:
        return Status.DEGRADED
    return outcome


def _may_end_so(environment: Environment, outcome: Status) -> bool:
    if outcome in {Status.FAILED, Status.DEGRADED}:
        return environment.status in AT_WORK
    return environment.status is environment.work.under_way and outcome is environment.work.end
