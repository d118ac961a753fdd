"""What target tracking rests on, each number with its source."""

# The two alarms as AWS makes them for an ECS service: found so in infrastructure code that imported them.
PERIOD = 60
PERIODS_HIGH = 3
PERIODS_LOW = 15
LOW_SHARE = 0.9  # a target of 70 has its low alarm below 63

# "Application Auto Scaling provides a default value of 300 for ECS services" (TargetTrackingScalingPolicy-
# Configuration, both cool-downs).
DEFAULT_COOLDOWN = 300

# Target tracking "scales out proportionally to the metric as fast as it can, but scales in more gradually"
# (user guide). How gradually is not said; the gateway's specification draws one task after the other.
MOST_TASKS_IN = 1

KEPT_ACTIVITIES = 200  # of each target; AWS keeps six weeks
