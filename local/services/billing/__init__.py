"""What the account pays: AWS's price list, and in time the bill made of what really ran."""

from local.clock import Clock
from local.services.billing import pricing


def install(clock: Clock) -> None:
    pricing.install(clock)
