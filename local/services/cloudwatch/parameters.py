"""What CloudWatch's behaviour in time rests on, each number with its source."""

import math

# Alarms on periods of a minute or more are evaluated each minute over windows that end with the last whole
# minute, also where the period is longer: in the user guide's sample a 300-second datapoint begins at 16:59.
EVALUATED_EVERY = 60.0

# "CloudWatch attempts to retrieve a higher number of data points than the number specified as Evaluation
# Periods": five for three in the user guide's tables. With one of fifteen minutes an alarm was seen to fall
# back to OK 46 minutes after its last datapoint, which is three. Hence: two more.
EXTRA_PERIODS = 2

# How long after its end a period's datapoint can be read. AWS promises nothing. In the user guide's samples a
# datapoint was missing 4 seconds after its end and there 64 seconds after it.
DELIVERY_SECONDS = 20.0

# An alarm keeps its own second of the minute: one was seen to change state at 51.29 s, three times in hours.
PHASES = 60.0

# Datapoints of one minute are kept 15 days on AWS. Here a day (24 real minutes) keeps 50 gateways in memory.
KEPT_PERIODS = 1440
KEPT_VALUES = 180  # of the newest, each value: percentiles of older ones are not to be had

# Alarm history is kept two weeks; no more than so many entries of it are here.
KEPT_HISTORY = 5000


def readable_until(namespace: str, now: float) -> float:
    """Which periods can be read: those that ended by then. Custom metrics are there as soon as put."""
    return now - DELIVERY_SECONDS if namespace.startswith("AWS/") else math.inf
