# ruff: noqa: ARG002  (a fake takes what its port takes, and needs less of it)
"""A running gateway, as measured and as changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stargate.domain.gateway.front_door import Answer
from stargate.domain.gateway.observer import Observation
from stargate.domain.operating.facts import AlarmState, Deployment, ScalingFacts, ServiceFacts, Task
from stargate.errors import ActionRefusedError

if TYPE_CHECKING:
    from tests.fakes.world import FakeClock


@dataclass
class FakeScaling:
    """One scalable target, which takes whatever bounds it is given."""

    facts: ScalingFacts | None = field(default_factory=lambda: ScalingFacts(2, 6))
    failure: str | None = None
    set: list = field(default_factory=list)
    refuse: str = ""
    cut_off: bool = False
    calls: list = field(default_factory=list)
    later: tuple | None = None
    refuses_later: str = ""

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

    def set_bounds_at(self, region, cluster, service, bounds, at):
        """`later` is what AWS will set by itself, and when."""
        if self.refuses_later:
            raise ActionRefusedError(self.refuses_later)
        self.later = (bounds, at)


@dataclass
class FakeServices:
    """One service; a restart begins a deployment of what runs."""

    clock: FakeClock
    facts: ServiceFacts | None = None
    done: list = field(default_factory=list)
    refuse: str = ""
    running: list = field(default_factory=list)

    def __post_init__(self):
        self.running = self.running or [Task("t-1", "10.0.1.1", 0.0), Task("t-2", "10.0.2.2", 1.0)]
        self.facts = self.facts or ServiceFacts(
            2, 2, (Deployment("d-1", "PRIMARY", "COMPLETED", "t:1", 0.0),)
        )

    def describe(self, region, cluster, service):
        return self.facts

    def tasks(self, region, cluster, service):
        return tuple(self.running)

    def stop_task(self, region, cluster, service, task_id):
        self.done.append(("stop task", cluster, service, task_id))
        self.running = [task for task in self.running if task.task_id != task_id]
        self.facts = replace(self.facts, running=len(self.running))

    def restart(self, region, cluster, service):
        if self.refuse:
            raise ActionRefusedError(self.refuse)
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


def standing_in(regions, where, names):
    """Of these alarms: `where` has the region of those that are in no other; the rest are anywhere."""
    return {name for name in names if where.get(name, regions[0]) in regions}


@dataclass
class FakeRepose:
    """A gateway that runs, and does at once what it is told; a database takes until the test says so."""

    services: dict = field(default_factory=dict)
    targets: dict = field(default_factory=dict)
    sounding_alarms: set = field(default_factory=set)
    where: dict = field(default_factory=dict)
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

    def sounding(self, regions, prefix):
        there = standing_in(regions, self.where, self.sounding_alarms)
        return tuple(sorted(name for name in there if name.startswith(prefix)))

    def mute(self, regions, names):
        if self.sounding_alarms & set(names):
            self.calls.append("mute")
        self.sounding_alarms -= standing_in(regions, self.where, names)

    def unmute(self, regions, names):
        self.calls.append("unmute")
        self.sounding_alarms |= standing_in(regions, self.where, names)

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
    where: dict = field(default_factory=dict)

    def states(self, regions, names):
        there = standing_in(regions, self.where, names)
        return {name: self.known[name] for name in there if name in self.known}

    def ringing(self, region, prefix):
        named = (name for name in standing_in([region], self.where, self.known) if name.startswith(prefix))
        return {name: self.known[name] for name in named if self.known[name].value == "ALARM"}

    def turn(self, name, value, at):
        self.known[name] = AlarmState(value, at)


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
    """Finds everything well, but for the verbs that the test gives a reason; `measured` by verb."""

    reasons: dict = field(default_factory=dict)
    measured: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    given: list = field(default_factory=list)
    silent: bool = False

    def ask(self, region, environment, verb, given=None):
        self.asked.append((region, environment, verb))
        self.given.append(given)
        if self.silent:
            return Observation("the observer does not answer: ReadTimeoutError", asked=False)
        return Observation(self.reasons.get(verb, ""), 0.1, self.measured.get(verb, {"tasks": 2}))
