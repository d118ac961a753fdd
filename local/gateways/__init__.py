"""The gateways that run in the local cloud: each environment's cluster has a twin that lives on the clock."""

from local.clock import Clock
from local.gateways import control, failover, processes, registry, ticker
from local.services.later import Later
from local.services.pace import Pace


def install(clock: Clock, pace: Pace, later: Later) -> None:
    registry.install(clock, pace.chance)
    ticker.install(later)
    control.install()
    failover.install()
    processes.install()
