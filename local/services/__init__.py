"""Services that MiniStack lacks, or has but pretends with: each made honest in a file of its own."""

from local.clock import Clock
from local.services import application_autoscaling, ecs, rds, tagging, zones
from local.services.later import Later
from local.services.pace import Pace


def install(clock: Clock) -> None:
    application_autoscaling.install()
    ecs.install(Pace(clock), Later())
    rds.install()
    tagging.install()
    zones.install()
