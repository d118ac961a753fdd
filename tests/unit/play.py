"""Plays the control plane against fakes, so that a scenario reads aloud.

The workflow is played as its definition has it: one waiting task per node, called once with a token, and
called again with a new one when it has waited too long. Events are delivered only when the test says so.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime

from stargate.domain.environment import Status
from stargate.domain.gateway.graph import GATEWAY
from stargate.domain.gateway.manifest import Manifest
from stargate.domain.provisioning.events import read_event
from stargate.errors import StackFailedError, StepFailedError, SupersededError
from stargate.usecases.costs.hold_ceiling import HoldCeiling
from stargate.usecases.life.change_environment import ChangeEnvironment
from stargate.usecases.life.retire_environment import RetireEnvironment
from stargate.usecases.narrate import Narrator
from stargate.usecases.provisioning.create_environment import CreateEnvironment
from stargate.usecases.provisioning.deploy_stack import DeployStack
from stargate.usecases.provisioning.node_moves import Call, Desk
from stargate.usecases.provisioning.notice_progress import NoticeProgress
from stargate.usecases.provisioning.remove_stack import RemoveStack
from stargate.usecases.provisioning.run_step import RunStep
from stargate.usecases.provisioning.settle_environment import SettleEnvironment
from stargate.usecases.provisioning.show_environments import ShowEnvironments
from tests import fakes

OUTPUTS = {
    "network": {
        "VpcId": "vpc-1",
        "PrivateSubnetIds": "subnet-1,subnet-2",
        "PrepareSecurityGroupId": "sg-1",
        "MirrorSecurityGroupId": "sg-2",
    },
    "balancer": {"LitellmTargetGroupArn": "arn:litellm"},
    "data": {"DatabaseEndpoint": "first.example"},
    "edge": {
        "DistributionId": "E1",
        "DistributionDomain": "d1.cloudfront.net",
        "GatewayUrl": "https://d1.cloudfront.net",
    },
}
OWN_PARAMETERS = {
    "litellm": ["LitellmMinTasks", "LitellmMaxTasks", "LitellmTargetGroupArn", "DatabaseEndpoint"],
    "data": ["DatabaseClass"],
}
REQUEST = {"name": "sandbox", "preset": "sandbox"}


def manifest():
    stacks = {}
    for node in GATEWAY.stacks:
        parameters = ["Environment"] + (["VpcId"] if "network" in GATEWAY.all_needs(node.name) else [])
        parameters += OWN_PARAMETERS.get(node.name, [])
        stacks[node.name] = {
            "key": f"stacks/{node.name}.yaml",
            "parameters": parameters,
            "outputs": list(OUTPUTS.get(node.name, {})),
            "defaults": {},
            "conditions": {},
            "resources": {name: {"type": "AWS::X", "condition": None} for name in ("First", "Second")},
        }
    return Manifest.from_document({"version": "0123456789ab", "stacks": stacks})


@dataclass
class Play:
    table: fakes.FakeTable = field(default_factory=fakes.FakeTable)
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    identifiers: fakes.FakeIdentifiers = field(default_factory=fakes.FakeIdentifiers)
    stacks: fakes.FakeStacks = field(default_factory=lambda: fakes.FakeStacks(OUTPUTS))
    tasks: fakes.FakeTasks = field(default_factory=fakes.FakeTasks)
    callbacks: fakes.FakeCallbacks = field(default_factory=fakes.FakeCallbacks)
    movers: fakes.FakeMovers = field(default_factory=fakes.FakeMovers)
    workflows: fakes.FakeWorkflows = field(default_factory=fakes.FakeWorkflows)
    scaling: fakes.FakeScaling = field(default_factory=fakes.FakeScaling)
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    events: list = field(default_factory=list)
    environment: object = None

    def __post_init__(self):
        self.environments = fakes.FakeEnvironments(self.table)
        self.regions = fakes.FakeRegions()
        self.histories = fakes.FakeHistories()
        self.operations = fakes.FakeOperations(self.table)
        self.nodes = fakes.FakeNodes(self.table)
        self.ledger = fakes.FakeLedger(self.table)
        self.manifests = fakes.FakeManifests(manifest())
        self.prices = fakes.FakePrices()
        ceiling = HoldCeiling(self.manifests, self.prices)
        self.create = CreateEnvironment(
            self.environments,
            self.manifests,
            self.workflows,
            self.clock,
            self.identifiers,
            self.narrator("arn:aws:iam::111122223333:user/someone"),
            "0123456789ab",
            self.histories,
            ceiling,
        )
        self.retire = RetireEnvironment(
            self.environments, self.workflows, self.clock, self.identifiers, self.narrator("someone")
        )
        self.change = ChangeEnvironment(
            self.environments,
            self.operations,
            self.manifests,
            self.workflows,
            self.clock,
            self.identifiers,
            self.narrator("someone"),
            "0123456789ab",
            ceiling,
            self.regions,
            self.histories,
        )
        self.show = ShowEnvironments(self.environments, self.nodes, self.ledger, self.histories, self.clock)
        self.deploy = DeployStack(
            self.desk("deploy_stack", StackFailedError),
            self.stacks,
            self.manifests,
            self.scaling,
            "bucket",
            "arn:boundary",
        )
        self.prepare = RunStep(self.desk("run_step", StepFailedError), self.stacks, self.tasks)
        self.remove = RemoveStack(self.desk("remove_stack", StackFailedError), self.stacks)
        self.notice = NoticeProgress(
            self.environments, self.nodes, self.movers, self.clock, self.narrator("notice_progress")
        )
        self.settle = SettleEnvironment(
            self.environments,
            self.workflows,
            self.clock,
            self.identifiers,
            self.narrator("settle_environment"),
            self.nodes,
            self.histories,
        )

    def narrator(self, actor):
        return Narrator(self.clock, self.identifiers, actor)

    def desk(self, actor, error):
        return Desk(
            self.environments,
            self.nodes,
            self.callbacks,
            self.clock,
            self.narrator(actor),
            error.__name__,
            self.movers,
        )

    # What people and workflows do.

    def ask(self, **changes):
        self.environment = self.create({**REQUEST, **changes})
        return self.environment

    def begin_provision(self, names=GATEWAY.names):
        for name in names:
            self.call(name)

    def lift_protection(self):
        self.environment = self.change(self.environment.name, {"deletion_protection": False})

    def begin_retire(self):
        self.lift_protection()
        self.environment = self.retire(self.environment.name)
        for node in GATEWAY.reversed().stacks:
            self.call(node.name)

    def call(self, name):
        """The workflow calls a mover with a new token."""
        token = f"{name}#{self.environment.attempt}#{next(self.numbers)}"
        self._move(Call(self.environment.environment_id, self.environment.attempt, name, token))
        return token

    def _move(self, call):
        retiring = self.environments.get(call.environment_id).status is Status.RETIRING
        is_step = GATEWAY.node(call.node).kind == "step"
        mover = self.remove if retiring else self.prepare if is_step else self.deploy
        try:
            return mover(call)
        except SupersededError as error:
            self.callbacks.fail(call.token, "SupersededError", str(error))
            return str(error)

    def fail_environment(self):
        """What the workflow does after the first failed node."""
        error, cause = next((e, c) for _, e, c in self.callbacks.answers if e.endswith("FailedError"))
        return self.settle(
            self.environment.environment_id, self.environment.attempt, Status.FAILED, error, cause
        )

    # What CloudFormation and ECS do, and what they tell of it.

    def stack_name(self, name):
        return self.environment.stack_name(name)

    def stands(self, name, *, told=True, seconds=60):
        self.clock.pass_seconds(seconds)
        for resource in ("First", "Second"):
            self.resource_event(name, resource, "CREATE_COMPLETE", told=told)
        self.stacks.stand(self.stack_name(name))
        self.stack_event(name, "CREATE_COMPLETE", told=told)

    def breaks(self, name, resource, reason, *, told=True):
        self.stacks.fail_resource(self.stack_name(name), resource, "AWS::RDS::DBInstance", reason)
        self.resource_event(name, resource, "CREATE_FAILED", told=told)

    def is_gone(self, name, *, told=True):
        self.clock.pass_seconds(30)
        stack = self.stacks.vanish(self.stack_name(name))
        if told:
            self._deliver(self._stack_event(stack.stack_id, "DELETE_COMPLETE"))

    def task_stops(self, exit_code, *, told=True):
        self.clock.pass_seconds(60)
        family = self.tasks.stop(exit_code)
        detail = {
            "lastStatus": "STOPPED",
            "containers": [{"exitCode": exit_code}],
            "group": f"family:{family}",
            "startedBy": f"stargate/{self.environment.environment_id}/{self.environment.attempt}",
        }
        if told:
            self._deliver(self._event("ECS Task State Change", detail))

    def stack_event(self, name, status, *, told=True):
        stack = self.stacks.stacks[self.stack_name(name)]
        event = self._stack_event(stack.stack_id, status)
        if told:
            self._deliver(event)

    def _stack_event(self, stack_id, status):
        detail = {"stack-id": stack_id, "status-details": {"status": status, "status-reason": ""}}
        return self._event("CloudFormation Stack Status Change", detail)

    def resource_event(self, name, resource, status, *, told=True):
        stack = self.stacks.stacks[self.stack_name(name)]
        detail = {
            "stack-id": stack.stack_id,
            "logical-resource-id": resource,
            "resource-type": "AWS::X",
            "status-details": {"status": status, "status-reason": ""},
        }
        if told:
            self._deliver(self._event("CloudFormation Resource Status Change", detail))

    def _event(self, kind, detail):
        time = datetime.fromtimestamp(self.clock.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"id": f"event-{next(self.numbers)}", "detail-type": kind, "time": time, "detail": detail}

    def _deliver(self, event):
        """Tell the control plane, and let the functions it wakes run."""
        self.events.append(event)
        happening = read_event(event)
        if happening is not None:
            self.notice(happening)
        while self.movers.calls:
            _, environment_id, attempt, node, cause = self.movers.calls.pop(
                -1 if self.movers.newest_first else 0
            )
            self._move(Call(environment_id, attempt, node, None, cause))

    def tell_again(self, index=-1):
        self._deliver(self.events[index])

    def stand_all(self):
        """Everything comes to stand, each as soon as it was submitted."""
        while True:
            names = self.in_progress()
            if names:
                self.stands(names[0])
            elif any(self.status(step.name) == "SUBMITTED" for step in self.environment.graph.steps):
                self.task_stops(0)
            else:
                return

    def all_gone(self):
        while names := [s.name for s in self.stacks.stacks.values() if s.status == "DELETE_IN_PROGRESS"]:
            self.is_gone(names[0].split("-", 2)[2])

    # What can be asked about the play.

    def in_progress(self):
        stacks = self.stacks.stacks.values()
        return [stack.name.split("-", 2)[2] for stack in stacks if stack.status == "CREATE_IN_PROGRESS"]

    def submitted(self):
        return [name for name, state in self.states().items() if state.submitted_at is not None]

    def states(self):
        return self.nodes.all(self.environment.environment_id)

    def status(self, name):
        return self.states()[name].status.value

    def answers(self, name):
        return [answer for answer in self.callbacks.answers if answer[0].split("#")[0] == name]

    def summaries(self):
        page = self.ledger.page(self.environment.environment_id, None, None, 1000, None)
        return [entry.summary for entry in page.items]
