"""Every few minutes: what is due by the clock. Ends, schedules, restarted databases, examinations for drift.

And work that is not under way: its workflow was never started, because whoever asked was cut off, or it
ended and the event of that was lost.

All of it is an order somebody gave beforehand, so the mode does not hold it; the kill switch does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stargate.domain.environment import AT_WORK, Environment, Status
from stargate.domain.life.drift.report import EXAMINED_EVERY
from stargate.domain.life.works import ASKED, EXAMINABLE, Begin, Refused
from stargate.domain.moments import told
from stargate.errors import ConflictError, EnvironmentBusyError
from stargate.usecases.each_environment import every, in_turn

if TYPE_CHECKING:
    from stargate.ports.drift import DriftWorkflow
    from stargate.ports.gateway import Repose
    from stargate.ports.state import Environments, Switches
    from stargate.ports.workflows import Workflows
    from stargate.ports.world import Clock
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.life.retire_environment import RetireEnvironment
    from stargate.usecases.narrate import Narrator
    from stargate.usecases.provisioning.settle_environment import SettleEnvironment

ENDED = frozenset({"FAILED", "TIMED_OUT", "ABORTED"})
DUE_FOR = 15 * 60.0  # three ticks, should one or two not come


@dataclass(frozen=True)
class KeepTime:
    environments: Environments
    switches: Switches
    repose: Repose
    drift: DriftWorkflow
    workflows: Workflows
    retire: RetireEnvironment
    begin: BeginWork
    settle: SettleEnvironment
    clock: Clock
    narrator: Narrator

    def __call__(self) -> dict[str, str]:
        """What was done, by environment; what went wrong with one is raised when all have had their turn."""
        if not self.switches.read().on:
            return {}
        present = (one for one in every(self.environments) if one.status is not Status.RETIRED)
        complaint = "not everything that was due could be done"
        return in_turn(present, self._look_at, complaint, (ConflictError, EnvironmentBusyError))

    def _look_at(self, environment: Environment) -> str:
        resumed = self._see_to_its_workflow(environment) if environment.status in AT_WORK else ""
        if resumed or environment.is_going:
            return resumed
        return (
            self._end(environment)
            or self._follow_schedule(environment)
            or self._stop_again(environment)
            or self._examine(environment)
        )

    def _see_to_its_workflow(self, environment: Environment) -> str:
        work, execution = environment.work, environment.execution_name
        status = self.workflows.status(work, execution)
        if status is None:
            self.workflows.start(work, execution, environment.execution_payload)
            return f"{work} begun"
        if status in ENDED:
            reason = f"its workflow ended {status} without a word"
            self.settle(environment.environment_id, environment.attempt, Status.FAILED, status, reason)
            return f"{work} settled"
        return ""

    def _end(self, environment: Environment) -> str:
        deadline, now = environment.deadline, self.clock.now()
        if deadline is None or now < deadline.warns_at:
            return ""
        if deadline.warned:
            if now < deadline.ends_at:
                return ""
            self.retire(environment.name)
            return "retired"
        # Never without a warning: one that comes too late, after a pause of the ticks, gives one tick more.
        name, ends_at = environment.name, told(deadline.ends_at)
        words = f"{name} retires by itself at {ends_at}; PATCH its ttl to keep it longer"
        cause, detail = environment.cause, {"ends_at": ends_at}
        entry = self.narrator.entry(environment, "notification", name, words, cause, detail)
        self.environments.replace(environment, replace(environment, deadline=deadline.warning_given()), entry)
        return "warned"

    def _follow_schedule(self, environment: Environment) -> str:
        """On the schedule's own turns only: who wakes it at night has it awake until the next."""
        if environment.schedule is None:
            return ""
        wish = environment.schedule.awake_at(self.clock.now())
        if wish is environment.followed:
            return ""
        asked = "wake" if wish else "sleep"
        verdict = ASKED[asked](environment)
        if isinstance(verdict, Refused):
            return ""  # something else goes on: when it is over the wish is still there
        if isinstance(verdict, Begin):
            self.begin(asked, environment.name, followed=wish)
            return asked
        so = "awake" if wish else "asleep"
        words = f"{environment.name} is {so} already, as its schedule wants it"
        entry = self.narrator.entry(environment, "note", environment.name, words, environment.cause, {})
        self.environments.replace(environment, replace(environment, followed=wish), entry)
        return ""

    def _stop_again(self, environment: Environment) -> str:
        """AWS starts a database that has been stopped for seven days, for its maintenance."""
        if environment.status is not Status.ASLEEP:
            return ""
        region, identifier = environment.region, environment.database
        if self.repose.database(region, identifier) != "available":
            return ""
        words = f"the database of {environment.name} was started while it sleeps, and is stopped again"
        entry = self.narrator.step(environment, "database", words, environment.cause)
        self.environments.replace(environment, environment, entry)
        self.repose.stop_database(region, identifier)
        return "database stopped again"

    def _examine(self, environment: Environment) -> str:
        """For drift, each few hours of its life; named by how often, so the same again starts nothing."""
        age = self.clock.now() - environment.created_at
        times, since = divmod(age, EXAMINED_EVERY)
        if environment.status not in EXAMINABLE or times < 1 or since >= DUE_FOR:
            return ""
        execution = f"{environment.environment_id}-drift-{int(times)}"
        payload = {"environment_id": environment.environment_id, "execution": execution}
        self.drift.start(execution, payload)
        return "examined for drift"
