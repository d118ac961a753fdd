"""What the account pays: AWS's price list, and in time the bill made of what really ran."""

from local.clock import Clock
from local.gateways import registry
from local.services.billing import budgets, cost_explorer, orders, pricing
from local.services.billing.account import Account
from local.services.cloudwatch.engine import Engine


def install(clock: Clock, engine: Engine) -> Account:
    """Once ECS is installed: tasks are charged by the records that it has of them."""
    account = Account(clock)
    registry.on_happenings(account.tasks.follow)
    registry.on_advance(account.traffic.follow)
    engine.each_minute(account.each_minute)
    pricing.install(clock)
    cost_explorer.install(account)
    engine.each_minute(budgets.install(account).each_minute)
    orders.install(account)
    return account
