"""Regions of the local cloud: their zones, and what EventBridge carries from one to the other."""

import json

import pytest

from tests.contract.workbench import allow, eventually

pytestmark = pytest.mark.cloud

ELSEWHERE = "us-west-1"
HOME_BUS = "arn:aws:events:us-east-1:000000000000:event-bus/default"


def zones(cloud, region):
    answer = cloud.client("ec2", region).describe_availability_zones()
    return [zone["ZoneName"] for zone in answer["AvailabilityZones"]]


def test_us_west_1_offers_two_zones_and_us_east_1_three(cloud):
    """As an account sees them."""
    assert zones(cloud, ELSEWHERE) == ["us-west-1a", "us-west-1c"]
    assert zones(cloud, "us-east-1") == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_a_template_is_given_the_zones_that_are_offered(bench, cloud):
    """Fn::GetAZs, so that a template that takes a third zone of two fails here too."""
    formation = cloud.client("cloudformation", ELSEWHERE)
    name = bench.name("stack")
    template = {
        "Resources": {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 1}}},
        "Outputs": {"Zones": {"Value": {"Fn::Join": [",", {"Fn::GetAZs": ""}]}}},
    }
    formation.create_stack(StackName=name, TemplateBody=json.dumps(template))
    (zones_told,) = eventually(
        lambda: formation.describe_stacks(StackName=name)["Stacks"][0].get("Outputs", [])
    )
    assert zones_told["OutputValue"] == "us-west-1a,us-west-1c"


def send_from_elsewhere(bench, cloud, *statements):
    """The queue at home that gets an event sent elsewhere, if the forwarder's role lets it come home."""
    url, queue = bench.queue()
    source = bench.name("source")
    pattern = json.dumps({"source": [source]})
    home, there = cloud.client("events"), cloud.client("events", ELSEWHERE)
    home.put_rule(Name=source, EventPattern=pattern)
    home.put_targets(Rule=source, Targets=[{"Id": "queue", "Arn": queue}])
    there.put_rule(Name=f"{source}-forward", EventPattern=pattern)
    role = bench.role("events.amazonaws.com", *statements)
    there.put_targets(Rule=f"{source}-forward", Targets=[{"Id": "home", "Arn": HOME_BUS, "RoleArn": role}])
    there.put_events(Entries=[{"Source": source, "DetailType": "Test", "Detail": "{}"}])
    return url


def test_an_event_comes_home_and_says_where_it_is_from(bench, cloud):
    """With the right to put events on the bus; its region stays its own."""
    url = send_from_elsewhere(bench, cloud, allow("events:PutEvents", HOME_BUS))
    (event,) = bench.received(url)
    assert event["region"] == ELSEWHERE


def test_an_event_does_not_come_home_without_the_right(bench, cloud):
    """A role that may not put events on that bus carries none: delivery is at once or never."""
    url = send_from_elsewhere(bench, cloud, allow("events:PutEvents", f"{HOME_BUS}-of-others"))
    assert "Messages" not in bench.client("sqs").receive_message(QueueUrl=url)
