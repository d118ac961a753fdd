"""Plays the quota watch against fakes: CloudWatch has what the test says, and the loop goes on beside it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from stargate.domain.scaling.model_quotas import BY_MODEL
from stargate.domain.scaling.quota_watch import Limit, UseMinute
from stargate.usecases.scaling.watch_quotas import WatchQuotas
from tests import fakes
from tests.unit.operating.loop_play import IDENTIFIER
from tests.unit.scaling.scaling_play import ScalingPlay

SONNET = "claude-sonnet-4-5"
TOKENS = 10_000_000.0  # what ten tasks' work of usual requests burns in a minute, and somewhat more


@dataclass
class QuotaPlay(ScalingPlay):
    limits: fakes.FakeModelLimits = field(default_factory=fakes.FakeModelLimits)
    use: fakes.FakeModelUse = field(default_factory=fakes.FakeModelUse)
    published: fakes.FakeQuotaMetrics = field(default_factory=fakes.FakeQuotaMetrics)
    looks_ordered: fakes.FakeLooks = field(default_factory=fakes.FakeLooks)

    def __post_init__(self):
        super().__post_init__()
        self.grants(TOKENS)
        self.watch = WatchQuotas(
            fakes.FakeEnvironments(self.table),
            self.operations,
            fakes.FakeProfiles(),
            self.limits,
            self.use,
            self.published,
            self.quota_budgets,
            replace(self.signals, looks=self.looks_ordered),
            self.clock,
        )

    def grants(self, tokens, requests=1e6):
        self.limits.limits = {
            quota.key: Limit(tokens, requests, "Service Quotas") for quota in BY_MODEL.values()
        }

    def uses(self, percent, environment=IDENTIFIER, minutes=10, **others):
        """CloudWatch has so many minutes of sonnet, each with that share of the tokens."""
        now = self.clock.now() // 60 * 60
        tokens = percent * TOKENS / 100.0
        self.use.known[f"{environment}-sonnet"] = tuple(
            UseMinute(now - 60 * back, **{"requests": 100.0, "input_tokens": tokens, **others})
            for back in range(minutes + 1, 1, -1)
        )

    def quota_condition(self, kind="quota-high", subject=SONNET):
        found = self.condition(f"{kind}#{subject}")
        return found if found is not None and found.open else None

    def watched(self):
        return self.published.published[-1][1]["us.sonnet"]
