"""The end of a workflow: the environment's last word for this attempt, and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.costs.kept import monthly_in_words
from stargate.domain.environment import AT_WORK, Declared, Environment, Status
from stargate.domain.failure import Failure, failure_of
from stargate.domain.life.ends import kept_in_words
from stargate.domain.provisioning.history import with_attempt
from stargate.errors import ConflictError, GatewayNotWellError

if TYPE_CHECKING:
    from stargate.ports.state import Environments, Histories, Nodes
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock, Identifiers
    from stargate.usecases.narrate import Narrator

TRIES = 5


@dataclass(frozen=True)
class SettleEnvironment:
    environments: Environments
    workflows: Workflows
    clock: Clock
    identifiers: Identifiers
    narrator: Narrator
    nodes: Nodes
    histories: Histories

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
                undo = environment.undo
                if undo is not None and outcome in {Status.FAILED, Status.DEGRADED}:
                    return self._take_back(environment, undo, failure or failure_of(error, cause))
                return self._settle(environment, outcome, failure)
            except ConflictError:  # somebody settled it, or changed its mode: look again
                continue
        raise ConflictError(f"{environment_id} is changed by others all the time")

    def _take_back(self, environment: Environment, undo: Declared, failure: Failure) -> Status:
        """An update that fails leaves a gateway as it was before, and says why."""
        now = self.clock.now()
        back = environment.taken_back(undo, failure, now, self.identifiers.entry_id(now), self.narrator.actor)
        words = f"update of {environment.name} failed: {failure.reason}; it goes back to what it was"
        entry = self.narrator.asked(back, words, {"attempt": back.attempt, **failure.document()})
        self.environments.replace(environment, back, replace(entry, cause=environment.cause))
        self.workflows.start(back.work, back.execution_name, back.execution_payload)
        return back.status

    def _settle(self, environment: Environment, outcome: Status, failure: Failure | None) -> Status:
        seconds = round(self.clock.now() - environment.attempt_started_at, 3)
        kept = environment.kept if outcome is Status.RETIRED else ()
        undone = environment.undone if outcome is Status.READY else None
        taken_back = f"its update failed and was taken back: {undone.reason}" if undone else ""
        remains = ", ".join(words for words in (kept_in_words(kept), monthly_in_words(kept)) if words)
        because = failure.reason if failure else taken_back or remains
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
        if outcome is environment.work.end:
            self._remember(environment)
        return outcome

    def _remember(self, environment: Environment) -> None:
        """For the estimates of those that come after."""
        states = self.nodes.all(environment.environment_id)
        history = self.histories.of(environment.preset)
        grown = with_attempt(history, environment, states, self.clock.now())
        self.histories.keep(environment.preset, grown)


def _degree(outcome: Status, error: str) -> Status:
    """A gateway that stands whole and is not well has not failed: it can be looked at, and mended."""
    if outcome is Status.FAILED and error == GatewayNotWellError.__name__:
        return Status.DEGRADED
    return outcome


def _may_end_so(environment: Environment, outcome: Status) -> bool:
    if outcome in {Status.FAILED, Status.DEGRADED}:
        return environment.status in AT_WORK
    return environment.status is environment.work.under_way and outcome is environment.work.end
