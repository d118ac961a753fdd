"""How long Fargate takes for each step of a task's life, in seconds.

AWS publishes no such figures. Where a source is named, the step is read off the moments in public events of
real Fargate tasks: telia-oss/aws-notify-slack, test events of 2022 (created 07:29:51.7, pending 07:30:00.5,
pull 07:30:06.0 to 07:30:07.9, running 07:30:53.8; another task 58 s from created to running). Together they
make the minute that the gateway's specification gives a new task.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random


@dataclass(frozen=True)
class Timing:
    provisioning: float  # until its network interface stands
    pending: float  # until the pull of its image begins
    pulling: float
    starting: float  # from the pulled image until it is RUNNING
    stopping: float  # from SIGTERM to the end of its container
    deprovisioning: float
    replacing: float  # until the scheduler sees that a task is gone
    settling: float  # until the scheduler sees that all is as it should be
    crashing: float  # how long a task of a bad version runs
    first_delay: float  # before the first restart that is throttled; each further one doubles it
    longest_delay: float
    spread: float = 0.0  # sigma of the logarithm of each step

    def drawn(self, typical: float, chance: random.Random) -> float:
        return typical * math.exp(chance.gauss(0, self.spread)) if self.spread else typical


FARGATE = Timing(
    provisioning=8.8,  # the events above
    pending=5.4,  # the events above
    pulling=12.0,  # estimate: 2 s in the events above, whose image is a tenth of a gateway's
    starting=33.0,  # 45 s in the events above; less here by what the pull takes longer
    stopping=6.0,  # estimate: uvicorn and Grafana end within seconds of SIGTERM once they are drained
    deprovisioning=10.0,  # the events above: executionStoppedAt 07:29:44.9, deprovisioning 07:29:54.9
    replacing=5.0,  # estimate
    settling=4.0,  # estimate
    crashing=4.0,  # estimate: imports fail within seconds
    first_delay=10.0,  # estimate; that it grows is documented
    longest_delay=27 * 60.0,  # ECS Developer Guide, "Service throttle logic"
    spread=0.12,  # so that the two whole starts above lie within one sigma of their mean
)

AT_ONCE = Timing(0, 0, 0, 0, 0, 0, 0, 0, 1, FARGATE.first_delay, FARGATE.longest_delay)
"""For services that nobody watches starting: whatever is asked for stands as soon as it is asked for."""
