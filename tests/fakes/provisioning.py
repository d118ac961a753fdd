# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""CloudFormation, regions and what an account has, in memory."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stargate.domain.provisioning.moves import ObservedStack, ObservedTask, StackEvent
from stargate.domain.provisioning.returning import AccountSecret
from stargate.domain.provisioning.rights import Right
from stargate.errors import (
    AccountUnaskableError,
    ManifestNotFoundError,
    StackExistsError,
    StackRefusedError,
    StackUnchangedError,
    TaskRefusedError,
)

if TYPE_CHECKING:
    from tests.fakes.world import FakeClock


CANCELLED = {"CREATE": "Resource creation cancelled", "DELETE": "Resource deletion cancelled"}


@dataclass
class FakeManifests:
    manifest: object

    def read(self, version):
        if version != self.manifest.version:
            raise ManifestNotFoundError(f"no gateway of version {version}")
        return self.manifest

    def template_url(self, version, key):
        return f"https://bucket/gateway/{version}/{key}"


@dataclass
class FakeStack:
    stack_id: str
    name: str
    status: str
    tags: dict
    parameters: dict
    request_token: str
    template_url: str = ""
    outputs: dict = field(default_factory=dict)
    history: list = field(default_factory=list)
    reason: str = ""
    before: tuple = ()
    spared: tuple = ()
    physical: dict = field(default_factory=dict)


@dataclass
class FakeStacks:
    """CloudFormation, moved by the test: nothing comes to stand before the test says so."""

    outputs: dict = field(default_factory=dict)
    stacks: dict = field(default_factory=dict)
    created: list = field(default_factory=list)
    deleted: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    continued: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)
    updated_before: dict = field(default_factory=dict)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def describe(self, region, stack_name):
        stack = self.stacks.get(stack_name)
        if stack is None:
            return None
        return ObservedStack(
            stack.stack_id, stack.status, stack.reason, stack.tags, stack.outputs, stack.parameters
        )

    def names(self, region):
        return frozenset(self.stacks)

    def resources(self, region, stack_id):
        return dict(self._by_id(stack_id).physical)

    def events(self, region, stack_id):
        return list(self._by_id(stack_id).history)

    def create(self, region, stack_name, template, parameters, tags, request_token):
        if stack_name in self.refuse:
            raise StackRefusedError(self.refuse[stack_name])
        if stack_name in self.stacks:
            raise StackExistsError(stack_name)
        stack_id = f"arn:aws:cloudformation:{region}:111122223333:stack/{stack_name}/{next(self.numbers)}"
        self.stacks[stack_name] = FakeStack(
            stack_id,
            stack_name,
            "CREATE_IN_PROGRESS",
            dict(tags),
            dict(parameters),
            request_token,
            template,
        )
        self.created.append(stack_name)
        return stack_id

    def update(self, region, stack_name, template_url, parameters, request_token):
        if stack_name in self.refuse:
            raise StackRefusedError(self.refuse[stack_name])
        stack = self.stacks[stack_name]
        if stack_name in self.updated_before:
            stack.outputs = self.updated_before[stack_name]
            raise StackUnchangedError(stack_name)
        if (stack.parameters, stack.template_url) == (dict(parameters), template_url):
            raise StackUnchangedError(stack_name)
        stack.before = stack.parameters, stack.template_url
        stack.status, stack.parameters, stack.template_url = (
            "UPDATE_IN_PROGRESS",
            dict(parameters),
            template_url,
        )
        stack.history = []
        self.updated.append(stack_name)

    def updated_well(self, stack_name):
        self.stacks[stack_name].status = "UPDATE_COMPLETE"

    def roll_back(self, stack_name):
        stack = self.stacks[stack_name]
        stack.parameters, stack.template_url = stack.before
        stack.status = "UPDATE_ROLLBACK_COMPLETE"

    def delete(self, region, stack_id, request_token, retain=()):
        stack = self._by_id(stack_id)
        if retain and stack.status != "DELETE_FAILED":
            raise StackRefusedError("RetainResources is for a stack that is DELETE_FAILED")
        if stack.status != "DELETE_IN_PROGRESS":
            stack.status, stack.history, stack.spared = "DELETE_IN_PROGRESS", [], tuple(retain)
            self.deleted.append(stack.name)

    def continue_rollback(self, region, stack_id, request_token, skip):
        stack = self._by_id(stack_id)
        if stack.status != "UPDATE_ROLLBACK_FAILED":
            raise StackRefusedError("cannot be called from current stack status")
        stack.status, stack.spared = "UPDATE_ROLLBACK_IN_PROGRESS", tuple(skip)
        self.continued.append(stack.name)

    def stick(self, stack_name, resource, reason):
        """An update that failed does not go back either."""
        stack = self.stacks[stack_name]
        stack.parameters, stack.template_url = stack.before or (stack.parameters, stack.template_url)
        stack.status = "UPDATE_ROLLBACK_FAILED"
        stack.history = [
            StackEvent("Other", "AWS::ECS::Service", "UPDATE_FAILED", "no capacity"),
            StackEvent(
                stack_name, "AWS::CloudFormation::Stack", "UPDATE_ROLLBACK_IN_PROGRESS", "", is_stack=True
            ),
            StackEvent(resource, "AWS::RDS::DBInstance", "UPDATE_FAILED", reason),
        ]

    def stand(self, stack_name):
        stack = self.stacks[stack_name]
        stack.status, stack.outputs = "CREATE_COMPLETE", self.outputs.get(stack_name.split("-", 2)[2], {})

    def fail_resource(self, stack_name, resource, resource_type, reason, status="ROLLBACK_IN_PROGRESS"):
        stack = self.stacks[stack_name]
        stack.status = status
        verb = "DELETE" if status.startswith("DELETE") else "CREATE"
        stack.history += [
            StackEvent(resource, resource_type, f"{verb}_FAILED", reason),
            StackEvent(
                "Sibling", "AWS::EC2::Subnet", f"{verb}_FAILED", f"Resource {verb.lower()[:5]}ion cancelled"
            ),
        ]

    def vanish(self, stack_name):
        return self.stacks.pop(stack_name)

    def _by_id(self, stack_id):
        return next(stack for stack in self.stacks.values() if stack.stack_id == stack_id)


@dataclass
class FakeChangeSets:
    """What the test says that an update of a stack would change."""

    changes: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def previews(self, updates):
        self.asked += [one.stack_name for one in updates]
        return [list(self.changes.get(one.stack_name, [])) for one in updates]


@dataclass
class FakeTasks:
    started: list = field(default_factory=list)
    families: list = field(default_factory=list)
    security_groups: list = field(default_factory=list)
    exit_codes: dict = field(default_factory=dict)
    refuse: str = ""

    def start(self, region, cluster, family, subnets, security_group, started_by, client_token):
        if self.refuse:
            raise TaskRefusedError(self.refuse)
        if client_token not in self.started:
            self.started.append(client_token)
            self.families.append(family)
            self.security_groups.append(security_group)
        return f"arn:aws:ecs:{region}:111122223333:task/{cluster}/{client_token}"

    def describe(self, region, cluster, task_arn):
        code = self.exit_codes.get(task_arn.rsplit("/", 1)[1])
        return ObservedTask(task_arn, code is not None, () if code is None else (code,))

    def stop(self, exit_code):
        """The family of the task that stops: the one that was started last."""
        self.exit_codes[self.started[-1]] = exit_code
        return self.families[-1]


@dataclass
class FakeOffers:
    """Everything is to be had in every zone, but for what the test names."""

    missing: tuple = ()
    closed: dict = field(default_factory=dict)
    zones: tuple = ("us-east-1a", "us-east-1b", "us-east-1c", "us-west-1a", "us-west-1c")
    use_form: bool = True
    asked: list = field(default_factory=list)

    def database_zones(self, region, instance_class, *, multi_az):
        self.asked.append((region, instance_class, multi_az))
        return frozenset() if instance_class in self.missing else frozenset(self.zones)

    def instance_zones(self, region, instance_type):
        return frozenset() if instance_type in self.missing else frozenset(self.zones)

    def closed_models(self, region, models):
        self.asked.append((region, tuple(models)))
        return {model: words for model, words in self.closed.items() if model in models}

    def has_use_form(self, region):
        return self.use_form


@dataclass
class FakeRights:
    """A role that may do everything, but for what the test names: action to reason."""

    denied: dict = field(default_factory=dict)
    asked: dict = field(default_factory=dict)

    def refused(self, region, name, types):
        self.asked[region] = list(types)
        return {Right(action): reason for action, reason in self.denied.items()}


@dataclass
class FakeAccount:
    """An owner who has done all there is to do, but for what the test names."""

    unused: tuple = ()
    hearing: int = 1
    unaskable: str = ""

    def unused_cost_tags(self, keys):
        if self.unaskable:
            raise AccountUnaskableError(self.unaskable)
        return [key for key in keys if key in self.unused]

    def listeners(self):
        return self.hearing


@dataclass
class FakeBelongings:
    """An account with nothing in the way, but for what the test names."""

    certificates: dict = field(default_factory=dict)
    secret_names: dict = field(default_factory=dict)  # each with whether it only waits to be deleted
    databases: tuple = ()
    left: tuple = ()
    acls: tuple = ()
    left_by: str = ""  # the name of the environment whose secrets they were

    def certificate(self, arn):
        return self.certificates.get(arn)

    def secrets(self, region, prefix):
        return [
            AccountSecret(name, f"arn:{name}", self.left_by, going)
            for name, going in self.secret_names.items()
            if name.startswith(prefix)
        ]

    def has_database(self, region, identifier):
        return identifier in self.databases

    def left_over(self, region, name):
        return list(self.left)

    def web_acls(self, name):
        return list(self.acls)


@dataclass
class FakeAdoptions:
    """Takes back the account's secrets; a stack has imported them when the test says so."""

    stacks: FakeStacks
    belongings: FakeBelongings
    breaks_after: int | None = None  # so many are taken back, and then the function dies
    tagged: dict = field(default_factory=dict)
    imports: list = field(default_factory=list)

    def take_back(self, region, secret, tags):
        if len(self.tagged) == self.breaks_after:
            raise RuntimeError("cut off")
        self.belongings.secret_names[secret.name] = False
        self.tagged[secret.name] = dict(tags)

    def adopt(self, region, stack_name, template, parameters, secrets, request_token):
        if stack_name in self.stacks.refuse:
            raise StackRefusedError(self.stacks.refuse[stack_name])
        stack = self.stacks.stacks[stack_name]
        if stack.status == "CREATE_COMPLETE":
            stack.status, stack.template_url, stack.history = "IMPORT_IN_PROGRESS", template, []
            self.imports.append(dict(secrets))


@dataclass
class FakeQuotas:
    """An account that is granted what the test says; of other quotas AWS tells nothing."""

    values: dict = field(default_factory=dict)
    taken: dict = field(default_factory=dict)

    def granted(self, region, quotas):
        return {quota: self.values[quota] for quota in quotas if quota in self.values}

    def used(self, region, zones):
        return self.taken


@dataclass
class FakeRegions:
    zone_names: list = field(default_factory=lambda: ["us-east-1a", "us-east-1b", "us-east-1c"])
    vpcs: dict = field(default_factory=dict)
    zone_ids: dict = field(default_factory=dict)  # of those that a test names; the others are like any

    def zones(self, region):
        anywhere = {"us-west-1": "usw1-az1"}.get(region, "use1-az1")
        return {name: self.zone_ids.get(name, anywhere) for name in self.zone_names}

    def vpc_cidrs(self, region):
        return self.vpcs


@dataclass
class FakeInventory:
    left: dict = field(default_factory=dict)

    def tagged(self, region, environment_id):
        return self.left.get(region, [])


@dataclass
class FakeRemains:
    """What the test says is left; windows run from the moment that it is asked."""

    clock: FakeClock
    left: list = field(default_factory=list)
    late_logs: dict = field(default_factory=dict)  # by environment

    def of(self, region, name, environment_id):
        return list(self.left)

    def secrets(self, region, name, environment_id):
        return [one for one in self.of(region, name, environment_id) if one.kind == "secret"]

    def schedule_secret(self, secret, days):
        self._swap(secret, replace(secret, until=self.clock.now() + days * 86400))

    def erase_secret(self, secret):
        self._swap(secret)

    def delete_snapshot(self, snapshot):
        self._swap(snapshot)

    def delete_late_logs(self, region, name):
        return self.late_logs.pop(name, [])

    def _swap(self, before, *after):
        self.left = [one for one in self.left if one.arn != before.arn] + list(after)


@dataclass
class FakeShelf:
    kept: dict = field(default_factory=dict)

    def put(self, key, content):
        self.kept[key] = content
