"""A gateway that somebody changes behind our back, told once over HTTP: found, put back, or left as meant.

Every change is made at the service itself, as a person at the console would; each test reads one promise.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.patience import follow, settled, wait_until
from tests.e2e.standing import standing

pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

NAME = "adrift"
REQUEST = {
    "name": NAME,
    "preset": "sandbox",
    "mode": "advise",
    "overrides": {"network": {"cidr": "10.72.0.0/16"}},
}
CLUSTER = f"stargate-{NAME}"
SERVICE = f"service/{CLUSTER}/litellm"
DIMENSION = "ecs:service:DesiredCount"
MOVED, GONE = f"{CLUSTER}-litellm-cpu-critical", f"{CLUSTER}-litellm-memory-critical"

Document = dict[str, Any]


@dataclass
class Record:
    """What each examination found."""

    untouched: Document = field(default_factory=dict)
    changed: Document = field(default_factory=dict)
    repaired: Document = field(default_factory=dict)
    asleep: Document = field(default_factory=dict)
    acted: Document = field(default_factory=dict)
    conditions: list[Document] = field(default_factory=list)
    ledger: list[Document] = field(default_factory=list)
    bounds: tuple[int, int] = (0, 0)
    rules: list[str] = field(default_factory=list)
    waf: tuple[int, int] = (0, 0)
    alarms: dict[str, Document] = field(default_factory=dict)
    secret_is_going: bool = True


@pytest.fixture(scope="module")
def record(api, cloud):
    told = Record()
    with standing(api, REQUEST):
        by_hand = Hands(cloud)
        told.untouched = examined(api, "drift")
        by_hand.changes_everything()
        told.changed = examined(api, "drift")
        told.conditions = api.get(f"/environments/{NAME}/conditions").document["conditions"]
        told.repaired = examined(api, "repair")
        told.bounds, told.alarms = by_hand.bounds(), by_hand.alarms()
        told.rules, told.waf = by_hand.groups_open_to_the_world(), (by_hand.rules_before, by_hand.rules())
        told.secret_is_going = by_hand.secret_is_going()
        assert api.post(f"/environments/{NAME}/sleep", {}).status == 202
        assert follow(api, NAME, settled)[-1]["status"] == "ASLEEP"
        told.asleep = examined(api, "drift")
        assert api.post(f"/environments/{NAME}/wake", {}).status == 202
        assert follow(api, NAME, settled)[-1]["status"] == "READY"
        assert api.patch(f"/environments/{NAME}", {"mode": "act"}).status == 200
        by_hand.moves_a_threshold()
        told.acted = examined(api, "drift")
        told.ledger = api.get(f"/environments/{NAME}/ledger", limit="100", kind="action").document["entries"]
    return told


def examined(api, verb):
    """Asked for, and waited for to its end: repairs included."""
    answer = api.post(f"/environments/{NAME}/{verb}", {})
    while answer.status == 409:  # the clock's own turn has just come
        wait_until(lambda: not _under_way(api), "its turn is over")
        answer = api.post(f"/environments/{NAME}/{verb}", {})
    assert answer.status == 202, answer.text
    wait_until(lambda: not _under_way(api), f"the {verb} is over")
    report: Document = api.get(f"/environments/{NAME}/drift").document
    return report


def _under_way(api):
    return api.get(f"/environments/{NAME}/drift").document["status"] in {"examining", "repairing"}


class Hands:
    """A person at the console."""

    def __init__(self, cloud):
        self.cloud = cloud
        self.rules_before = self.rules()

    def changes_everything(self):
        self.moves_bounds()
        self.moves_a_threshold()
        self.cloud.client("cloudwatch").delete_alarms(AlarmNames=[GONE])
        self.opens_a_port()
        self.takes_a_waf_rule_away()
        secret = self._secrets()[0]["Name"]
        self.cloud.client("secretsmanager").delete_secret(SecretId=secret, RecoveryWindowInDays=7)
        self.cloud.client("rds").modify_db_instance(
            DBInstanceIdentifier=CLUSTER, BackupRetentionPeriod=1, ApplyImmediately=True
        )

    def moves_bounds(self):
        self.cloud.client("application-autoscaling").register_scalable_target(
            ServiceNamespace="ecs", ResourceId=SERVICE, ScalableDimension=DIMENSION, MaxCapacity=40
        )

    def bounds(self):
        (target,) = self.cloud.client("application-autoscaling").describe_scalable_targets(
            ServiceNamespace="ecs", ResourceIds=[SERVICE]
        )["ScalableTargets"]
        return target["MinCapacity"], target["MaxCapacity"]

    def moves_a_threshold(self):
        taken = ("Namespace", "MetricName", "Dimensions", "Statistic", "Period", "EvaluationPeriods")
        more = ("ComparisonOperator", "TreatMissingData", "AlarmActions", "OKActions", "ExtendedStatistic")
        alarm = self.alarms()[MOVED]
        kept = {name: alarm[name] for name in (*taken, *more) if alarm.get(name)}
        self.cloud.client("cloudwatch").put_metric_alarm(AlarmName=MOVED, Threshold=99.5, **kept)

    def alarms(self):
        told = self.cloud.client("cloudwatch").describe_alarms(AlarmNames=[MOVED, GONE])["MetricAlarms"]
        return {alarm["AlarmName"]: alarm for alarm in told}

    def opens_a_port(self):
        group = self._groups()[0]["GroupId"]
        self.cloud.client("ec2").authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
        )

    def groups_open_to_the_world(self):
        return [
            group["GroupId"]
            for group in self._groups()
            for rule in group["IpPermissions"]
            if rule.get("FromPort") == 22
        ]

    def _groups(self):
        tagged = [{"Name": "tag:stargate:environment", "Values": [NAME]}]
        return self.cloud.client("ec2").describe_security_groups(Filters=tagged)["SecurityGroups"]

    def takes_a_waf_rule_away(self):
        acl, token = self._acl()
        self.cloud.client("wafv2").update_web_acl(
            Name=acl["Name"],
            Id=acl["Id"],
            Scope="CLOUDFRONT",
            LockToken=token,
            DefaultAction=acl["DefaultAction"],
            VisibilityConfig=acl["VisibilityConfig"],
            Rules=acl["Rules"][1:],
        )

    def rules(self):
        return len(self._acl()[0]["Rules"])

    def _acl(self):
        waf = self.cloud.client("wafv2")
        listed = waf.list_web_acls(Scope="CLOUDFRONT")["WebACLs"]
        named = next(acl for acl in listed if NAME in acl["Name"])
        told = waf.get_web_acl(Name=named["Name"], Id=named["Id"], Scope="CLOUDFRONT")
        return told["WebACL"], told["LockToken"]

    def secret_is_going(self):
        return any("DeletedDate" in secret for secret in self._secrets())

    def _secrets(self):
        pages = self.cloud.client("secretsmanager").get_paginator("list_secrets")
        filters = [{"Key": "name", "Values": [f"stargate-{NAME}/"]}]
        return [
            secret
            for page in pages.paginate(Filters=filters, IncludePlannedDeletion=True)
            for secret in page["SecretList"]
        ]


def addresses(report):
    return {f"{one['stack']}/{one['resource']}" for one in report["differs"]}


def test_what_was_just_made_is_in_sync_to_the_last_stack(record):
    """Every stack was compared, and nothing of what stands is taken for drift."""
    found = record.untouched
    assert (found["status"], found["differs"], found["unfinished"]) == ("in sync", [], "")
    assert record.untouched["unchecked"] == {}
    assert record.untouched["asked_by"].startswith("arn:")


def test_every_change_is_found_with_what_would_put_it_back(record):
    """Seven changes in five services; in mode advise nothing is touched."""
    found = {one["type"] for one in record.changed["differs"]}
    assert found == {
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::CloudWatch::Alarm",
        "AWS::EC2::SecurityGroup",
        "AWS::WAFv2::WebACL",
        "AWS::SecretsManager::Secret",
        "AWS::RDS::DBInstance",
    }
    assert len(record.changed["differs"]) == 7
    by_hand = [one for one in record.changed["differs"] if "unrepaired" in one]
    assert [one["type"] for one in by_hand] == ["AWS::RDS::DBInstance"]
    assert record.changed["repaired"] == []


def test_the_loop_hears_of_each_stack_that_differs(record):
    """A condition each, from our own examination."""
    heard = {
        one["subject"]
        for one in record.conditions
        if one["kind"] == "drift-detected" and one["status"] == "open"
    }
    assert heard == {address.split("/")[0] for address in addresses(record.changed)}


def test_what_is_safe_is_put_back_and_seen_to_be(record):
    """By a person's word, in any mode; the services tell it."""
    assert [one["reached"] for one in record.repaired["repaired"]] == [True] * 6
    assert addresses(record.repaired) == {"data/Database"}
    assert record.bounds == (2, 6)
    assert record.rules == []
    assert record.waf[0] == record.waf[1]
    assert record.alarms[MOVED]["Threshold"] < 99
    assert record.alarms[GONE]["ActionsEnabled"]
    assert not record.secret_is_going


def test_what_sleep_has_changed_is_no_drift(record):
    """Bounds at zero, muted alarms, no tasks; what was drift before still is."""
    assert addresses(record.asleep) == {"data/Database"}
    assert "the gateway sleeps" in {one["purpose"] for one in record.asleep["on_purpose"]}


def test_in_mode_act_it_is_put_back_without_asking(record):
    """The ledger has what was done and which examination led to it."""
    assert record.acted["repaired"][-1]["what"] == f"alarm {MOVED} put back"
    assert addresses(record.acted) == {"data/Database"}
    words = [entry["summary"] for entry in record.ledger]
    assert sum(f"alarm {MOVED} put back" in one for one in words) == 2
