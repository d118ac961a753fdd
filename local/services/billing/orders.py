"""What the bill is to do, by the local cloud's control: be late, lose its tags, hold other charges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id

from local import control
from local.services.billing.book import USAGE, Charge, midnight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.services.billing.account import Account

Order = dict[str, Any]
TAG = "stargate:environment"
FIELDS = frozenset({"late_hours", "tags_are_active", "charges"})
OF_CHARGE = frozenset({"day", "usd", "service", "usage_type", "record_type", "environment", "quantity"})
LONGEST = 240.0


@dataclass(frozen=True)
class Orders:
    account: Account

    def obey(self, order: Order) -> Order:
        """{"late_hours"?, "tags_are_active"?, "charges"?: [{"day", "usd", "service", …}]}; how it is then."""
        faults = list(_faults(order))
        if faults:
            raise control.RefusedError(faults)
        account = self.account
        account.late = float(order.get("late_hours", account.late / 3600)) * 3600
        account.tags_are_active = order.get("tags_are_active", account.tags_are_active)
        for one in order.get("charges", []):
            self._charge(one)
        return {"late_hours": account.late / 3600, "tags_are_active": account.tags_are_active}

    def _charge(self, one: Order) -> None:
        tags = ((TAG, one["environment"]),) if one.get("environment") else ()
        region = "global" if one.get("record_type", USAGE) != USAGE else "us-east-1"
        charge = Charge(
            one["service"],
            one.get("usage_type", ""),
            region,
            get_account_id(),
            record_type=one.get("record_type", USAGE),
            tags=tags,
        )
        at = midnight(date.fromisoformat(one["day"]))
        quantity = Decimal(str(one.get("quantity", 0)))
        self.account.book.charge(at, at, charge, quantity, Decimal(str(one["usd"])))


def _faults(order: Any) -> Iterator[str]:
    if not isinstance(order, dict):
        yield "the body must be a JSON object"
        return
    for name in sorted(set(order) - FIELDS):
        yield f"unknown field {name}; allowed: {', '.join(sorted(FIELDS))}"
    late = order.get("late_hours", 0)
    if isinstance(late, bool) or not isinstance(late, int | float) or not 0 <= late <= LONGEST:
        yield f"late_hours must be a number from 0 to {LONGEST:g}, not {late!r}"
    if not isinstance(order.get("tags_are_active", True), bool):
        yield f"tags_are_active must be true or false, not {order['tags_are_active']!r}"
    charges = order.get("charges", [])
    if not isinstance(charges, list):
        yield f"charges must be a list, not {charges!r}"
        return
    for number, one in enumerate(charges):
        yield from _faults_of_charge(f"charges/{number}", one)


def _faults_of_charge(where: str, one: Any) -> Iterator[str]:
    if not isinstance(one, dict):
        yield f"{where} must be an object with {', '.join(sorted(OF_CHARGE))}"
        return
    for name in sorted(set(one) - OF_CHARGE):
        yield f"{where}: unknown field {name}; allowed: {', '.join(sorted(OF_CHARGE))}"
    for name, is_right, form in (("day", _is_day, "YYYY-MM-DD"), ("usd", _is_amount, "a number of dollars")):
        if not is_right(one.get(name)):
            yield f"{where}/{name} must be {form}, not {one.get(name)!r}"
    if not isinstance(one.get("service"), str) or not one["service"]:
        yield f"{where}/service must be the name of a service, not {one.get('service')!r}"


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(str(value)).isoformat() == value)
    except ValueError:
        return False


def _is_amount(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return Decimal(str(value)).is_finite()
    except InvalidOperation:
        return False


def install(account: Account) -> None:
    control.route("POST", f"{control.PREFIX}bill", Orders(account).obey)
