"""The twin: a pure model of the running gateway. It knows no server, no AWS client and no clock of its own.

Whoever drives it tells it the time; chance comes from the generator that it is given. So the same seed and
orders give the same run, at full speed in a benchmark or at the pace of the local cloud's clock.
"""

from local.twin.arrivals import Arrivals, Batch, Ended, Users
from local.twin.faults import (
    CrashLoop,
    CrashTask,
    FailingModels,
    Fault,
    FaultError,
    QuotaShare,
    SlowModels,
    read_fault,
)
from local.twin.gateway import Gateway
from local.twin.parameters import PARAMETERS, Parameters
from local.twin.quota import Quota
from local.twin.readings import Reading, Samples

__all__ = [
    "PARAMETERS",
    "Arrivals",
    "Batch",
    "CrashLoop",
    "CrashTask",
    "Ended",
    "FailingModels",
    "Fault",
    "FaultError",
    "Gateway",
    "Parameters",
    "Quota",
    "QuotaShare",
    "Reading",
    "Samples",
    "SlowModels",
    "Users",
    "read_fault",
]
