"""What all autoscalers are given alike: delays, start-up, limits, objective. Sources: docs/scaling.md."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Seconds, unless a name says otherwise."""

    # AWS's benchmark of 20-second metrics: it triggers after 86 s and helps after 109 s; 363 s and 386 s with
    # metrics of a minute (containers-roadmap 2113). A task then takes 23 s. The delays are what is left of 86
    # and 363 once three periods have passed, the first in part, to the next 5 s.
    start: float = 23.0
    fine_delay: float = 25.0
    coarse_delay: float = 180.0
    # The outer loop asks the tasks themselves each minute; it answers after 5 s, and bounds move 5 s later.
    gauge_period: float = 60.0
    gauge_delay: float = 5.0
    acting: float = 5.0
    draining: float = 60.0  # a task that leaves is paid for so long: assumed; the template allows it 110 s
    minimum: int = 2  # the specification
    maximum: int = 6
    target: float = 70.0
    out_cooldown: float = 60.0
    in_cooldown: float = 300.0
    objective: float = 1.0  # seconds that the gateway may add
    admission_wait: float = 0.5  # for quota
    most_waiting: float = 0.5  # for a core, of one who is let in
    longest_parked: float = 30.0  # in the mean
    retry_after: float = 10.0  # what one who is turned away is told
    client_retries: int = 2  # of the SDKs of OpenAI and Anthropic


SETTINGS = Settings()
BLOCK = 5  # seconds between two looks of an autoscaler
