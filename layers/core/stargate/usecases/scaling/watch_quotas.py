"""Each minute: how much of each model's quota is used, by whom; told as metrics, budgets and signals.

A quota is the account's, and environments share it. CloudWatch has a minute one to two minutes after it has
begun; what the gateways' own tasks have counted since the last look is the newest minute until then.
Signals are sent only where what an environment's own conditions say has changed, so that a lost one is sent
again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import Status
from stargate.domain.scaling.model_quotas import SERVICE, US_QUOTAS, ModelQuota
from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import (
    OTHERS,
    Level,
    Limit,
    UseMinute,
    Watched,
    use_per_second,
    watch,
)
from stargate.domain.scaling.steering import SERVICE as LITELLM
from stargate.domain.signals.signal import Severity, Signal, Turn
from stargate.usecases.each_environment import every

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stargate.domain.environment import Environment
    from stargate.domain.operating.conditions import Condition
    from stargate.domain.operating.operations import Overview
    from stargate.domain.scaling.loop_state import LoopState
    from stargate.ports.quotas import BudgetRows, ModelLimits, ModelUse, ProfileIds, QuotaMetrics
    from stargate.ports.state import Environments, OperationsRows
    from stargate.ports.world import Clock
    from stargate.usecases.costs.watch_spending import WatchSpending
    from stargate.usecases.operating.take_signal import TakeSignal

WATCHED = frozenset({Status.READY, Status.DEGRADED, Status.UPDATING})
MINUTE = 60.0
WINDOW_SECONDS = 15 * MINUTE
HIGH, THROTTLED, WARNED = "quota-high", "model-throttled", "quota-warning"
SEVERITIES = {Level.WARNING: Severity.WARNING, Level.CRITICAL: Severity.CRITICAL}
LEVELS = {severity: level for level, severity in SEVERITIES.items()}


@dataclass(frozen=True)
class User:
    """An environment that uses quotas, with what is known of it."""

    overview: Overview
    profiles: Mapping[str, str]

    @property
    def name(self) -> str:
        return self.overview.environment.name

    @property
    def loop(self) -> LoopState | None:
        return self.overview.operations.loops.get(LITELLM)

    def condition(self, kind: str, subject: str) -> Condition | None:
        found = self.overview.operations.conditions.get(f"{kind}#{subject}")
        return found if found is not None and found.open else None


@dataclass(frozen=True)
class WatchQuotas:
    environments: Environments
    operations: OperationsRows
    profiles: ProfileIds
    limits: ModelLimits
    use: ModelUse
    metrics: QuotaMetrics
    budgets: BudgetRows
    take: TakeSignal
    clock: Clock
    quotas: Sequence[ModelQuota] = US_QUOTAS
    spending: WatchSpending | None = None  # what was read of use is money, too

    def __call__(self) -> dict[str, Any]:
        """Percent of each quota by region, and how many signals were sent; failures are raised at the end."""
        regions: dict[str, list[User]] = {}
        for environment in filter(_is_watched, every(self.environments)):
            user = User(
                self.operations.by_id(environment.environment_id),
                self.profiles.of(environment.environment_id),
            )
            regions.setdefault(environment.region_of("models"), []).append(user)
        failures: list[Exception] = []
        told: dict[str, Any] = {}
        for region, users in regions.items():
            try:
                told[region] = self._region(region, users)
            except Exception as failure:  # noqa: BLE001  (raised when all regions have had their turn)
                failures.append(failure)
        if failures:
            raise ExceptionGroup("not every region's quotas could be watched", failures)
        return told

    def _region(self, region: str, users: Sequence[User]) -> dict[str, Any]:
        now = self.clock.now()
        granted = self.limits.granted(region, self.quotas)
        minutes = self._minutes(region, users, now)
        watched = [self._watch(quota, granted, users, minutes, now) for quota in self.quotas]
        self.budgets.write(region, self._shared(users, watched, now))
        signals = [signal for user in users for signal in self._news(region, user, watched, now)]
        for signal in signals:
            self.take.take(signal)
        if self.spending is not None:
            for user in users:
                self.spending(user.overview, self._by_model(user, minutes))
        self.metrics.publish(region, watched, now)  # last: who looks at graphs can wait for those who act
        return {"percent": {one.key: round(one.percent, 1) for one in watched}, "signals": len(signals)}

    def _minutes(self, region: str, users: Sequence[User], now: float) -> Mapping[str, tuple[UseMinute, ...]]:
        """By Bedrock's id; the ids of AWS's own profiles are used by others of the account."""
        own = [identifier for user in users for identifier in user.profiles.values()]
        until = now // MINUTE * MINUTE
        ids = [*dict.fromkeys([*own, *(quota.bedrock_id for quota in self.quotas)])]
        return self.use.minutes(region, ids, until - WINDOW_SECONDS, until)

    def _watch(
        self,
        quota: ModelQuota,
        granted: Mapping[str, Limit],
        users: Sequence[User],
        minutes: Mapping[str, tuple[UseMinute, ...]],
        now: float,
    ) -> Watched:
        use = {user.name: _use_of(user, quota, minutes) for user in users}
        use = {**_in_step(use), OTHERS: minutes.get(quota.bedrock_id, ())}
        limit = granted.get(quota.key) or Limit(quota.tokens.value, quota.requests.value, "last known")
        held = sum(_held(user.loop, quota, now) for user in users)
        return watch(
            quota, limit, use, held, max((_level_of(user, quota) for user in users), default=Level.OK)
        )

    def _by_model(
        self, user: User, minutes: Mapping[str, tuple[UseMinute, ...]]
    ) -> dict[str, tuple[UseMinute, ...]]:
        return {quota.model: _use_of(user, quota, minutes) for quota in self.quotas}

    def _shared(self, users: Sequence[User], watched: Sequence[Watched], now: float) -> Budgets:
        tokens = {
            user.name: {
                quota.served_as: use_per_second(one, user.name, len(users))
                for quota, one in zip(self.quotas, watched, strict=True)
            }
            for user in users
        }
        told = {quota.served_as: one for quota, one in zip(self.quotas, watched, strict=True)}
        return Budgets(now, tokens, told)

    def _news(self, region: str, user: User, watched: Sequence[Watched], now: float) -> Iterator[Signal]:
        for quota, one in zip(self.quotas, watched, strict=True):
            if one.shares.get(user.name, 0.0) > 0.0 or _level_of(user, quota) is not Level.OK:
                yield from _changes(region, user, quota, one, now)


def _is_watched(environment: Environment) -> bool:
    return environment.status in WATCHED and not environment.is_at_rest


def _use_of(
    user: User, quota: ModelQuota, minutes: Mapping[str, tuple[UseMinute, ...]]
) -> tuple[UseMinute, ...]:
    """CloudWatch's minutes, and what the gateway has counted since."""
    told = minutes.get(user.profiles.get(quota.model, ""), ())
    seen = user.loop.use.get(quota.served_as) if user.loop else None
    newest = told[-1].at + MINUTE if told else 0.0
    return (*told, seen) if seen is not None and seen.at >= newest + MINUTE else told


def _in_step(use: Mapping[str, tuple[UseMinute, ...]]) -> dict[str, tuple[UseMinute, ...]]:
    """What gateways have counted lies anywhere in a minute: all of it counts as the newest."""
    newest = max((one.at // MINUTE for minutes in use.values() for one in minutes), default=0.0)
    return {
        name: tuple(
            replace(one, at=newest * MINUTE if place == len(minutes) - 1 and one.at % MINUTE else one.at)
            for place, one in enumerate(minutes)
        )
        for name, minutes in use.items()
    }


def _held(loop: LoopState | None, quota: ModelQuota, now: float) -> float:
    """What calls in flight hold back beyond what they will burn; of those in flight, this model's part."""
    if loop is None or loop.count is None or now - loop.looked_at > WINDOW_SECONDS:
        return 0.0
    asked = {model: minute.requests + minute.throttles for model, minute in loop.use.items()}
    total = sum(asked.values())
    part = asked.get(quota.served_as, 0.0) / total if total else 0.0
    request = loop.usual.request
    each = max(0.0, request.reserved_tokens - quota.burndown * request.output_tokens)
    return part * loop.count.in_flight * each


def _level_of(user: User, quota: ModelQuota) -> Level:
    """What the environment was told last."""
    condition = user.condition(HIGH, quota.served_as)
    return Level.OK if condition is None else LEVELS.get(condition.severity, Level.OK)


def _changes(region: str, user: User, quota: ModelQuota, one: Watched, now: float) -> Iterator[Signal]:
    facts, source = _facts(user, quota, one), f"quota {region} {one.key}"

    def signal(kind: str, subject: str, severity: Severity, turn: Turn) -> Signal:
        return Signal(
            event_id=f"quota {region} {one.key} of {user.name} at {now:.3f}: {kind} {turn}",
            at=now,
            environment=user.name,
            kind=kind,
            subject=subject,
            severity=severity,
            turn=turn,
            source=source,
            region=region,
            facts=facts,
        )

    before, told = _level_of(user, quota), one.level
    if told is not before:
        severity = SEVERITIES.get(told, Severity.INFO)
        turn = Turn.CLOSES if told is Level.OK else Turn.OPENS
        yield signal(HIGH, quota.served_as, severity, turn)
    was_throttled = _says(user.condition(THROTTLED, quota.served_as), source)
    if (one.throttles > 0.0) is not was_throttled:
        turn = Turn.CLOSES if was_throttled else Turn.OPENS
        yield signal(THROTTLED, quota.served_as, Severity.CRITICAL, turn)
    was_warned = _says(user.condition(WARNED, SERVICE), source)
    if (told is not Level.OK) is not was_warned:
        turn = Turn.CLOSES if was_warned else Turn.OPENS
        yield signal(WARNED, SERVICE, SEVERITIES.get(told, Severity.INFO), turn)


def _says(condition: Condition | None, source: str) -> bool:
    """Whether this source keeps the condition open."""
    report = condition.reports.get(source) if condition else None
    return report is not None and report.opens


def _facts(user: User, quota: ModelQuota, one: Watched) -> dict[str, Any]:
    """The evidence: of the one of the two that is used more, with its name as Service Quotas has it."""
    by_tokens = one.limit.requests <= 0 or (
        one.limit.tokens > 0
        and (one.tokens + one.held) / one.limit.tokens >= one.requests / one.limit.requests
    )
    found = {
        "quota": (quota.tokens if by_tokens else quota.requests).name,
        "reason": one.reason,
        "percent": round(one.percent, 1),
        "limit": one.limit.tokens if by_tokens else one.limit.requests,
        "used": round(one.tokens if by_tokens else one.requests),
        "held": round(one.held),
        "throttles": round(one.throttles),
        "minutes_left": None if one.minutes_left is None else round(one.minutes_left, 1),
        "share_percent": round(100.0 * one.shares.get(user.name, 0.0), 1),
        "told_by": one.limit.told_by,
    }
    return {name: value for name, value in found.items() if value is not None}
