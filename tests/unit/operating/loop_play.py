"""Plays the loop against fakes: events come when the test says so, and workflows run when it says so."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from stargate.domain.environment import Environment, Status
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.operating.facts import Minute
from stargate.usecases.costs.hold_ceiling import HoldCeiling
from stargate.usecases.life.begin_work import BeginWork
from stargate.usecases.life.change_environment import ChangeEnvironment
from stargate.usecases.narrate import Narrator
from stargate.usecases.operating.decide_condition import Deciding
from stargate.usecases.operating.examine_conditions import ExamineConditions
from stargate.usecases.operating.gather_facts import Instruments
from stargate.usecases.operating.perform_action import PerformAction
from stargate.usecases.operating.settle_action import SettleAction
from stargate.usecases.operating.show_conditions import ShowConditions
from stargate.usecases.operating.show_incidents import ShowIncidents
from stargate.usecases.operating.take_event import TakeEvent
from stargate.usecases.operating.take_signal import TakeSignal
from stargate.usecases.operating.tell_ends import TellEnds
from stargate.usecases.operating.tools import Tools
from stargate.usecases.operating.turn_switch import TurnSwitch
from stargate.usecases.operating.verify_effect import VerifyEffect
from stargate.usecases.people.answer_approval import AnswerApproval
from stargate.usecases.people.follow_link import FollowLink
from stargate.usecases.people.show_approvals import ShowApprovals
from stargate.usecases.people.tell_approvers import TellApprovers
from tests import fakes
from tests.unit.play import manifest

NAME, IDENTIFIER, REGION = "sandbox", "00000000e001", "us-east-1"
LINKS = "https://api.example/v1/links/"
ACCOUNT = f"{REGION}:111122223333"
CRITICAL, WARNING = f"stargate-{NAME}-litellm-cpu-critical", f"stargate-{NAME}-litellm-cpu-warning"


def moment(at):
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def environment(at, **changes):
    given = {
        "environment_id": IDENTIFIER,
        "name": NAME,
        "preset": "sandbox",
        "region": REGION,
        "status": Status.READY,
        "attempt": 1,
        "gateway_version": "0123456789ab",
        "spec": PRESETS["sandbox"].spec,
        "created_at": at,
        "updated_at": at,
        "attempt_started_at": at,
        "cause": "the beginning",
    }
    return Environment(**{**given, **changes})


@dataclass
class LoopPlay:
    table: fakes.FakeTable = field(default_factory=fakes.FakeTable)
    clock: fakes.FakeClock = field(default_factory=fakes.FakeClock)
    identifiers: fakes.FakeIdentifiers = field(default_factory=fakes.FakeIdentifiers)
    remedies: fakes.FakeRemedies = field(default_factory=fakes.FakeRemedies)
    scaling: fakes.FakeScaling = field(default_factory=fakes.FakeScaling)
    metrics: fakes.FakeMetrics = field(default_factory=fakes.FakeMetrics)
    alarms: fakes.FakeAlarms = field(default_factory=fakes.FakeAlarms)
    pager: fakes.FakePager = field(default_factory=fakes.FakePager)
    repose: fakes.FakeRepose = field(default_factory=fakes.FakeRepose)
    shifts: fakes.FakeZonalShifts = field(default_factory=fakes.FakeZonalShifts)
    servers: fakes.FakeDatabaseServers = field(default_factory=fakes.FakeDatabaseServers)
    quotas: fakes.FakeQuotaRequests = field(default_factory=fakes.FakeQuotaRequests)
    pools: fakes.FakeConnectionPools = field(default_factory=fakes.FakeConnectionPools)
    keys: fakes.FakeKeys = field(default_factory=fakes.FakeKeys)
    budgets: fakes.FakeKeyBudgets = field(default_factory=fakes.FakeKeyBudgets)
    models: fakes.FakeModels = field(default_factory=fakes.FakeModels)
    approvers: fakes.FakeApprovers = field(default_factory=fakes.FakeApprovers)
    examinations: fakes.FakeExaminations = field(default_factory=fakes.FakeExaminations)
    identifier: str = IDENTIFIER
    playbook: tuple | None = None
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self):
        self.table.environments[IDENTIFIER] = environment(self.clock.now() - 86400)
        self.table.names[NAME] = IDENTIFIER
        self.operations = fakes.FakeOperations(self.table, rules=self.playbook)
        self.services = fakes.FakeServices(self.clock)
        self.ledger = fakes.FakeLedger(self.table)
        self.sleeps = fakes.FakeWorkflows()
        tools = self.tools()
        instruments = Instruments(tools.sources())
        deciding = Deciding(
            self.operations,
            instruments,
            self.remedies,
            self.clock,
            self.narrator("receive_signal"),
        )
        self.signals = TakeSignal(self.operations, deciding, self.clock, self.narrator("receive_signal"))
        self.hear = TakeEvent(self.signals, fakes.FakeEnvironments(self.table))
        self.settle = SettleAction(self.operations, self.clock, self.narrator("settle_action"))
        self.examine = ExamineConditions(
            self.operations,
            self.alarms,
            self.signals,
            deciding,
            self.settle,
            self.clock,
            self.narrator("examine_conditions"),
            self.ledger,
            (REGION,),
            TellApprovers(
                self.operations, self.pager, self.approvers, fakes.FakeSecrets(), LINKS, self.clock
            ),
            TellEnds(self.pager, self.ledger),
        )
        self.answer = AnswerApproval(
            self.operations, self.examinations, self.clock, self.narrator("somebody")
        )
        self.incidents = ShowIncidents(self.operations, fakes.FakeIncidents(self.table), self.ledger)
        self.link = FollowLink(self.answer)
        self.approvals = ShowApprovals(self.operations, self.clock)
        self.perform = PerformAction(
            self.operations,
            instruments,
            tools.performers(self.pager, self.falling_asleep()),
            self.clock,
            self.narrator("perform_action"),
        )
        self.verify = VerifyEffect(self.operations, Instruments(tools.measuring(self.pager)), self.clock)
        self.conditions = ShowConditions(self.operations)
        environments = fakes.FakeEnvironments(self.table)
        self.change = ChangeEnvironment(
            environments,
            self.operations,
            fakes.FakeManifests(manifest()),
            fakes.FakeWorkflows(),
            self.clock,
            self.identifiers,
            self.narrator("someone"),
            manifest().version,
            HoldCeiling(fakes.FakeManifests(manifest()), fakes.FakePrices()),
            fakes.FakeRegions(),
            fakes.FakeHistories(),
        )
        self.turn_switch = TurnSwitch(fakes.FakeSwitches(self.table), self.clock, "someone")

    def falling_asleep(self):
        """What a person would ask for, and the loop, too."""
        environments = fakes.FakeEnvironments(self.table)
        shared = (self.clock, self.identifiers, self.narrator("perform_action"))
        return BeginWork(environments, self.operations, self.sleeps, *shared)

    def tools(self):
        return Tools(
            scaling=self.scaling,
            services=self.services,
            metrics=self.metrics,
            alarms=self.repose,
            shifts=self.shifts,
            servers=self.servers,
            quotas=self.quotas,
            pools=self.pools,
            keys=self.keys,
            models=self.models,
            budgets=self.budgets,
            clock=self.clock,
        )

    def narrator(self, actor):
        return Narrator(self.clock, self.identifiers, actor)

    # What happens to the gateway, and what AWS tells of it.

    def load(self, cpu, tasks=2, response=1.0, minutes=3):
        """The last minutes measured, each like the other."""
        newest = self.clock.now() // 60 * 60 - 60
        fresh = [
            Minute(newest - 60 * back, cpu, tasks, 1000.0, response) for back in reversed(range(minutes))
        ]
        self.metrics.minutes_read = [
            minute for minute in self.metrics.minutes_read if minute.at < fresh[0].at
        ] + fresh

    def alarm_event(self, name, value, at=None):
        at = self.clock.now() if at is None else at
        return {
            "version": "0",
            "id": f"event-{next(self.numbers)}",
            "detail-type": "CloudWatch Alarm State Change",
            "source": "aws.cloudwatch",
            "account": "111122223333",
            "time": moment(at),
            "region": REGION,
            "resources": [f"arn:aws:cloudwatch:{ACCOUNT}:alarm:{name}"],
            "detail": {"alarmName": name, "state": {"value": value, "timestamp": moment(at)}},
        }

    def alarm(self, name, value, *, told=True):
        """The alarm turns, and its event comes unless it is lost."""
        self.alarms.turn(name, value, self.clock.now())
        event = self.alarm_event(name, value)
        return self.take(event) if told else event

    def task_event(self, task, code="EssentialContainerExited", *, exit_code=1, service="litellm", **detail):
        return {
            "id": f"event-{next(self.numbers)}",
            "detail-type": "ECS Task State Change",
            "source": "aws.ecs",
            "time": moment(self.clock.now()),
            "region": REGION,
            "resources": [],
            "detail": {
                "clusterArn": f"arn:aws:ecs:{ACCOUNT}:cluster/stargate-{NAME}",
                "taskArn": f"arn:aws:ecs:{ACCOUNT}:task/stargate-{NAME}/{task}",
                "group": f"service:{service}",
                "lastStatus": "STOPPED",
                "stopCode": code,
                "stoppedReason": "Essential container in task exited",
                "containers": [{"exitCode": exit_code}],
                **detail,
            },
        }

    def take(self, event):
        """What came of an event that tells of one thing."""
        (taken,) = self.hear(event)
        return taken

    def crash(self, task):
        self.clock.pass_seconds(1)
        return self.take(self.task_event(task))

    def service_event(self, name, kind="ECS Service Action"):
        return {
            "id": f"event-{next(self.numbers)}",
            "detail-type": kind,
            "source": "aws.ecs",
            "time": moment(self.clock.now()),
            "region": REGION,
            "resources": [f"arn:aws:ecs:{ACCOUNT}:service/stargate-{NAME}/litellm"],
            "detail": {"eventName": name},
        }

    # What the control plane does by itself.

    def tick(self, seconds=60):
        self.clock.pass_seconds(seconds)
        return self.examine()

    def performs(self):
        """The newest workflow calls its first function."""
        payload = list(self.remedies.started.values())[-1]
        return self.perform(payload["environment_id"], payload["action_id"])

    def verifies(self):
        payload = list(self.remedies.started.values())[-1]
        return self.verify(payload["environment_id"], payload["action_id"])

    def awaits(self):
        """Verify as often as the workflow does, until it is decided."""
        while (found := self.verifies())["outcome"] == "not_yet":
            self.clock.pass_seconds(30)
        return found["outcome"]

    def settles(self, outcome, reason="as it was measured"):
        name, payload = list(self.remedies.started.items())[-1]
        self.remedies.statuses[name] = "SUCCEEDED"
        return self.settle(payload["environment_id"], payload["action_id"], outcome, reason)

    def runs(self):
        """The newest workflow from beginning to end, as its definition has it."""
        if not self.performs()["performed"]:
            self.remedies.statuses[list(self.remedies.started)[-1]] = "SUCCEEDED"
            return "withdrawn"
        while (found := self.verifies())["outcome"] == "not_yet":
            self.clock.pass_seconds(30)
        self.settles(found["outcome"], found["reason"])
        return found["outcome"]

    def raises_bound(self, cpu=88):
        """CPU turns critical and the bound is raised, all the way."""
        self.load(cpu)
        self.alarm(CRITICAL, "ALARM")
        self.performs()
        self.clock.pass_seconds(120)
        self.services.facts = replace(self.services.facts, desired=4, running=4)
        self.load(50, tasks=4, minutes=1)
        assert self.verifies()["outcome"] == "reached"
        self.settles("reached")

    def examines_at_once(self):
        """What was ordered since, as the event brings it."""
        ordered, self.examinations.ordered = self.examinations.ordered, []
        for environment_id, _ in ordered:
            self.examine.one(environment_id)

    def asked(self):
        """The ids of what people are asked at this moment, the oldest first."""
        return [one["id"] for one in self.approvals.all(25, None)["approvals"]]

    def becomes(self, **changes):
        self.table.environments[IDENTIFIER] = replace(self.table.environments[IDENTIFIER], **changes)

    # What can be asked about the play.

    def touched(self):
        """All that was ever changed of the gateway, in order."""
        changed = (self.shifts, self.servers, self.quotas, self.pools, self.models, self.budgets)
        others = [one for tool in changed for one in tool.done]
        calls = [one for one in self.repose.calls if one in {"mute", "unmute"}]
        return [*self.scaling.set, *self.services.done, *others, *calls, *self.pager.pages]

    def condition(self, key="cpu-high#litellm"):
        return self.operations.by_id(IDENTIFIER).operations.conditions.get(key)

    def actions(self):
        return list(self.operations.by_id(IDENTIFIER).operations.actions.values())

    def hold(self):
        return self.operations.by_id(IDENTIFIER).operations.holds.get("capacity:litellm")

    def entries(self, kind=None):
        return self.ledger.page(IDENTIFIER, None, kind, 1000, None).items

    def summaries(self, kind=None):
        return [entry.summary for entry in self.entries(kind)]

    def held_by(self, key="cpu-high#litellm"):
        return self.condition(key).decided.guard
