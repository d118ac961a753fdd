# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""Bedrock's quotas: what is granted and used, as the test says; what was published and left for the loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from stargate.domain.scaling.quota_budgets import Budgets


@dataclass
class FakeModelLimits:
    """By the quota's key."""

    limits: dict = field(default_factory=dict)

    def granted(self, region, quotas):
        return dict(self.limits)


@dataclass
class FakeModelUse:
    """By Bedrock's id, the minutes that CloudWatch has; `calls` counts."""

    known: dict = field(default_factory=dict)
    calls: int = 0

    def minutes(self, region, model_ids, since, until):
        self.calls += 1
        return {
            identifier: tuple(one for one in self.known.get(identifier, ()) if since <= one.at < until)
            for identifier in model_ids
        }


@dataclass
class FakeQuotaMetrics:
    published: list = field(default_factory=list)
    refuses: Exception | None = None

    def publish(self, region, watched, at):
        if self.refuses is not None:
            raise self.refuses
        self.published.append((region, {one.key: one for one in watched}))


@dataclass
class FakeBudgets:
    rows: dict = field(default_factory=dict)

    def read(self, region):
        return self.rows.get(region, Budgets())

    def write(self, region, budgets):
        self.rows[region] = budgets


@dataclass
class FakeProfiles:
    """Each environment's profiles are called after it."""

    def of(self, environment_id):
        return {model: f"{environment_id}-{model}" for model in ("haiku", "sonnet", "opus")}
