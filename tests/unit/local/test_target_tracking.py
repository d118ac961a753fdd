"""What target tracking decides, as Application Auto Scaling documents it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.services.application_autoscaling.target_tracking import (
    Earlier,
    NotScaled,
    Scale,
    Situation,
    scale_in,
    scale_out,
)

CALM = Situation(current=2, minimum=2, maximum=6, value=70.0, target=70.0, now=1000.0)


@pytest.mark.parametrize(
    ("current", "value", "expected"),
    [
        (2, 72, Scale(3)),
        (2, 100, Scale(3)),
        (2, 120, Scale(4)),
        (4, 100, Scale(6)),
        (5, 100, Scale(6)),
        (6, 100, NotScaled("AlreadyAtMaxCapacity")),
        (2, 70, NotScaled("AlreadyAtDesiredCapacity")),
    ],
)
def test_scaling_out_is_proportional_to_the_metric_and_ends_at_the_maximum(current, value, expected):
    """As many tasks as would bring the metric to its target, at once."""
    assert scale_out(replace(CALM, current=current, value=float(value))) == expected


@pytest.mark.parametrize(
    ("current", "value", "expected"),
    [
        (4, 26, Scale(3)),
        (4, 52, Scale(3)),
        (4, 53, NotScaled("AutoScalingAnticipatedFlapping")),
        (3, 10, Scale(2)),
        (2, 10, NotScaled("AlreadyAtMinCapacity")),
    ],
)
def test_scaling_in_takes_one_task_at_a_time_and_never_so_many_that_the_target_is_passed(
    current, value, expected
):
    """More gradually than out, and not below the minimum."""
    assert scale_in(replace(CALM, current=current, value=float(value))) == expected


def test_a_cool_down_of_scaling_out_lets_only_a_larger_scale_out_through():
    """What was added already counts in; the cool-down begins when the activity has ended."""
    grown = replace(CALM, current=3, value=100.0, out_cooldown=60)
    in_progress = replace(grown, last_out=Earlier(2, 900.0, None))
    cooling = replace(grown, last_out=Earlier(2, 900.0, 941.0))
    over = replace(grown, last_out=Earlier(2, 900.0, 940.0))
    assert scale_out(in_progress) is None
    assert scale_out(cooling) is None
    assert scale_out(over) == Scale(5)
    assert scale_out(replace(cooling, value=120.0)) == Scale(4)


def test_scaling_in_waits_for_its_cool_down_which_a_scale_out_ends():
    """300 s after the last one ended; a scale-out in between makes it void."""
    idle = replace(CALM, current=4, value=20.0, last_in=Earlier(5, 600.0, 701.0))
    assert scale_in(idle) is None
    assert scale_in(replace(idle, now=1001.0)) == Scale(3)
    assert scale_in(replace(idle, last_out=Earlier(3, 800.0, 850.0))) == Scale(3)


@pytest.mark.parametrize(
    "busy",
    [
        {"deploying": True},
        {"last_out": Earlier(3, 900.0, None)},
        {"last_in": Earlier(5, 900.0, None)},
        {"in_suspended": True},
    ],
)
def test_nothing_scales_in_while_something_is_under_way_or_it_is_suspended(busy):
    """A deployment, an activity in progress, a suspension."""
    assert scale_in(replace(CALM, current=4, value=20.0, **busy)) is None


def test_scaling_out_goes_on_during_a_deployment_and_stops_when_suspended():
    """As the guide says of ECS."""
    busy = replace(CALM, value=90.0)
    assert scale_out(replace(busy, deploying=True)) == Scale(3)
    assert scale_out(replace(busy, out_suspended=True)) is None


@given(
    current=st.integers(0, 50),
    minimum=st.integers(0, 10),
    span=st.integers(0, 40),
    value=st.floats(0, 500),
    target=st.floats(1, 100),
)
def test_whatever_happens_the_bounds_hold_and_directions_are_kept(current, minimum, span, value, target):
    """Out means more, in means less, and both stay within the bounds."""
    now = Situation(current, minimum, minimum + span, value, target, 0.0)
    out, less = scale_out(now), scale_in(now)
    assert not isinstance(out, Scale) or current < out.to <= now.maximum
    assert not isinstance(less, Scale) or now.minimum <= less.to < current
