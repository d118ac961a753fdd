"""One number that a person can believe, with all its parts: what an environment costs in a month.

The number is what was used: infrastructure, tokens, and its share of the control plane. Credits and taxes
stand beside it, so that neither hides what a gateway costs. Everything is in US dollars, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.account import DayState
from stargate.domain.costs.actuals.bill import USE
from stargate.domain.costs.actuals.metering import KEYS_HOURS
from stargate.domain.costs.actuals.parts import (
    CONTROL_PLANE,
    GROUPS,
    TOKENS,
    group_of,
    part_of_item,
    part_of_line,
)
from stargate.domain.costs.actuals.reconciliation import accuracy, reconciled
from stargate.domain.costs.assumptions import HOURS
from stargate.domain.costs.money import ZERO, cents, total
from stargate.domain.costs.rules import MODELS
from stargate.domain.gateway.tags import ENVIRONMENT_TAG
from stargate.domain.moments import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stargate.domain.costs.actuals.account import Account
    from stargate.domain.costs.actuals.forecast import Forecast
    from stargate.domain.costs.actuals.savings import Saving
    from stargate.domain.costs.budget import Budget
    from stargate.domain.costs.estimate import Estimate

PERCENT, THOUSAND = Decimal(100), Decimal(1000)
NEARLY_ALL = Decimal("0.98")
Document = dict[str, Any]


@dataclass(frozen=True)
class Statement:
    """`estimate` is that of what is declared, a month of 730 hours; `keys` what each spent on each model."""

    environment: str
    account: Account
    forecast: Forecast
    estimate: Estimate
    budget: Budget | None
    savings: tuple[Saving, ...] = ()
    keys: tuple[Mapping[str, Any], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def tokens(self) -> Decimal:
        return self.account.of_group(TOKENS)

    @property
    def control_plane(self) -> Decimal:
        return self.account.of_group(CONTROL_PLANE)

    @property
    def infrastructure(self) -> Decimal:
        return self.account.total - self.tokens - self.control_plane

    @cached_property
    def users(self) -> int:
        """Virtual keys that used a model: who is behind them is not known here."""
        return len({key["key"] for key in self.keys})

    def document(self) -> Document:
        account = self.account
        whole, each = accuracy(account)
        return {
            "environment": self.environment,
            "month": str(account.month),
            "currency": "USD",
            "as_of": told(account.now),
            "number": self._number(),
            "days": [self._day(day.day.isoformat()) for day in account.days],
            "groups": self._groups(),
            "parts": list(self._parts()),
            "control_plane": list(self._control_plane()),
            "models": list(self._models()),
            "keys": [dict(key) for key in self.keys],
            "forecast": self.forecast.document(),
            "estimate": self._estimate(),
            "savings": [saving.document() for saving in self.savings],
            "bill": self._bill(),
            "reconciliation": [line.document() for line in reconciled(account)],
            "accuracy": {"month": whole.document(), "days": [one.document() for one in each]},
            "notes": [*self._notes(), *self.notes],
        }

    def _estimate(self) -> Document:
        """Of what is declared now: a month of 730 hours, and for as many hours as were metered."""
        hours = sum((day.metered_hours for day in self.account.days), Decimal(0))
        groups: dict[str, Decimal] = {}
        for line in self.estimate.lines:
            group = group_of(part_of_item(line.price.item))
            groups[group] = groups.get(group, Decimal(0)) + line.monthly
        upto = {group: cents(usd * hours / HOURS) for group, usd in groups.items()}
        return {
            "monthly": self.estimate.total,
            "unconfirmed": self.estimate.unconfirmed,
            "prices_as_of": self.estimate.oldest.isoformat(),
            "hours": cents(hours),
            "to_date": total(upto.values()),
            "groups": [
                {"group": group, "monthly": groups[group], "to_date": upto[group]}
                for group in GROUPS
                if group in groups
            ],
        }

    def _number(self) -> Document:
        account, calls = self.account, self.account.calls
        return {
            "month_to_date": account.total,
            "infrastructure": self.infrastructure,
            "tokens": self.tokens,
            "control_plane": self.control_plane,
            "forecast": self.forecast.expected,
            "forecast_low": self.forecast.low,
            "forecast_high": self.forecast.high,
            **self._against_budget(),
            "calls": int(calls),
            "per_1000_calls": cents(account.total / calls * THOUSAND) if calls else None,
            "users": self.users or None,
            "per_user": cents(account.total / self.users) if self.users else None,
        }

    def _against_budget(self) -> Document:
        limit = self.budget.monthly if self.budget else None
        if limit is None:
            return {
                "budget": None,
                "budget_percent": None,
                "forecast_percent": None,
                "passes_budget_on": None,
            }
        passes = self.forecast.passes(limit)
        return {
            "budget": limit,
            "budget_percent": cents(self.account.total / limit * PERCENT),
            "forecast_percent": cents(self.forecast.expected / limit * PERCENT),
            "passes_budget_on": passes.isoformat() if passes else None,
        }

    def _day(self, day: str) -> Document:
        found = next(one for one in self.account.days if one.day.isoformat() == day)
        groups = {name: self.account.of_group(name, found.day) for name in GROUPS}
        return {
            "day": day,
            "state": self.account.states[found.day].value,
            "usd": self.account.of_day(found.day),
            "groups": {name: usd for name, usd in groups.items() if usd},
        }

    def _groups(self) -> dict[str, Decimal]:
        return {name: usd for name in GROUPS if (usd := self.account.of_group(name))}

    def _parts(self) -> Iterator[Document]:
        lines = [line for day in self.account.days for line in day.metered]
        assumed = {part_of_line(line) for line in lines if line.assumed}
        for name in self.account.parts:
            yield {
                "part": name,
                "group": group_of(name),
                "usd": self.account.of_part(name),
                "assumed": name in assumed,
            }

    def _control_plane(self) -> Iterator[Document]:
        """What its share is made of; cents are cut so that the items add up to it."""
        sums: dict[str, Decimal] = {}
        for line in (line for day in self.account.days for line in day.metered):
            if line.stack == CONTROL_PLANE:
                sums[line.name] = sums.get(line.name, Decimal(0)) + line.usd
        upto, told_upto = Decimal(0), ZERO
        for name, usd in sorted(sums.items(), key=lambda one: (-one[1], one[0])):
            upto += usd
            yield {"item": name, "usd": cents(upto) - told_upto}
            told_upto = cents(upto)

    def _models(self) -> Iterator[Document]:
        """By what was metered of tokens, with what each model cost."""
        lines = [line for day in self.account.days for line in day.metered if line.kind == "tokens"]
        for model in MODELS:
            counts = {
                part: sum((line.quantity for line in lines if line.item == f"{model}_{part}"), Decimal(0))
                for part in ("input", "output", "cache_read", "cache_write")
            }
            usd = total(
                self.account.of_part(part)
                for part in self.account.parts
                if part.startswith(f"{model} ") and group_of(part) == TOKENS
            )
            if usd or any(counts.values()):
                millions = {f"{part}_millions": counts[part] for part in counts}
                yield {"model": model, "usd": usd, **millions}

    def _bill(self) -> Document:
        """Of the days that were billed: what was used, as charged and amortised, and what came beside it."""
        billed = self.account.billed_days
        lines = [line for day in billed for line in day.billed or ()]
        used = [line for line in lines if line.kind == USE]
        beside: dict[str, Decimal] = {}
        for line in lines:
            if line.kind != USE:
                beside[line.kind] = beside.get(line.kind, Decimal(0)) + line.unblended
        return {
            "days": len(billed),
            "through": billed[-1].day.isoformat() if billed else None,
            "unblended": cents(sum((line.unblended for line in used), Decimal(0))),
            "amortized": cents(sum((line.amortized for line in used), Decimal(0))),
            "beside": {kind: cents(usd) for kind, usd in sorted(beside.items())},
        }

    def _notes(self) -> Iterator[str]:
        states = list(self.account.states.values())
        metered, unbilled = states.count(DayState.METERED), states.count(DayState.UNBILLED)
        partial = states.count(DayState.PARTIAL)
        if metered or partial:
            yield f"{metered + partial} days are not yet billed: their amounts are use times list price"
        if unbilled:
            yield (
                f"{unbilled} days have no bill though they are long over: is the tag {ENVIRONMENT_TAG}"
                " activated for cost allocation? Their amounts are use times list price"
            )
        if any(line.assumed for day in self.account.days for line in day.metered):
            yield "parts without a measure are assumed, as an estimate assumes them"
        yield from self._untold()
        gaps = _gaps(self.account)
        if gaps:
            yield f"not metered: {', '.join(gaps)}"

    def _untold(self) -> Iterator[str]:
        """Whether it is known who used the tokens."""
        hours = sum((day.metered_hours for day in self.account.days), Decimal(0))
        known = sum((day.seen.get(KEYS_HOURS, Decimal(0)) for day in self.account.days), Decimal(0))
        if self.tokens and known < NEARLY_ALL * hours:
            yield f"which key used the models is known of {known:,.0f} of {hours:,.0f} hours"


def _gaps(account: Account) -> list[str]:
    """Days between the first and the last that anything is known of, which were not metered."""
    days = [day.day for day in account.days]
    metered = {day.day for day in account.days if day.metered}
    if not days:
        return []
    return [
        day.isoformat() for day in account.month.days if days[0] <= day <= days[-1] and day not in metered
    ]
