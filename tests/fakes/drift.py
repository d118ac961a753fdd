# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""What drift is found with, told by and put back with, in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from stargate.domain.life.drift.detection import Detected
from stargate.domain.life.drift.finding import PutAlarm, PutWebAcl, RestoreSecret, SetRules, SetTarget
from stargate.errors import ActionRefusedError, ConflictError, StackRefusedError
from tests.fakes.gateway import standing_in


@dataclass
class FakeDetection:
    """CloudFormation's, that ends when the test says so; `found` is by stack name."""

    begun: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)
    looks: int = 0  # at how many more questions it still looks
    failed: dict = field(default_factory=dict)
    found: dict = field(default_factory=dict)

    def begin(self, region, stack_name):
        if stack_name in self.refuse:
            raise StackRefusedError(self.refuse[stack_name])
        self.begun.append(stack_name)
        return f"detection of {stack_name}"

    def outcome(self, region, detection):
        if self.looks:
            self.looks -= 1
            return None
        reason = self.failed.get(detection.removeprefix("detection of "), "")
        return Detected(not reason, reason)

    def drifted(self, region, stack_name):
        return self.found.get(stack_name, [])


@dataclass
class FakeEstate:
    """Services that tell what the test has put there, and take at once what is put back."""

    targets: dict = field(default_factory=dict)
    group_rules: dict = field(default_factory=dict)
    known_alarms: dict = field(default_factory=dict)
    where: dict = field(default_factory=dict)
    acls: dict = field(default_factory=dict)
    known_secrets: dict = field(default_factory=dict)

    def target(self, region, cluster, service):
        return self.targets.get(service)

    def rules(self, region, group_ids):
        return {one: self.group_rules[one] for one in group_ids if one in self.group_rules}

    def alarms(self, region, names):
        there = standing_in([region], self.where, names)
        return {name: self.known_alarms[name] for name in there if name in self.known_alarms}

    def web_acl(self, region, name, acl_id, scope):
        return self.acls.get(f"{name}|{acl_id}|{scope}")

    def secrets(self, region, prefix):
        return {name: going for name, going in self.known_secrets.items() if name.startswith(prefix)}


@dataclass
class FakeMending:
    estate: FakeEstate
    done: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)
    deaf: bool = False  # takes everything and does nothing

    def put_back(self, environment, stack, repair):
        if type(repair) in self.refuse:
            raise ActionRefusedError(self.refuse[type(repair)])
        self.done.append(str(repair))
        if not self.deaf:
            self._change(repair)

    def _change(self, repair):
        match repair:
            case SetTarget():
                self.estate.targets[repair.service] = repair.target
            case SetRules():
                before = self.estate.group_rules[repair.group_id]
                self.estate.group_rules[repair.group_id] = (before | set(repair.missing)) - set(repair.extra)
            case PutAlarm():
                self.estate.known_alarms[repair.name] = dict(repair.properties)
            case PutWebAcl():
                self.estate.acls[f"{repair.name}|{repair.acl_id}|{repair.scope}"] = list(repair.rules)
            case RestoreSecret():
                self.estate.known_secrets[repair.name] = False


@dataclass
class FakeReports:
    known: dict = field(default_factory=dict)

    def get(self, environment_id):
        return self.known.get(environment_id)

    def begin(self, environment_id, report, before):
        self._put(environment_id, report, before)

    def put(self, environment_id, report):
        self._put(environment_id, report, report)

    def _put(self, environment_id, report, expected):
        present = self.known.get(environment_id)
        if (present and present.execution) != (expected and expected.execution):
            raise ConflictError(f"drift of {environment_id} is examined by somebody else by now")
        self.known[environment_id] = report


@dataclass
class FakeDriftWorkflow:
    started: dict = field(default_factory=dict)

    def start(self, execution_name, payload):
        self.started.setdefault(execution_name, dict(payload))


@dataclass
class FakeAnnouncer:
    told: list = field(default_factory=list)

    def drift(self, environment, drifted, over):
        self.told.append(({stack: list(names) for stack, names in drifted.items()}, list(over)))
