"""CloudFormation as slow and as talkative as AWS's: creation.py tells how a stack comes up."""

from local import control
from local.clock import Clock
from local.cloudformation import (
    addresses,
    drift,
    events,
    faults,
    operations,
    permissions,
    templates,
    types,
)
from local.cloudformation.faults import Faults
from local.events import emit
from local.iam import check_reading, check_resource
from local.services.pace import Pace


def install(clock: Clock) -> None:
    injected = Faults()
    types.install()
    addresses.install()
    templates.install()
    events.install(emit)
    permissions.install(check_resource)
    drift.install(clock, check_reading)
    faults.install(injected)
    operations.install(Pace(clock), injected)
    control.route("POST", "/_stargate/faults", injected.add)
    control.route("DELETE", "/_stargate/faults", injected.clear)
    control.route("GET", "/_stargate/faults", lambda _: injected.listed())
