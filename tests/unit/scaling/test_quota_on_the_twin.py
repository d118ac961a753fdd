"""A quota is cut under a gateway that runs: the twin, the observer's reading of it, watch, loop and playbook.

What AWS and LiteLLM's management would do between them is done by hand here: tasks follow the bounds, routes
follow what was ordered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.observer.index import counts
from local.inside.services import exposition
from local.twin import Gateway, Quota
from stargate.domain.operating.action import ActionStatus
from stargate.domain.operating.playbook import Rule, Rung
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.scaling.model_quotas import BY_MODEL
from stargate.domain.scaling.quota_watch import Limit
from stargate.domain.signals.signal import Severity
from tests.unit.operating.loop_play import IDENTIFIER
from tests.unit.scaling.quota_play import QuotaPlay
from tests.unit.twin.twins import gateway_of

HAIKU, SONNET = (BY_MODEL[name].served_as for name in ("haiku", "sonnet"))
GRANTED = {"haiku": 5e6, "sonnet": 5e6, "opus": 2e6}  # tokens a minute
CUT = 6e5  # a third of what 120 users ask of Haiku
USERS = 120
SHIFT = Rule(
    name="haiku-by-sonnet",
    condition=f"quota-high#{HAIKU}",
    severity=Severity.CRITICAL,
    rungs=(Rung("shift_model", parameters={"from": HAIKU, "to": SONNET}),),
    reason="rather later than never",
    cool_down=300.0,
)


@dataclass
class TwinPlay(QuotaPlay):
    gateway: Gateway = field(default_factory=lambda: gateway_of(2, users=60))
    granted: dict[str, float] = field(default_factory=lambda: dict(GRANTED))

    def grant(self, model, tokens):
        self.granted[model] = tokens
        self.gateway.set_quota(model, Quota(10_000, tokens))

    def minute(self):
        """Time passes, the watch and the loop look, what was ordered is done."""
        self.gateway.advance(self.gateway.at + 60)
        self.clock.pass_seconds(60)
        self.observer.measured["demand"] = {
            "tasks": {name: self.counted(name) for name in self.gateway.loads}
        }
        self.limits.limits = {
            quota.key: Limit(self.granted[quota.model], 10_000, "Service Quotas")
            for quota in BY_MODEL.values()
        }
        self.looks()
        self.watch()
        self.looks()
        self.examine()
        self.does_what_was_ordered()

    def counted(self, task_id) -> Any:
        """As the observer reads it off the task's own metrics."""
        task, entry = SimpleNamespace(task_id=task_id), SimpleNamespace(gateway=self.gateway)
        return counts(exposition(entry, task))

    def does_what_was_ordered(self):
        for action in self.actions():
            if action.status is ActionStatus.REQUESTED:
                self.perform(IDENTIFIER, action.action_id)
                found = self.verify(IDENTIFIER, action.action_id)
                self.settle(IDENTIFIER, action.action_id, found["outcome"], found["reason"])
        self.gateway.fleet.set_desired("litellm", self.bounds()[0], self.gateway.at)
        self.gateway.route({asked.split("-")[1]: to.split("-")[1] for asked, to in self.models.facts.items()})

    def minutes_pass(self, number):
        for _ in range(number):
            self.minute()

    def asked_of(self, served):
        return self.state().use[served]


@pytest.fixture(scope="module")
def play():
    """Sixty users, then ten more each minute, until there are 120 in their rhythm."""
    playing = TwinPlay(playbook=(SHIFT, *DEFAULT))
    playing.minutes_pass(8)
    for users in range(70, USERS + 1, 10):
        playing.gateway.set_users(users)
        playing.minute()
    playing.minutes_pass(4)
    return playing


def test_within_the_quota_bounds_follow_demand_alone(play):
    """Four tasks for 120 users, and nothing to be told."""
    assert play.bounds() == (4, 4)
    assert not play.state().at_quota
    assert play.entries("signal") == ()


def test_a_cut_is_told_and_bounds_are_at_the_ceiling_within_a_minute(play):
    """No task more than the quota can use, by the same minute's count."""
    play.grant("haiku", CUT)
    play.minute()
    assert play.quota_condition("quota-high", HAIKU).severity == "critical"
    assert play.state().at_quota
    assert play.bounds() == (2, 2)


def test_the_other_model_serves_and_nobody_is_refused_any_more(play):
    """Once LiteLLM's tasks have read the routing; Haiku's conditions are over by themselves."""
    assert play.models.facts == {HAIKU: SONNET}
    play.minutes_pass(3)
    assert (play.asked_of(HAIKU).requests, play.asked_of(HAIKU).refused) == (0.0, 0.0)
    assert (play.asked_of(SONNET).throttles, play.asked_of(SONNET).refused) == (0.0, 0.0)
    assert play.quota_condition("quota-high", HAIKU) is None
    assert play.quota_condition("model-throttled", HAIKU) is None


def test_the_ceiling_is_gone_when_nothing_is_refused_any_more(play):
    """Bounds follow demand again, which is less: Sonnet takes longer to answer."""
    play.minutes_pass(4)
    assert not play.state().at_quota
    assert play.bounds() == (3, 3)


def test_with_the_quota_back_each_model_serves_itself(play):
    """A quarter of an hour after the shift; the tasks that a steady 120 users need, and no refusal."""
    play.grant("haiku", GRANTED["haiku"])
    play.minutes_pass(20)
    assert play.models.facts == {}
    assert play.asked_of(HAIKU).requests > 2000
    assert play.asked_of(HAIKU).refused == 0.0
    assert play.bounds() == (3, 3)
    assert play.quota_condition("quota-high", HAIKU) is None
