"""Services that MiniStack lacks, or has but pretends with: each made honest in a file of its own."""

from local import gateways
from local.clock import Clock
from local.services import (
    application_autoscaling,
    arc_zonal_shift,
    billing,
    cloudwatch,
    dynamodb,
    ecs,
    offers,
    rds,
    rds_restores,
    service_quotas,
    tagging,
    zones,
)
from local.services.billing.account import Account
from local.services.later import Later
from local.services.pace import Pace


def install(clock: Clock) -> Account:
    """The account that pays for all of it."""
    alarms = cloudwatch.install(clock)
    application_autoscaling.install(alarms)
    arc_zonal_shift.install(clock)
    dynamodb.install()
    pace, later = Pace(clock), Later()
    gateways.install(clock, pace, later)
    cloudwatch.follow(alarms)
    ecs.install(pace, later)
    account = billing.install(clock, alarms)
    offers.install()
    rds.install(pace, later)
    rds_restores.install(pace, later)
    service_quotas.install()
    tagging.install()
    zones.install()
    return account
