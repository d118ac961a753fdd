"""What an environment costs in a month: one number, its parts, its forecast, and how sure all of it is."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import Account
from stargate.domain.costs.actuals.forecast import Rate, forecast
from stargate.domain.costs.actuals.metering import TASK_HOURS
from stargate.domain.costs.actuals.month import Month, day_of
from stargate.domain.costs.actuals.savings import Pricing, savings
from stargate.domain.costs.actuals.statement import Statement
from stargate.domain.costs.assumptions import HOURS
from stargate.domain.costs.materials import UnpricedError
from stargate.domain.costs.money import cents
from stargate.domain.environment import Status
from stargate.domain.faults import Fault
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.costs.actuals.day import Day
    from stargate.domain.costs.actuals.keys import KeyUse
    from stargate.domain.costs.estimate import Estimate
    from stargate.domain.costs.prices import PriceBook
    from stargate.domain.environment import Environment
    from stargate.ports.costs import CostDays, Prices
    from stargate.ports.provisioning import Manifests
    from stargate.ports.state import Environments
    from stargate.ports.world import Clock

A_DAY = Decimal(24) / HOURS  # of a month's estimate


@dataclass(frozen=True)
class StateCosts:
    environments: Environments
    manifests: Manifests
    prices: Prices
    days: CostDays
    clock: Clock

    def of_name(self, name: str, month: str | None = None) -> dict[str, Any]:
        """The document of a month such as 2026-11, of the present one unless told otherwise."""
        environment = self.environments.by_name(name)
        if environment is None:
            raise EnvironmentNotFoundError(f"there is no environment {name}")
        return self.of(environment, self._month(environment, month)).document()

    def of(self, environment: Environment, month: Month) -> Statement:
        """InvalidRequestError if something of the environment has no price."""
        book, now = self.prices.book(), self.clock.now()
        days = tuple(self.days.of(environment.environment_id, month))
        account = Account(month, days, now)
        made = (environment, self.manifests.read(environment.gateway_version))
        pricing = Pricing(made, book, _average_tasks(environment, days))
        try:
            estimate = pricing.estimate(asleep=pricing.asleep)
            saved = tuple(savings(pricing))
        except UnpricedError as missing:
            fault = Fault("/prices", str(missing), "a price in AWS's price list or in the snapshot")
            raise InvalidRequestError([fault]) from missing
        return Statement(
            environment.name,
            account,
            forecast(account, _rate(environment, pricing, estimate)),
            estimate,
            environment.budget,
            saved,
            tuple(_keys(days, book, environment.region_of("models"))),
        )

    def _month(self, environment: Environment, asked: str | None) -> Month:
        now = Month.at(self.clock.now())
        if asked is None:
            return now
        first = Month.at(environment.created_at)
        allowed = f"a month such as {now}, from {first} to {now}"
        try:
            month = Month.read(asked)
        except ValueError as error:
            raise InvalidRequestError([Fault("?month", str(error), allowed)]) from error
        if month > now:
            raise InvalidRequestError([Fault("?month", f"{month} is in the future", allowed)])
        if month < first:
            words = f"{environment.name} was made on {day_of(environment.created_at)}"
            raise InvalidRequestError([Fault("?month", words, allowed)])
        return month


def _rate(environment: Environment, pricing: Pricing, estimate: Estimate) -> Rate:
    """Of a day of what is declared; asleep, or gone, it costs what it costs now."""
    if environment.status is Status.RETIRED:
        return Rate(Decimal(0), Decimal(0), Decimal(0))
    declared = estimate
    if environment.is_at_rest and environment.schedule is None:
        declared = pricing.estimate(asleep=Decimal(1))
    tasks = sum((line.monthly for line in declared.lines if line.item in {"vCPU", "memory"}), Decimal(0))
    return Rate(declared.of("fixed") * A_DAY, tasks * A_DAY, declared.of("usage") * A_DAY)


def _average_tasks(environment: Environment, days: tuple[Day, ...]) -> Decimal:
    """Of LiteLLM while it was metered; 0, for what is declared, if it was not, sleeps at times or came up."""
    hours = sum((day.metered_hours for day in days), Decimal(0))
    tasks = sum((day.seen.get(TASK_HOURS, Decimal(0)) for day in days), Decimal(0))
    if environment.schedule is not None or environment.is_at_rest or not hours:
        return Decimal(0)
    average = (tasks / hours).quantize(Decimal("0.01"))
    return average if average > environment.spec.litellm.min_tasks else Decimal(0)


def _keys(days: tuple[Day, ...], book: PriceBook, region: str) -> Iterator[Mapping[str, Any]]:
    """What each key spent on each model in all days, the dearest first."""
    sums: dict[tuple[str, str, str], KeyUse] = {}
    for one in (use for day in days for use in day.keys):
        known = sums.get(one.who)
        sums[one.who] = one if known is None else known.plus(one)
    for use in sorted(sums.values(), key=lambda one: (-one.usd(book, region), one.who)):
        yield {
            "key": use.key,
            "team": use.team,
            "model": use.model,
            "usd": cents(use.usd(book, region)),
            "litellm_usd": cents(use.told),
            "input": int(use.input),
            "output": int(use.output),
            "cache_read": int(use.cache_read),
            "cache_write": int(use.cache_write),
        }
