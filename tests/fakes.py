# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""Our own ports, in memory. Each behaves as the contract tests of its adapter demand."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field, replace

from stargate.domain.actions import Action
from stargate.domain.conditions import Condition
from stargate.domain.facts import AlarmState, Deployment, ScalingFacts, ServiceFacts
from stargate.domain.front_door import Answer
from stargate.domain.holds import Hold
from stargate.domain.leases import Lease
from stargate.domain.moves import ObservedStack, ObservedTask, StackEvent
from stargate.domain.observer import Observation
from stargate.domain.operations import Operations, Overview
from stargate.domain.paging import Page
from stargate.domain.switch import Switch
from stargate.errors import (
    ActionRefusedError,
    AlreadyRecordedError,
    ConflictError,
    EnvironmentNotFoundError,
    IdempotencyKeyReusedError,
    ManifestNotFoundError,
    StackExistsError,
    StackRefusedError,
    StackUnchangedError,
    SupersededError,
    TaskRefusedError,
)

CANCELLED = {"CREATE": "Resource creation cancelled", "DELETE": "Resource deletion cancelled"}


@dataclass
class FakeClock:
    at: float = 1_800_000_000.0

    def now(self):
        return self.at

    def pass_seconds(self, seconds):
        self.at += seconds


@dataclass
class FakeIdentifiers:
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def environment_id(self):
        return f"{next(self.numbers):012x}"

    def entry_id(self, at):
        return f"{round(at * 1000):013d}-{next(self.numbers):012x}"


@dataclass
class FakeTable:
    """Environments, nodes and ledger that share one memory, as they share one table."""

    environments: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    nodes: dict = field(default_factory=dict)
    entries: dict = field(default_factory=dict)
    operations: dict = field(default_factory=dict)
    switch: Switch = field(default_factory=Switch)

    def write_entry(self, environment_id, entry):
        self.entries.setdefault(environment_id, {})[entry.entry_id] = entry


def _slice(items, key, limit, after):
    rest = [item for item in items if after is None or key(item) > after]
    page = tuple(rest[:limit])
    return Page(page, key(page[-1]) if len(rest) > limit else None)


@dataclass
class FakeEnvironments:
    table: FakeTable

    def get(self, environment_id):
        if environment_id not in self.table.environments:
            raise EnvironmentNotFoundError(environment_id)
        return self.table.environments[environment_id]

    def by_name(self, name):
        return self.table.environments.get(self.table.names.get(name))

    def page(self, limit, after):
        def key(environment):
            return f"{round(environment.created_at * 1000):013d}#{environment.environment_id}"

        return _slice(sorted(self.table.environments.values(), key=key), key, limit, after)

    def create(self, environment, states, entry, replaces):
        holder = self.table.names.get(environment.name)
        allowed = {None} if replaces is None else {None, replaces.environment_id}
        if holder not in allowed:
            raise ConflictError(environment.name)
        identifier = environment.environment_id
        self.table.names[environment.name] = identifier
        self.table.environments[identifier] = environment
        self.table.nodes[identifier] = {state.name: state for state in states}
        self.table.write_entry(identifier, entry)

    def replace(self, before, after, entry):
        present = self.table.environments[before.environment_id]
        expected = (before.status, before.attempt, before.revision)
        if (present.status, present.attempt, present.revision) != expected:
            raise ConflictError(before.name)
        self.table.environments[before.environment_id] = replace(after, revision=before.revision + 1)
        self.table.write_entry(before.environment_id, entry)

    def record_checks(self, environment, checks, kept=()):
        present = self.table.environments[environment.environment_id]
        if (present.status, present.attempt) == (environment.status, environment.attempt):
            found = replace(present, checks=tuple(checks), kept=tuple(kept))
            self.table.environments[environment.environment_id] = found


@dataclass
class FakeNodes:
    table: FakeTable

    def all(self, environment_id):
        return dict(self.table.nodes.get(environment_id, {}))

    def park(self, environment_id, name, attempt, token):
        before = self.table.nodes[environment_id][name]
        if before.attempt > attempt:
            raise SupersededError(name)
        self.table.nodes[environment_id][name] = replace(before, attempt=attempt, token=token)
        return before

    def claim(self, environment_id, name, token):
        present = self.table.nodes[environment_id][name]
        if present.token != token:
            return False
        self.table.nodes[environment_id][name] = replace(present, token=None)
        return True

    def replace(self, environment_id, before, after, entry=None):
        present = self.table.nodes[environment_id][before.name]
        if (present.status, present.attempt) != (before.status, before.attempt):
            raise ConflictError(before.name)
        fresh_count = after.submitted_attempt != before.submitted_attempt
        done = frozenset() if fresh_count else present.done
        self.table.nodes[environment_id][before.name] = replace(
            after, token=present.token, attempt=present.attempt, done=done
        )
        if entry is not None:
            self.table.write_entry(environment_id, entry)

    def resource_made(self, environment_id, name, resource):
        self._count(environment_id, name, lambda done: done | {resource})

    def resource_gone(self, environment_id, name, resource):
        self._count(environment_id, name, lambda done: done - {resource})

    def _count(self, environment_id, name, change):
        present = self.table.nodes[environment_id][name]
        self.table.nodes[environment_id][name] = replace(present, done=change(present.done))


@dataclass
class FakeHistories:
    kept: dict = field(default_factory=dict)

    def of(self, preset):
        return dict(self.kept.get(preset, {}))

    def keep(self, preset, history):
        self.kept[preset] = dict(history)


@dataclass
class FakeLedger:
    table: FakeTable

    def page(self, environment_id, since, kind, limit, after):
        entries = sorted(self.table.entries.get(environment_id, {}).values(), key=lambda e: e.entry_id)
        wanted = [
            entry
            for entry in entries
            if (since is None or entry.at >= since) and (kind is None or entry.kind == kind)
        ]
        return _slice(wanted, lambda entry: entry.entry_id, limit, after)


def _operation_key(row):
    key = {Condition: "key", Action: "action_id", Lease: "scope", Hold: "service"}[type(row)]
    return f"{type(row).__name__.lower()}#{getattr(row, key)}"


@dataclass
class FakeOperations:
    """Rows with versions, written all or none; `meddle` lets a test change something before a write."""

    table: FakeTable
    calls: list = field(default_factory=list)
    meddle: list = field(default_factory=list)

    def by_name(self, name):
        self.calls += ["get name", "get environment and switch", "query operations"]
        identifier = self.table.names.get(name)
        return None if identifier is None else self._overview(identifier)

    def by_id(self, environment_id):
        self.calls += ["get environment and switch", "query operations"]
        if environment_id not in self.table.environments:
            raise EnvironmentNotFoundError(environment_id)
        return self._overview(environment_id)

    def _overview(self, environment_id):
        known = Operations()
        for row in self.table.operations.get(environment_id, {}).values():
            known = known.with_row(row)
        return Overview(self.table.environments[environment_id], {}, self.table.switch, known)

    def record(self, environment_id, change):
        self.calls.append("write")
        if self.meddle:
            self.meddle.pop(0)()
        entries = self.table.entries.setdefault(environment_id, {})
        if any(entry.entry_id in entries for entry in change.entries):
            raise AlreadyRecordedError(environment_id)
        rows = self.table.operations.setdefault(environment_id, {})
        for row in change.rows:
            present = rows.get(_operation_key(row))
            if (0 if present is None else present.version) != row.version:
                raise ConflictError(_operation_key(row))
        for row in change.rows:
            rows[_operation_key(row)] = replace(row, version=row.version + 1)
        entries.update({entry.entry_id: entry for entry in change.entries})

    def open_environments(self):
        self.calls.append("query open")
        return [one for one, rows in self.table.operations.items() if any(map(_is_open, rows.values()))]


def _is_open(row):
    names = {Condition: "open", Action: "in_flight", Hold: "live"}
    return type(row) in names and getattr(row, names[type(row)])


@dataclass
class FakeSwitches:
    table: FakeTable

    def read(self):
        return self.table.switch

    def turn(self, switch):
        self.table.switch = switch


@dataclass
class FakeRemedies:
    """The workflow that performs actions: started by name, run only when the test says so."""

    started: dict = field(default_factory=dict)
    statuses: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    lose: bool = False

    def start(self, execution_name, payload):
        self.calls.append("start remediate")
        if self.lose:
            raise ConnectionError("cut off before the workflow was started")
        self.started.setdefault(execution_name, dict(payload))
        self.statuses.setdefault(execution_name, "RUNNING")

    def status(self, execution_name):
        return self.statuses.get(execution_name)


@dataclass
class FakeScaling:
    """One scalable target, which takes whatever bounds it is given."""

    facts: ScalingFacts | None = field(default_factory=lambda: ScalingFacts(2, 6))
    failure: str | None = None
    set: list = field(default_factory=list)
    refuse: str = ""
    cut_off: bool = False
    calls: list = field(default_factory=list)

    def describe(self, region, cluster, service):
        self.calls.append("describe scalable target")
        return self.facts

    def last_failure(self, region, cluster, service):
        self.calls.append("describe scaling activities")
        return self.failure

    def set_bounds(self, region, cluster, service, minimum, maximum):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
        if self.cut_off:
            raise TimeoutError("no answer from AWS")
        self.set.append((cluster, service, minimum, maximum))
        self.facts = replace(self.facts, minimum=minimum, maximum=maximum)


@dataclass
class FakeServices:
    """One service; a restart begins a deployment of what runs."""

    clock: FakeClock
    facts: ServiceFacts | None = None
    done: list = field(default_factory=list)

    def __post_init__(self):
        self.facts = self.facts or ServiceFacts(
            2, 2, (Deployment("d-1", "PRIMARY", "COMPLETED", "t:1", 0.0),)
        )

    def describe(self, region, cluster, service):
        return self.facts

    def restart(self, region, cluster, service):
        self.done.append(("restart", cluster, service))
        self.deploy("d-2", self.facts.deployments[0].task_definition)

    def stop_deployment(self, region, cluster, service):
        self.done.append(("stop deployment", cluster, service))
        self.settle()

    def deploy(self, deployment_id, task_definition):
        before = replace(self.facts.deployments[0], status="ACTIVE")
        fresh = Deployment(deployment_id, "PRIMARY", "IN_PROGRESS", task_definition, self.clock.now())
        self.facts = replace(self.facts, deployments=(fresh, before))

    def settle(self):
        whole = replace(self.facts.deployments[0], rollout="COMPLETED")
        self.facts = ServiceFacts(self.facts.desired, self.facts.desired, (whole,))


@dataclass
class FakeMetrics:
    minutes_read: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    def minutes(self, environment, outputs, service, since, until):
        self.calls.append("get metric data")
        return tuple(minute for minute in self.minutes_read if since <= minute.at < until)


@dataclass
class FakeRepose:
    """A gateway that runs, and does at once what it is told; a database takes until the test says so."""

    services: dict = field(default_factory=dict)
    targets: dict = field(default_factory=dict)
    sounding_alarms: set = field(default_factory=set)
    database_status: str = "available"
    lingering: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)

    def service(self, region, cluster, service):
        if service not in self.services:
            return None
        desired = self.services[service]
        return ServiceFacts(desired, self.lingering.get(service, desired))

    def size(self, region, cluster, service, tasks):
        self.calls.append(f"{service} to {tasks}")
        self.services[service] = tasks

    def target(self, region, cluster, service):
        return self.targets.get(service)

    def set_target(self, region, cluster, service, target):
        self.calls.append(f"target of {service}")
        self.targets[service] = target

    def sounding(self, region, prefix):
        return tuple(sorted(name for name in self.sounding_alarms if name.startswith(prefix)))

    def mute(self, region, names):
        self.sounding_alarms -= set(names)

    def unmute(self, region, names):
        self.calls.append("unmute")
        self.sounding_alarms |= set(names)

    def database(self, region, identifier):
        return self.database_status

    def stop_database(self, region, identifier):
        self.calls.append("stop database")
        self.database_status = "stopping"

    def start_database(self, region, identifier):
        self.calls.append("start database")
        self.database_status = "starting"


@dataclass
class FakeAlarms:
    known: dict = field(default_factory=dict)

    def states(self, region, names):
        return {name: self.known[name] for name in names if name in self.known}

    def ringing(self, region, prefix):
        named = {name: state for name, state in self.known.items() if name.startswith(prefix)}
        return {name: state for name, state in named.items() if state.value == "ALARM"}

    def turn(self, name, value, at):
        self.known[name] = AlarmState(value, at)


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


@dataclass
class FakeStacks:
    """CloudFormation, moved by the test: nothing comes to stand before the test says so."""

    outputs: dict = field(default_factory=dict)
    stacks: dict = field(default_factory=dict)
    created: list = field(default_factory=list)
    deleted: list = field(default_factory=list)
    updated: list = field(default_factory=list)
    refuse: dict = field(default_factory=dict)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def describe(self, region, stack_name):
        stack = self.stacks.get(stack_name)
        if stack is None:
            return None
        return ObservedStack(stack.stack_id, stack.status, stack.reason, stack.tags, stack.outputs)

    def events(self, region, stack_id):
        return list(self._by_id(stack_id).history)

    def create(self, region, stack_name, template_url, parameters, tags, request_token):
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
            template_url,
        )
        self.created.append(stack_name)
        return stack_id

    def update(self, region, stack_name, template_url, parameters, request_token):
        if stack_name in self.refuse:
            raise StackRefusedError(self.refuse[stack_name])
        stack = self.stacks[stack_name]
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

    def delete(self, region, stack_id, request_token):
        stack = self._by_id(stack_id)
        if stack.status != "DELETE_IN_PROGRESS":
            stack.status, stack.history = "DELETE_IN_PROGRESS", []
            self.deleted.append(stack.name)

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

    def preview(self, region, stack_name, template_url, parameters):
        self.asked.append(stack_name)
        return list(self.changes.get(stack_name, []))


@dataclass
class FakeTasks:
    started: list = field(default_factory=list)
    exit_codes: dict = field(default_factory=dict)
    refuse: str = ""

    def start(self, region, cluster, family, subnets, security_group, started_by, client_token):
        if self.refuse:
            raise TaskRefusedError(self.refuse)
        if client_token not in self.started:
            self.started.append(client_token)
        return f"arn:aws:ecs:{region}:111122223333:task/{cluster}/{client_token}"

    def describe(self, region, cluster, task_arn):
        code = self.exit_codes.get(task_arn.rsplit("/", 1)[1])
        return ObservedTask(task_arn, code is not None, () if code is None else (code,))

    def stop(self, exit_code):
        self.exit_codes[self.started[-1]] = exit_code


@dataclass
class FakeWorkflows:
    started: list = field(default_factory=list)

    def start(self, work, execution_name, payload):
        start = (work.value, execution_name, json.dumps(payload, sort_keys=True))
        if start not in self.started:
            self.started.append(start)


@dataclass
class FakeCallbacks:
    """Every answer ever given, so that a second one to the same token is seen."""

    answers: list = field(default_factory=list)

    def succeed(self, token, output):
        self.answers.append((token, "succeeded", output))

    def fail(self, token, error, cause):
        self.answers.append((token, error, cause))


@dataclass
class FakeMovers:
    calls: list = field(default_factory=list)

    def deploy(self, environment_id, attempt, node, cause):
        self.calls.append(("deploy", environment_id, attempt, node, cause))

    def prepare(self, environment_id, attempt, node, cause):
        self.calls.append(("prepare", environment_id, attempt, node, cause))

    def remove(self, environment_id, attempt, node, cause):
        self.calls.append(("remove", environment_id, attempt, node, cause))


@dataclass
class FakeOffers:
    """Everything is to be had, but for what the test names."""

    missing_classes: tuple = ()
    closed: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def database_class(self, region, instance_class, *, multi_az):
        self.asked.append((region, instance_class, multi_az))
        return instance_class not in self.missing_classes

    def closed_models(self, region, models):
        self.asked.append((region, tuple(models)))
        return {model: words for model, words in self.closed.items() if model in models}


@dataclass
class FakeBelongings:
    """An account with nothing in the way, but for what the test names."""

    certificates: dict = field(default_factory=dict)
    secret_names: dict = field(default_factory=dict)
    databases: tuple = ()

    def certificate(self, arn):
        return self.certificates.get(arn)

    def secrets(self, region, prefix):
        return {name: going for name, going in self.secret_names.items() if name.startswith(prefix)}

    def has_database(self, region, identifier):
        return identifier in self.databases


@dataclass
class FakeQuotas:
    """An account that is granted what the test says; of other quotas AWS tells nothing."""

    values: dict = field(default_factory=dict)

    def granted(self, region, quotas):
        return {quota: self.values[quota] for quota in quotas if quota in self.values}


@dataclass
class FakeRegions:
    zone_names: list = field(default_factory=lambda: ["us-east-1a", "us-east-1b", "us-east-1c"])
    vpcs: dict = field(default_factory=dict)
    held: int = 0

    def addresses(self, region):
        return self.held

    def zones(self, region):
        return self.zone_names

    def vpc_cidrs(self, region):
        return self.vpcs


@dataclass
class FakeGauges:
    database_state: tuple = ("available", True)
    distribution_state: tuple = ("Deployed", True)
    service_states: dict = field(
        default_factory=lambda: dict.fromkeys(
            ("litellm", "grafana", "langfuse", "victoria-metrics"), (2, "COMPLETED")
        )
    )
    healthy: int = 2

    def database(self, region, identifier):
        return self.database_state

    def distribution(self, distribution_id):
        return self.distribution_state

    def services(self, region, cluster, names):
        return self.service_states

    def healthy_targets(self, region, target_group_arn):
        return self.healthy


@dataclass
class FakeFrontDoor:
    """Answers as a gateway that is well, but for the paths that the test names."""

    answers: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def ask(self, domain, path):
        self.asked.append((domain, path))
        well = {"/v1/models": Answer(401, 0.1), "/langfuse": Answer(302, 0.1, f"https://{domain}:443/")}
        return self.answers.get(path, well.get(path, Answer(200, 0.1)))


@dataclass
class FakeObserver:
    """Finds everything well, but for the verbs that the test gives a reason."""

    reasons: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)

    def ask(self, region, environment, verb):
        self.asked.append((region, environment, verb))
        return Observation(self.reasons.get(verb, ""), 0.1, {"tasks": 2})


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

    def of(self, region, name, environment_id):
        return list(self.left)

    def schedule_secret(self, secret, days):
        self._swap(secret, replace(secret, until=self.clock.now() + days * 86400))

    def erase_secret(self, secret):
        self._swap(secret)

    def delete_snapshot(self, snapshot):
        self._swap(snapshot)

    def _swap(self, before, *after):
        self.left = [one for one in self.left if one.arn != before.arn] + list(after)


@dataclass
class FakeShelf:
    kept: dict = field(default_factory=dict)

    def put(self, key, content):
        self.kept[key] = content


@dataclass
class FakeReplies:
    remembered: dict = field(default_factory=dict)

    def once(self, key, body, work):
        if key not in self.remembered:
            self.remembered[key] = (body, work())
        first_body, reply = self.remembered[key]
        if first_body != body:
            raise IdempotencyKeyReusedError("this Idempotency-Key came with another body before")
        return reply
