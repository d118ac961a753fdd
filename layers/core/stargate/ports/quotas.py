"""Bedrock's quotas: what is granted, what is used, and what is written down of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.scaling.model_quotas import ModelQuota
    from stargate.domain.scaling.quota_budgets import Budgets
    from stargate.domain.scaling.quota_watch import Limit, UseMinute, Watched


class ModelLimits(Protocol):
    def granted(self, region: str, quotas: Sequence[ModelQuota]) -> dict[str, Limit]:
        """By the quota's key; what Service Quotas does not tell is missing."""
        ...


class ModelUse(Protocol):
    def minutes(
        self, region: str, model_ids: Sequence[str], since: float, until: float
    ) -> dict[str, tuple[UseMinute, ...]]:
        """By Bedrock's id of a profile or model: its finished minutes, oldest first, in one call."""
        ...


class QuotaMetrics(Protocol):
    def publish(self, region: str, watched: Sequence[Watched], at: float) -> None:
        """As metrics of our own namespace, in one call."""
        ...


class BudgetRows(Protocol):
    def read(self, region: str) -> Budgets: ...

    def write(self, region: str, budgets: Budgets) -> None: ...


class ProfileIds(Protocol):
    def of(self, environment_id: str) -> Mapping[str, str]:
        """The environment's own inference profiles: model to what CloudWatch calls ModelId."""
        ...
