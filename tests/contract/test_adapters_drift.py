"""What services tell of drift, and how they take what is put back, as moto plays them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import boto3
import pytest
from ministack.services import cloudformation, cloudwatch_logs, ec2
from moto import mock_aws

from stargate.adapters import aws
from stargate.adapters.gateway.estate import AwsEstate, AwsMending
from stargate.adapters.provisioning.drift_detection import CloudFormationDrift
from stargate.adapters.state.drift_reports import ReportRows
from stargate.adapters.workflows.events import EventBridgeAnnouncer
from stargate.domain.life.drift.detection import Detected, ResourceDrift
from stargate.domain.life.drift.finding import PutAlarm, PutWebAcl, RestoreSecret, SetRules
from stargate.domain.life.drift.report import Repaired, begun
from stargate.domain.life.drift.rules import Rule
from stargate.errors import ActionRefusedError, AwsThrottledError, ConflictError, StackRefusedError
from tests import fakes
from tests.contract import ministack_in_process, table_on_moto
from tests.contract.answering import by_hand, by_local_cloud

REGION = "us-west-1"
ALARM = {
    "AlarmName": "stargate-blue-cpu",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 85.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "ActionsEnabled": True,
}
SEEN = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
SEARCHED = {
    "Name": "bots",
    "Priority": 0,
    "Action": {"Block": {}},
    "VisibilityConfig": SEEN,
    "Statement": {
        "ByteMatchStatement": {
            "SearchString": "bot",
            "FieldToMatch": {"SingleHeader": {"Name": "user-agent"}},
            "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
            "PositionalConstraint": "CONTAINS",
        }
    },
}


class Place:
    """As much of an environment as whoever puts back needs."""

    cluster = "stargate-blue"

    def region_of(self, _stack):
        return REGION


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    aws.client.cache_clear()
    with mock_aws():
        yield
    aws.client.cache_clear()


def put_back(repair):
    AwsMending().put_back(Place(), "litellm", repair)


@pytest.mark.usefixtures("cloud")
def test_rules_of_groups_are_read_and_set_in_one_form():
    """Ranges of both kinds, lists, groups and all protocols; added and removed twice does no harm."""
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group, other = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("door", "other")
    )
    wanted = {
        Rule("in", "tcp", 4000, 4000, "cidr", "10.0.0.0/16"),
        Rule("in", "tcp", 4000, 4000, "group", other),
        Rule("in", "-1", -1, -1, "cidr of IPv6", "::/0"),
        Rule("out", "udp", 53, 53, "cidr", "10.0.0.2/32"),
    }
    found = AwsEstate().rules(REGION, [group, "sg-00000000"])
    assert set(found) == {group}
    repair = SetRules(group, tuple(sorted(wanted)), tuple(sorted(found[group])))
    for _ in range(2):
        put_back(repair)
        assert AwsEstate().rules(REGION, [group])[group] == wanted
    with pytest.raises(ActionRefusedError, match="AuthorizeSecurityGroupIngress: The security group"):
        put_back(SetRules("sg-00000000", (Rule("in", "tcp", 1, 1, "cidr", "10.0.0.0/8"),), ()))


@pytest.mark.usefixtures("cloud")
def test_an_alarm_is_read_in_the_words_that_it_is_put_back_in():
    """One that is not there is left out."""
    put_back(PutAlarm("stargate-blue-cpu", ALARM))
    told = AwsEstate().alarms(REGION, ["stargate-blue-cpu", "nobody"])
    assert set(told) == {"stargate-blue-cpu"}
    assert {name: told["stargate-blue-cpu"][name] for name in ALARM} == ALARM


@pytest.mark.usefixtures("cloud")
def test_rules_of_a_web_acl_are_told_as_a_template_writes_them():
    """AWS WAF takes a search string as bytes; all else of the ACL stays as it is."""
    waf = boto3.client("wafv2", region_name=REGION)
    made = waf.create_web_acl(
        Name="blue", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=SEEN, Rules=[]
    )["Summary"]
    known = ("blue", made["Id"], "REGIONAL")
    assert AwsEstate().web_acl(REGION, *known) == []
    put_back(PutWebAcl(*known, [SEARCHED]))
    assert AwsEstate().web_acl(REGION, *known) == [SEARCHED]
    assert waf.get_web_acl(Name="blue", Id=made["Id"], Scope="REGIONAL")["WebACL"]["DefaultAction"] == {
        "Allow": {}
    }
    assert AwsEstate().web_acl(REGION, "blue", "no-such-id", "REGIONAL") is None


@pytest.mark.usefixtures("cloud")
def test_a_secret_that_waits_to_be_deleted_is_seen_and_restored():
    """No value is read for it."""
    secrets = boto3.client("secretsmanager")
    for name in ("stargate-blue/one", "stargate-blue/two", "stargate-green/one"):
        secrets.create_secret(Name=name, SecretString="hidden")
    secrets.delete_secret(SecretId="stargate-blue/two", RecoveryWindowInDays=7)
    prefix = "stargate-blue/"
    assert AwsEstate().secrets(REGION, prefix) == {"stargate-blue/one": False, "stargate-blue/two": True}
    for _ in range(2):
        put_back(RestoreSecret("stargate-blue/two"))
    assert set(AwsEstate().secrets(REGION, prefix).values()) == {False}


STACK = "stargate-blue-one"
RESOURCES = {
    "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/blue", "RetentionInDays": 7}},
    "Net": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "More": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/more", "RetentionInDays": 7}},
}


@pytest.fixture
def stacks(monkeypatch):
    """The local cloud's CloudFormation in this process, with one stack that stands."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("STARGATE_SEED", "7")
    aws.client.cache_clear()
    with ministack_in_process.cloud() as made:
        asyncio.run(made.create(STACK, RESOURCES))
        by_local_cloud(aws.client("cloudformation", "us-east-1"), "cloudformation")
        yield made
    aws.client.cache_clear()


def detected():
    drift = CloudFormationDrift()
    detection = drift.begin("us-east-1", STACK)
    outcomes = [drift.outcome("us-east-1", detection)]
    while outcomes[-1] is None:
        outcomes.append(drift.outcome("us-east-1", detection))
    return outcomes[-1], drift.drifted("us-east-1", STACK)


@pytest.mark.usefixtures("stacks")
def test_what_differs_is_told_with_the_paths_and_what_is_gone_without():
    """What is in sync is not told at all."""
    assert detected() == (Detected(complete=True), [])
    cloudwatch_logs._log_groups["/blue"]["retentionInDays"] = 1
    ec2._vpcs.clear()
    _, found = detected()
    assert sorted(found, key=lambda one: one.resource) == [
        ResourceDrift("Log", "AWS::Logs::LogGroup", "MODIFIED", (("/RetentionInDays", "7", "1"),)),
        ResourceDrift("Net", "AWS::EC2::VPC", "DELETED"),
    ]


def test_a_detection_that_failed_says_of_what(stacks):
    """In CloudFormation's words."""
    stacks.denied.add(("read", "AWS::EC2::VPC"))
    outcome, _ = detected()
    assert not outcome.complete
    assert "[Net]" in outcome.reason


@pytest.mark.usefixtures("stacks")
def test_a_stack_that_is_at_work_is_not_looked_at():
    """CloudFormation refuses, and says in which state it is."""
    cloudformation._stacks[STACK]["StackStatus"] = "UPDATE_IN_PROGRESS"
    with pytest.raises(StackRefusedError, match="UPDATE_IN_PROGRESS"):
        CloudFormationDrift().begin("us-east-1", STACK)


@pytest.fixture(params=["in memory", "on DynamoDB"])
def reports(request, monkeypatch):
    if request.param == "in memory":
        yield fakes.FakeReports()
        return
    with table_on_moto.table(monkeypatch) as table:
        yield ReportRows(table)


def test_a_report_is_kept_whole(reports):
    """What it waits for, what it found, and what was put back."""
    assert reports.get("0123456789ab") is None
    repaired = (Repaired("f", "litellm/ScalableTarget", "bounds set", 1000.5, reached=True),)
    first = replace(
        begun(None, "one", 1000.25, "ann"), detections={"data": "d-1", "edge": None}, repaired=repaired
    )
    reports.begin("0123456789ab", first, None)
    assert reports.get("0123456789ab") == first
    ended = replace(first.ended([], 1020.0, repairing=True), unchecked={"edge": "Throttling"}, only=("a/b",))
    reports.put("0123456789ab", ended)
    assert reports.get("0123456789ab") == ended


def test_an_examination_that_was_overtaken_writes_nothing(reports):
    """Nor do two begin at once."""
    first, second = begun(None, "one", 1000.0, "ann"), begun(None, "two", 1001.0, "bob")
    reports.begin("0123456789ab", first, None)
    with pytest.raises(ConflictError):
        reports.begin("0123456789ab", second, None)
    reports.begin("0123456789ab", second, first)
    with pytest.raises(ConflictError):
        reports.put("0123456789ab", first)
    assert reports.get("0123456789ab").execution == "two"


def test_the_bus_is_told_of_each_stack_and_asked_again_if_it_did_not_listen(monkeypatch):
    """Ten in a call; an event that was not taken is no success."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    aws.client.cache_clear()
    lost = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}
    asked = by_hand(
        aws.client("events"), "eventbridge", {"FailedEntryCount": 0}, {"FailedEntryCount": 0}, lost
    )
    EventBridgeAnnouncer().drift("blue", {"litellm": ["ScalableTarget"]}, [f"stack-{n}" for n in range(10)])
    assert [len(one["Entries"]) for one in asked] == [10, 1]
    first = asked[0]["Entries"][0]
    assert (first["Source"], first["DetailType"]) == ("stargate", "Drift Examined")
    assert json.loads(first["Detail"]) == {
        "environment": "blue",
        "stack": "litellm",
        "status": "DRIFTED",
        "resources": ["ScalableTarget"],
    }
    with pytest.raises(AwsThrottledError):
        EventBridgeAnnouncer().drift("blue", {}, ["edge"])
    aws.client.cache_clear()
