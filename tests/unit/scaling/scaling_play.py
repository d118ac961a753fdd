"""Plays the outer loop against fakes: users ask, minutes pass, and the loop looks when the test says so."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stargate.domain.operating.facts import ScalingFacts, ServiceFacts
from stargate.domain.scaling.service_model import MODELS, RequestFigures
from stargate.usecases.scaling.scale_gateway import ScaleGateway
from tests import fakes
from tests.unit.operating.loop_play import IDENTIFIER, LoopPlay

TASK_FULL = 34.8  # requests a second that keep one task wholly busy
SECONDS = RequestFigures().seconds(MODELS["sonnet"])


@dataclass
class ScalingPlay(LoopPlay):
    """`busy` is demand in tasks wholly busy, evenly over the tasks that run."""

    observer: fakes.FakeObserver = field(default_factory=fakes.FakeObserver)
    quota_budgets: fakes.FakeBudgets = field(default_factory=fakes.FakeBudgets)
    finished: float = 0.0
    throttled: float = 0.0

    def __post_init__(self):
        super().__post_init__()
        self.scale = ScaleGateway(
            self.operations,
            self.observer,
            self.scaling,
            self.services,
            self.quota_budgets,
            self.clock,
            self.narrator("scale_gateway"),
        )

    def asks(self, busy, *, refused=0.0, seconds=60):
        """Time passes while so many tasks' work comes in; a share of it may be refused."""
        asked = busy * TASK_FULL
        self.clock.pass_seconds(seconds)
        self.finished += asked * seconds
        self.throttled += refused * asked * seconds
        figures = {
            "finished": self.finished,
            "throttles": self.throttled,
            "input_tokens": 400.0 * self.finished,
            "output_tokens": 40.0 * self.finished,
            "answers": self.finished,
            "answer_seconds": SECONDS * self.finished,
        }
        task = {"in_flight": asked * SECONDS, "models": {"claude-sonnet-4-5": figures}}
        self.observer.measured["demand"] = {"tasks": {"10.20.1.5": task}}

    def looks(self, cause="the minute"):
        """One look; then the service follows its bounds at once."""
        scaled = self.scale(IDENTIFIER, cause)
        if self.follows:
            self.settles_tasks()
        return scaled

    follows: bool = True

    def settles_tasks(self):
        bounds, service = self.scaling.facts, self.services.facts
        desired = min(max(service.desired, bounds.minimum), bounds.maximum)
        self.services.facts = ServiceFacts(desired, desired, service.deployments)

    def minutes(self, *busy, **others):
        """So many minutes, each with its demand; the last look's answer."""
        scaled = None
        for one in busy:
            self.asks(one, **others)
            scaled = self.looks()
        return scaled

    def runs_raise(self):
        """The workflow of the newest action, with tasks that follow its bounds and CPU that falls."""
        self.performs()
        self.settles_tasks()
        self.clock.pass_seconds(120)
        self.load(50, tasks=self.services.facts.running, minutes=1)
        found = self.verifies()
        self.settles(found["outcome"], found["reason"])
        return found["outcome"]

    def remedied(self, kind):
        """The newest action, which must be of that kind, from its performance to its end."""
        assert self.actions()[-1].kind == kind
        return self.runs_raise()

    def bounds(self):
        return self.scaling.facts.minimum, self.scaling.facts.maximum

    def has_bounds(self, minimum, maximum):
        self.scaling.facts = ScalingFacts(minimum, maximum)

    def state(self):
        return self.operations.by_id(IDENTIFIER).operations.loops.get("litellm")

    def knows(self, highest):
        """So much was seen before that nothing up to it is a jump."""
        self.minutes(0.1, 0.1, 0.1)
        state = self.state()
        memory = replace(state.memory, highest=highest, highest_at=self.clock.now())
        self.table.operations[IDENTIFIER]["loops", "litellm"] = replace(state, memory=memory)

    def lease(self):
        return self.operations.by_id(IDENTIFIER).operations.leases.get("capacity:litellm")
