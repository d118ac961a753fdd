"""What stands is held against what was declared; what is meant is no drift, and safe drift is put back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.environment import Status
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.life.drift.detection import ResourceDrift, findings_of
from stargate.domain.life.drift.finding import PutAlarm
from stargate.domain.life.drift.report import EXAMINED_EVERY, STALE_SECONDS
from stargate.domain.life.drift.rules import Rule
from stargate.domain.life.rest import Target
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.holds import Hold
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.operating.switch import Switch
from stargate.domain.scaling.loop_state import LoopState, Move
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.signals.signal import Severity
from stargate.errors import (
    DriftNotExaminedYetError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    InvalidRequestError,
)
from stargate.usecases.life.ask_drift import AskDrift
from stargate.usecases.life.detect_stacks import DetectStacks
from stargate.usecases.life.examine_drift import ExamineDrift
from stargate.usecases.life.notice_examination_end import NoticeExaminationEnd
from stargate.usecases.life.repair_drift import RepairDrift
from stargate.usecases.life.survey_services import SurveyServices
from tests import fakes
from tests.unit.life.test_sleep import Night
from tests.unit.play import manifest

ALARM_NAME = "stargate-sandbox-litellm-cpu-critical"
ALARM = {
    "AlarmName": ALARM_NAME,
    "Dimensions": [{"Name": "ServiceName", "Value": "litellm"}],
    "Threshold": 85,
    "Period": 60,
    "AlarmActions": ["arn:aws:sns:t"],
}
SLOW_NAME = "stargate-sandbox-litellm-first-token-critical"
SLOW = {**ALARM, "AlarmName": SLOW_NAME, "Dimensions": [{"Name": "ModelId", "Value": "p1"}]}
TOLD = {**ALARM, "Threshold": 85.0, "ActionsEnabled": True, "StateValue": "OK"}  # as CloudWatch tells it
OPEN = {"Name": "challenge", "Priority": 0, "Action": {"Count": {}}}
ACL = "sandbox|acl-1|CLOUDFRONT"
INWARD = {"IpProtocol": "tcp", "FromPort": 4000, "ToPort": 4000, "CidrIp": {"Ref": "Cidr"}}
DOOR = Rule("in", "tcp", 4000, 4000, "cidr", "10.0.0.0/16")
WORLD = Rule("in", "tcp", 22, 22, "cidr", "0.0.0.0/0")
KEY = "stargate-sandbox/litellm-key"

NAMED = "stargate-${Environment}/litellm-key"
# What templates declare, by stack and logical id.
WATCHED = {
    "litellm": {
        "Target": ("AWS::ApplicationAutoScaling::ScalableTarget", {}),
        "CpuCritical": (
            "AWS::CloudWatch::Alarm",
            {
                **ALARM,
                "AlarmName": {"Fn::Sub": "stargate-${Environment}-litellm-cpu-critical"},
                "Dimensions": [{"Name": "ServiceName", "Value": {"Fn::GetAtt": ["Service", "Name"]}}],
                "AlarmActions": [{"Fn::If": ["Told", "arn:aws:sns:t", {"Ref": "AWS::NoValue"}]}],
            },
        ),
    },
    "models": {
        "FirstTokenCritical": (
            "AWS::CloudWatch::Alarm",
            {
                **SLOW,
                "Dimensions": [
                    {"Name": "ModelId", "Value": {"Fn::GetAtt": ["Profile", "InferenceProfileId"]}}
                ],
            },
        ),
    },
    "network": {"Door": ("AWS::EC2::SecurityGroup", {"SecurityGroupIngress": [INWARD]})},
    "secrets": {"Key": ("AWS::SecretsManager::Secret", {"Name": {"Fn::Sub": NAMED}})},
    "waf": {"Acl": ("AWS::WAFv2::WebACL", {"Rules": [OPEN]})},
}  # fmt: skip
PHYSICAL = {
    "litellm": {"Service": "arn:aws:ecs:us-east-1:000000000000:service/stargate-sandbox/litellm"},
    "models": {"Profile": "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/p1"},
    "network": {"Door": "sg-1"},
    "waf": {"Acl": ACL},
}
UNWATCHED = {
    "litellm": {"Service": {"type": "AWS::ECS::Service"}},
    "models": {"Profile": {"type": "AWS::Bedrock::ApplicationInferenceProfile"}},
}


def watched_manifest():
    plain = manifest()
    document = {
        stack: {
            name: {"type": kind, "condition": None, "properties": properties}
            for name, (kind, properties) in resources.items()
        }
        for stack, resources in WATCHED.items()
    }
    stacks = {}
    for name, template in plain.stacks.items():
        stacks[name] = {
            "key": template.key,
            "parameters": template.parameters,
            "outputs": template.outputs,
            "defaults": {"Cidr": "10.0.0.0/16"},
            "conditions": {"Told": {"Fn::Equals": [{"Ref": "Environment"}, "sandbox"]}},
            "resources": UNWATCHED.get(name, {}),
            "watched": document.get(name, {}),
        }
    return Manifest.from_document({"version": plain.version, "stacks": stacks})


class Watch(Night):
    """A gateway that stands as it was declared, until the test changes something."""

    def __post_init__(self):
        super().__post_init__()
        self.manifests.manifest = watched_manifest()
        for node in self.environment.graph.stacks:
            name = self.environment.stack_name(node.name)
            self._deploys(node.name, name)
        limits = self.environment.spec.litellm
        self.declared = Target(limits.min_tasks, limits.max_tasks)
        self.estate = fakes.FakeEstate(
            targets={"litellm": self.declared},
            group_rules={"sg-1": frozenset({DOOR})},
            known_alarms={ALARM_NAME: TOLD, SLOW_NAME: {**SLOW, "ActionsEnabled": True}},
            acls={ACL: [OPEN]},
            known_secrets={KEY: False},
        )
        self.mending = fakes.FakeMending(self.estate)
        self.detection, self.reports = fakes.FakeDetection(), fakes.FakeReports()
        self.announcer, self.drift = fakes.FakeAnnouncer(), fakes.FakeDriftWorkflow()
        self._wire()

    def _deploys(self, node, name):
        tags = {"stargate:id": self.environment.environment_id}
        self.stacks.create("us-east-1", name, "url", {"Environment": "sandbox"}, tags, "t")
        self.stacks.stacks[name].status = "CREATE_COMPLETE"
        self.stacks.stacks[name].physical = PHYSICAL.get(node, {})

    def _wire(self):
        survey = SurveyServices(self.manifests, self.stacks, self.estate)
        self.examine = ExamineDrift(
            self.operations,
            self.reports,
            DetectStacks(self.stacks, self.detection),
            survey,
            self.announcer,
            self.clock,
            self.narrator("examine_drift"),
        )
        self.repair = RepairDrift(
            self.operations,
            self.reports,
            survey,
            self.mending,
            self.announcer,
            self.clock,
            self.narrator("repair_drift"),
        )
        self.ask_drift = AskDrift(
            self.environments,
            self.reports,
            self.manifests,
            self.drift,
            self.clock,
            self.identifiers,
            "ann",
        )
        self.notice_end = NoticeExaminationEnd(self.reports, self.clock)

    @property
    def identifier(self):
        return self.environment.environment_id

    def examined(self, execution="by-the-clock"):
        """What the workflow does up to its choice."""
        return self.examine(self.identifier, execution)

    def runs(self):
        """The workflow that was started last, to its end."""
        execution = list(self.drift.started)[-1]
        found = self.examine(self.identifier, execution)
        return self.repair(self.identifier, execution) if found["repair"] else found

    def mode(self, mode):
        self.change("sandbox", {"mode": mode})

    def told(self):
        return self.ask_drift.show("sandbox")

    def differs(self):
        return {f"{one['stack']}/{one['resource']}": one for one in self.told()["differs"]}

    def holds(self, scope, target, was=None):
        """An action of ours has changed it for a while."""
        until, trouble = self.clock.now() + 900, "some-trouble#litellm"
        held = Hold(scope, "litellm", "some_action", trouble, target, was or {}, until, "a1", 1)
        self.operations.record(self.identifier, Change((held,)))

    def threshold(self, value):
        self.estate.known_alarms[ALARM_NAME] = {**TOLD, "Threshold": value}


@pytest.fixture
def watch():
    return Watch()


def test_what_stands_as_declared_is_in_sync(watch):
    """Nothing differs, nothing is told to the loop, nothing is in the ledger."""
    before = watch.summaries()
    assert watch.examined() == {"differs": 0, "repair": False}
    told = watch.told()
    assert (told["status"], told["differs"], told["unchecked"]) == ("in sync", [], {})
    assert watch.announcer.told == [({}, [])]
    assert watch.summaries() == before


def test_what_was_never_examined_says_so(watch):
    """And is no answer of "in sync"."""
    assert watch.told()["status"] == "never examined"


def bounds_are_moved(watch):
    watch.estate.targets["litellm"] = replace(watch.declared, maximum=40)


def a_rule_is_added(watch):
    watch.estate.group_rules["sg-1"] = frozenset({DOOR, WORLD})


def a_rule_is_taken_away(watch):
    watch.estate.group_rules["sg-1"] = frozenset()


def a_threshold_is_moved(watch):
    watch.threshold(99.0)


def an_alarm_is_deleted(watch):
    del watch.estate.known_alarms[ALARM_NAME]


def an_alarm_is_muted(watch):
    watch.estate.known_alarms[ALARM_NAME] = {**TOLD, "ActionsEnabled": False}


def a_waf_rule_is_switched_off(watch):
    watch.estate.acls[ACL] = []


def a_secret_waits_to_be_deleted(watch):
    watch.estate.known_secrets[KEY] = True


CHANGES = {
    bounds_are_moved: ("litellm/Target", "bounds of litellm set to"),
    a_rule_is_added: ("network/Door", "sg-1: removed in: tcp 22-22 from 0.0.0.0/0"),
    a_rule_is_taken_away: ("network/Door", "sg-1: added in: tcp 4000-4000 from 10.0.0.0/16"),
    a_threshold_is_moved: ("litellm/CpuCritical", f"alarm {ALARM_NAME} put back"),
    an_alarm_is_deleted: ("litellm/CpuCritical", f"alarm {ALARM_NAME} put back"),
    an_alarm_is_muted: ("litellm/CpuCritical", f"alarm {ALARM_NAME} put back"),
    a_waf_rule_is_switched_off: ("waf/Acl", "rules of the web ACL sandbox put back"),
    a_secret_waits_to_be_deleted: ("secrets/Key", f"secret {KEY} restored"),
}
every_change = pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)


@every_change
def test_what_somebody_changed_is_found_and_reported(watch, change):
    """With both values and what would put it back; unless the mode is act, nothing is touched."""
    address, repair = CHANGES[change]
    watch.mode("advise")
    change(watch)
    assert watch.examined() == {"differs": 1, "repair": False}
    (found,) = watch.differs().values()
    assert f"{found['stack']}/{found['resource']}" == address
    assert found["repair"].startswith(repair)
    assert all(one["declared"] != one["found"] for one in found["differences"])
    stack, resource = address.split("/")
    assert watch.announcer.told == [({stack: [resource]}, [])]
    assert f"drift: {address}" in watch.summaries()
    assert watch.mending.done == []


@every_change
def test_in_mode_act_it_is_put_back_and_seen_to_be(watch, change):
    """Each with its cause in the ledger; the next examination finds nothing."""
    address, repair = CHANGES[change]
    watch.mode("act")
    change(watch)
    assert watch.examined() == {"differs": 1, "repair": True}
    assert watch.repair(watch.identifier, "by-the-clock") == {"repaired": 1, "reached": 1}
    assert [words.startswith(repair) for words in watch.mending.done] == [True]
    assert watch.announcer.told[-1] == ({}, [address.split("/")[0]])
    assert f"{address} is as declared again" in watch.summaries()
    assert watch.told()["status"] == "in sync"
    assert watch.examined("the-next")["differs"] == 0


def test_an_alarm_is_made_anew_with_all_that_it_had(watch):
    """The name of its service, which no parameter says, and the tags that CloudFormation gave it."""
    watch.mode("act")
    an_alarm_is_deleted(watch)
    watch.examined()
    watch.repair(watch.identifier, "by-the-clock")
    made = dict(watch.estate.known_alarms[ALARM_NAME])
    tags = {tag["Key"]: tag["Value"] for tag in made.pop("Tags")}
    assert made == {**ALARM, "ActionsEnabled": True}
    assert tags == {
        "stargate:environment": "sandbox",
        "stargate:id": watch.identifier,
        "stargate:stack": "litellm",
        "stargate:preset": "sandbox",
    }


def test_an_alarm_of_which_not_all_is_known_is_left_to_cloudformation(watch):
    """Half of it would watch something else."""
    watch.mode("act")
    an_alarm_is_deleted(watch)
    watch.stacks.stacks[watch.environment.stack_name("litellm")].physical = {}
    assert watch.examined() == {"differs": 1, "repair": False}
    assert "REVERT_DRIFT" in watch.differs()["litellm/CpuCritical"]["unrepaired"]


def test_a_lost_secret_is_told_and_not_made_up(watch):
    """Nobody knows its value any more."""
    watch.mode("act")
    del watch.estate.known_secrets[KEY]
    assert watch.examined() == {"differs": 1, "repair": False}
    assert "its value is lost" in watch.differs()["secrets/Key"]["unrepaired"]


def test_a_bound_that_an_action_raised_is_no_drift(watch):
    """It is told apart, with its reason and how long it holds; what is beside it is drift."""
    raised = {"minimum": 5, "maximum": watch.declared.maximum}
    found = {"minimum": watch.declared.minimum, "maximum": watch.declared.maximum}
    watch.holds("capacity:litellm", raised, found)
    watch.mode("act")
    watch.estate.targets["litellm"] = replace(watch.declared, minimum=5)
    assert watch.examined() == {"differs": 0, "repair": False}
    (meant,) = watch.told()["on_purpose"]
    assert meant["purpose"].startswith("held until ")
    assert meant["purpose"].endswith("for some-trouble#litellm")
    watch.estate.targets["litellm"] = Target(5, 40)
    assert watch.examined("the-next") == {"differs": 1, "repair": True}


ALARMS_MUTED = ("alarms:litellm", {"alarms": (ALARM_NAME,)})
SUBNET = "/NetworkConfiguration/AwsvpcConfiguration/Subnets/1"
CLASS = ("/DBInstanceClass", "db.r6g.large", "db.r6g.xlarge")
HELD = [
    (("zones", {"subnets:grafana": ("subnet-1",)}), ("AWS::ECS::Service", (SUBNET, "subnet-2", "null"))),
    (("service:grafana", {"connections": 5}), ("AWS::ECS::Service", ("/TaskDefinition", "t:1", "t:2"))),
    (("database", {"class": "db.r6g.xlarge"}), ("AWS::RDS::DBInstance", CLASS)),
]


@pytest.mark.parametrize(("held", "drift"), HELD)
def test_what_an_action_changed_in_a_service_or_the_database_is_no_drift(watch, held, drift):
    """While it is held; without the hold the very same is somebody's."""
    kind, difference = drift
    watch.detection.found["stargate-sandbox-grafana"] = [ResourceDrift("It", kind, "MODIFIED", (difference,))]
    assert watch.examined()["differs"] == 1
    watch.holds(*held)
    assert watch.examined("the-next")["differs"] == 0
    (meant,) = watch.told()["on_purpose"]
    assert meant["purpose"].startswith("held until")


def test_bounds_as_the_outer_loop_has_set_them_are_no_drift(watch):
    """Those that it wants, and those that it has ordered; what somebody else has set is drift."""
    watch.mode("advise")
    limits = watch.declared
    move = Move(Bounds(4, 5), Bounds(limits.minimum, limits.maximum), 0.0, "d", "a", 1)
    loop = LoopState("litellm", wanted=Bounds(3, 5), move=move)
    watch.operations.record(watch.identifier, Change((loop,)))
    for number, (bounds, drifted) in enumerate([((3, 5), 0), ((4, 5), 0), ((3, 40), 1)]):
        watch.estate.targets["litellm"] = Target(*bounds)
        assert watch.examined(f"look-{number}")["differs"] == drifted
    watch.estate.targets["litellm"] = Target(3, 5)
    watch.examined("the-last")
    assert [one["purpose"] for one in watch.told()["on_purpose"]] == ["set by the outer loop, by demand"]


def test_an_alarm_that_an_action_muted_is_no_drift(watch):
    """Its threshold is another matter."""
    watch.holds(*ALARMS_MUTED)
    watch.estate.known_alarms[ALARM_NAME] = {**TOLD, "ActionsEnabled": False}
    assert watch.examined()["differs"] == 0
    watch.estate.known_alarms[ALARM_NAME] = {**TOLD, "ActionsEnabled": False, "Threshold": 99.0}
    assert watch.examined("the-next")["differs"] == 1


def test_alarms_on_models_of_another_region_are_read_and_made_anew_there(watch):
    """One that stands is as declared; one that is gone gets the id of its profile again."""
    watch.mode("act")
    watch.table.environments[watch.identifier] = replace(watch.now(), region="us-west-1")
    watch.estate.where[SLOW_NAME] = "us-east-1"
    assert watch.examined()["differs"] == 0
    del watch.estate.known_alarms[SLOW_NAME]
    assert watch.examined("the-next")["differs"] == 1
    watch.repair(watch.identifier, "the-next")
    made = watch.estate.known_alarms[SLOW_NAME]
    assert (made["Dimensions"], made["Threshold"]) == (SLOW["Dimensions"], SLOW["Threshold"])


def test_the_secrets_that_pocs_share_are_looked_at_with_each_of_them(watch):
    """They are in no stack of its own."""
    watch.table.environments[watch.identifier] = replace(watch.now(), preset="poc")
    name, key = "stargate-shared-poc", "stargate-shared-poc/litellm-key"
    tags = {"stargate:id": "shared-poc"}
    watch.stacks.create("us-east-1", name, "url", {"Environment": "shared-poc"}, tags, "t")
    watch.estate.known_secrets[key] = True
    watch.examined()
    assert watch.differs()["secrets/Key"]["repair"] == f"secret {key} restored"


def test_what_sleeps_is_held_against_what_sleep_has_made_of_it(watch):
    """Muted alarms, bounds at zero and no tasks are meant; an alarm that sounds at night is not."""
    watch.fall_asleep()
    watch.estate.targets = dict(watch.repose.targets)
    watch.estate.known_alarms[ALARM_NAME] = {**TOLD, "ActionsEnabled": False}
    service = "AWS::ECS::Service"
    stack = watch.environment.stack_name("litellm")
    watch.detection.found[stack] = [
        ResourceDrift("Service", service, "MODIFIED", (("/DesiredCount", "3", "0"),))
    ]
    assert watch.examined()["differs"] == 0
    assert [one["purpose"] for one in watch.told()["on_purpose"]] == ["the gateway sleeps"]
    watch.estate.known_alarms[ALARM_NAME] = TOLD
    watch.examined("the-next")
    assert list(watch.differs()) == ["litellm/CpuCritical"]


@pytest.mark.parametrize(
    ("path", "declared", "found", "meant"),
    [
        ("/EngineVersion", "16.6", "16.9", True),
        ("/EngineVersion", "16.6", "17.1", False),
        ("/EngineVersion", "16.6", "16.4", False),
        ("/AllocatedStorage", "100", "120", True),
        ("/AllocatedStorage", "100", "5000", False),
        ("/MultiAZ", "true", "false", False),
    ],
)
def test_what_rds_does_as_it_was_told_is_no_drift(watch, path, declared, found, meant):
    """Minor versions and a volume that grew within its limit; a database that lost its twin is drift."""
    drift = ResourceDrift("Database", "AWS::RDS::DBInstance", "MODIFIED", ((path, declared, found),))
    watch.detection.found["stargate-sandbox-data"] = [drift]
    watch.examined()
    assert bool(watch.told()["on_purpose"]) is meant
    assert ("data/Database" in watch.differs()) is not meant


def test_what_only_cloudformation_sees_is_reported_with_the_way_out(watch):
    """It may interrupt: no mode puts it back. What the services tell better is not told twice."""
    watch.mode("act")
    watch.detection.found["stargate-sandbox-data"] = [
        ResourceDrift("Database", "AWS::RDS::DBInstance", "MODIFIED", (("/MultiAZ", "true", "false"),)),
        ResourceDrift("Subnets", "AWS::RDS::DBSubnetGroup", "DELETED"),
    ]
    watch.detection.found["stargate-sandbox-network"] = [
        ResourceDrift("Door", "AWS::EC2::SecurityGroup", "MODIFIED", (("/SecurityGroupIngress", "a", "b"),))
    ]
    assert watch.examined() == {"differs": 2, "repair": False}
    differs = watch.differs()
    assert set(differs) == {"data/Database", "data/Subnets"}
    assert "REVERT_DRIFT" in differs["data/Database"]["unrepaired"]
    assert differs["data/Subnets"]["differences"][0]["found"] == "absent"


def test_cloudformation_is_waited_for_and_asked_once_of_each_stack(watch):
    """The values of secrets would be read in their stack: it is left out."""
    watch.detection.looks = 2 * len(watch.environment.graph.stacks) - 2
    for _ in range(2):
        with pytest.raises(DriftNotExaminedYetError):
            watch.examined()
        assert watch.told()["status"] == "examining"
    watch.examined()
    stacks = {watch.environment.stack_name(node.name) for node in watch.environment.graph.stacks}
    assert sorted(watch.detection.begun) == sorted(stacks - {"stargate-sandbox-secrets"})


def test_what_could_not_be_compared_is_said(watch):
    """A stack in no state for it, one that CloudFormation refuses, one that it could not finish."""
    watch.stacks.stacks["stargate-sandbox-data"].status = "UPDATE_IN_PROGRESS"
    watch.detection.refuse["stargate-sandbox-models"] = "no right to bedrock"
    watch.detection.failed["stargate-sandbox-edge"] = "Throttling"
    watch.examined()
    told = watch.told()
    assert told["unchecked"] == {
        "data": "the stack is UPDATE_IN_PROGRESS",
        "models": "no right to bedrock",
        "edge": "Throttling",
    }


def test_drift_that_comes_back_after_each_repair_is_left_and_told(watch):
    """Somebody or something keeps setting it: after two repairs within a day it is theirs to say."""
    watch.mode("act")
    for turn in range(2):
        watch.threshold(99.0)
        assert watch.examined(f"turn-{turn}")["repair"]
        watch.repair(watch.identifier, f"turn-{turn}")
        watch.clock.pass_seconds(EXAMINED_EVERY)
    watch.threshold(99.0)
    assert watch.examined("turn-2") == {"differs": 1, "repair": False}
    assert "came back after 2 repairs" in watch.differs()["litellm/CpuCritical"]["unrepaired"]
    watch.clock.pass_seconds(24 * 3600)
    assert watch.examined("a-day-later")["repair"]


def test_what_aws_refuses_stays_reported_with_its_words(watch):
    """And the rest is put back all the same."""
    watch.mode("act")
    watch.mending.refuse[PutAlarm] = "AccessDenied: no right to PutMetricAlarm"
    watch.threshold(99.0)
    bounds_are_moved(watch)
    watch.examined()
    assert watch.repair(watch.identifier, "by-the-clock") == {"repaired": 1, "reached": 1}
    assert list(watch.differs()) == ["litellm/CpuCritical"]
    words = "drift of litellm/CpuCritical not repaired: AccessDenied: no right to PutMetricAlarm"
    assert words in watch.summaries()


def test_a_repair_that_changed_nothing_is_not_called_done(watch):
    """AWS took it and the service tells the old value: still drift."""
    watch.mode("act")
    watch.mending.deaf = True
    watch.threshold(99.0)
    watch.examined()
    assert watch.repair(watch.identifier, "by-the-clock") == {"repaired": 1, "reached": 0}
    assert watch.told()["status"] == "drifted"
    assert "litellm/CpuCritical is still other than declared" in watch.summaries()


def the_mode_is_lowered(watch):
    watch.mode("observe")


def the_switch_is_off(watch):
    watch.table.switch = Switch(on=False, reason="incident", actor="ann", at=watch.clock.now())


def a_drill_holds_it(watch):
    now = watch.clock.now()
    lease = Lease("drill", "drill-1", 1, now, now + 900)
    watch.operations.record(watch.identifier, Change((lease,)))


def it_is_updated(watch):
    watch.asked("sleep")


def another_examination_began(watch):
    watch.clock.pass_seconds(STALE_SECONDS)
    watch.examined("another")


@pytest.mark.parametrize(
    "change",
    [the_mode_is_lowered, the_switch_is_off, a_drill_holds_it, it_is_updated, another_examination_began],
)
def test_nothing_is_touched_if_somebody_may_not_want_it_any_more(watch, change):
    """Looked at at the last moment, and the reason is the outcome."""
    watch.mode("act")
    watch.threshold(99.0)
    assert watch.examined()["repair"]
    change(watch)
    answer = watch.repair(watch.identifier, "by-the-clock")
    assert answer["left"]
    assert answer["repaired"] == 0
    assert watch.mending.done == []


def test_a_person_may_have_it_put_back_in_any_mode(watch):
    """All of it, or what is named; the ledger has who asked."""
    watch.mode("observe")
    watch.threshold(99.0)
    bounds_are_moved(watch)
    watch.ask_drift.repair("sandbox", {"only": ["litellm/Target"]})
    assert watch.runs() == {"repaired": 1, "reached": 1}
    assert list(watch.differs()) == ["litellm/CpuCritical"]
    watch.ask_drift.repair("sandbox", {})
    assert watch.runs() == {"repaired": 1, "reached": 1}
    assert watch.told()["status"] == "in sync"
    page = watch.ledger.page(watch.identifier, None, "action", 100, None)
    assert {entry.cause.partition(", ")[2] for entry in page.items} == {"asked for by ann"}


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"only": ["data/Database"]}, "/only/0"),
        ({"only": []}, "/only"),
        ({"only": ["litellm/Target", "litellm/Target"]}, "/only"),
        ({"everything": True}, "/everything"),
        ([], ""),
    ],
)
def test_what_cannot_be_put_back_is_refused_by_name(watch, request_, path):
    """With everything that could be."""
    with pytest.raises(InvalidRequestError) as refused:
        watch.ask_drift.repair("sandbox", request_)
    (fault,) = refused.value.faults
    assert fault.path == path
    assert watch.drift.started == {}


def test_asking_twice_starts_one_examination(watch):
    """The one that runs is told; a repair is not slipped into it."""
    first = watch.ask_drift.examine("sandbox")
    assert (first["status"], first["asked_by"]) == ("examining", "ann")
    watch.ask_drift.examine("sandbox")
    assert len(watch.drift.started) == 1
    with pytest.raises(EnvironmentBusyError, match="being examined, asked for by ann"):
        watch.ask_drift.repair("sandbox", {})
    watch.runs()
    watch.ask_drift.repair("sandbox", {})
    assert len(watch.drift.started) == 2


def test_the_clocks_examination_gives_way_to_one_under_way(watch):
    """Two at once would tell twice."""
    watch.ask_drift.examine("sandbox")
    assert "is examined by" in watch.examined()["left"]
    assert watch.runs()["differs"] == 0


def test_one_that_died_does_not_stand_in_the_way_for_ever(watch):
    """Whoever waits is told why; the next begins anew."""
    watch.ask_drift.examine("sandbox")
    (execution,) = watch.drift.started
    watch.notice_end(execution, "FAILED", "AccessDenied", "no right to ListSecrets")
    told = watch.told()
    assert told["status"] == "not finished"
    assert "no right to ListSecrets" in told["unfinished"]
    watch.ask_drift.examine("sandbox")
    watch.clock.pass_seconds(STALE_SECONDS)
    assert watch.told()["status"] == "not finished"
    assert watch.examined()["differs"] == 0
    watch.notice_end(execution, "TIMED_OUT", "", "")
    watch.notice_end("nobody-drift-1", "ABORTED", "", "")
    assert watch.told()["status"] == "in sync"


def test_what_is_at_work_is_not_examined(watch):
    """Refused with the states from which it works; one under way is left, and whoever asked is told."""
    watch.ask_drift.examine("sandbox")
    watch.asked("sleep")
    assert "sandbox is UPDATING (sleep since" in watch.runs()["left"]
    assert watch.told()["status"] == "not finished"
    with pytest.raises(EnvironmentBusyError, match="only what is READY, DEGRADED or ASLEEP"):
        watch.ask_drift.examine("sandbox")
    with pytest.raises(EnvironmentNotFoundError):
        watch.ask_drift.examine("nobody")


def test_the_loop_hears_when_drift_is_over(watch):
    """Its condition is closed by the examination that finds the stack as declared."""
    now = watch.clock.now()
    found = Condition("drift-detected", "litellm", Severity.WARNING, True, now, now, "e")  # noqa: FBT003
    watch.operations.record(watch.identifier, Change((found,)))
    watch.examined()
    assert watch.announcer.told == [({}, ["litellm"])]
    assert "drift: none any more" in watch.summaries()
    assert watch.now().status is Status.READY


def test_who_waits_for_a_repair_sees_it_under_way(watch):
    """Between what was found and what is put back; one that dies there says so."""
    watch.threshold(99.0)
    watch.ask_drift.repair("sandbox", {})
    (execution,) = watch.drift.started
    watch.examine(watch.identifier, execution)
    assert watch.told()["status"] == "repairing"
    watch.notice_end(execution, "FAILED", "ClientError", "no right to PutMetricAlarm")
    told = watch.told()
    assert (told["status"], list(watch.differs())) == ("not finished", ["litellm/CpuCritical"])
    assert "no right to PutMetricAlarm" in told["unfinished"]


WRITTEN = (("70", "70.0"), ("70", "75.0"))


def test_a_number_that_is_written_otherwise_is_no_drift():
    """CloudFormation compares what a person wrote with what a service tells."""
    policy, path = "AWS::ApplicationAutoScaling::ScalingPolicy", "/TargetTrackingScalingPolicyConfiguration/X"
    told = [
        ResourceDrift("Policy", policy, "MODIFIED", ((path, written, found),)) for written, found in WRITTEN
    ]
    assert [finding.differences[0].found for finding in findings_of("litellm", told)] == ["75.0"]
