"""Typical durations: a table with sources, and the longest way through a stack."""

import pytest

from stargate.domain.provisioning.durations import (
    TYPICAL,
    longest_path,
    seconds_to_create,
    seconds_to_delete,
)


def test_resources_side_by_side_take_as_long_as_the_slowest():
    """Two that need nothing of each other do not add up."""
    graph = {"a": ("AWS::EC2::VPC", []), "b": ("AWS::EC2::NatGateway", [])}
    assert longest_path(graph) == seconds_to_create("AWS::EC2::NatGateway")


def test_resources_in_a_row_add_up():
    """A subnet in a VPC takes both times, when created and when deleted."""
    graph = {"vpc": ("AWS::EC2::VPC", []), "subnet": ("AWS::EC2::Subnet", ["vpc", "elsewhere"])}
    types = ("AWS::EC2::VPC", "AWS::EC2::Subnet")
    assert longest_path(graph) == sum(map(seconds_to_create, types))
    assert longest_path(graph, seconds_to_delete) == sum(map(seconds_to_delete, types))


def test_an_unknown_type_takes_the_default():
    """A type that nobody has measured still takes some time."""
    assert longest_path({"a": ("AWS::New::Thing", [])}) > 0


def test_a_circle_is_named():
    """A circle would never stand: the error names who needs whom."""
    with pytest.raises(ValueError, match="a needs b needs a"):
        longest_path({"a": ("T", ["b"]), "b": ("T", ["a"])})


def test_no_resources_take_no_time():
    """An empty stack stands at once."""
    assert longest_path({}) == 0


@pytest.mark.parametrize("resource_type", sorted(TYPICAL))
def test_each_value_is_positive_and_has_its_source_or_says_that_it_is_an_estimate(resource_type):
    """No figure without where it comes from."""
    typical = TYPICAL[resource_type]
    assert min(typical.create, typical.delete) > 0
    assert typical.source.startswith(("https://", "estimate"))
