"""Workflows and the functions that they call, written down and not run."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from stargate.errors import AwsThrottledError


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
class FakeExaminations:
    """Ordered, and held by the test when it says so."""

    ordered: list = field(default_factory=list)

    def order(self, environment_id, cause):
        self.ordered.append((environment_id, cause))


@dataclass
class FakeLooks:
    """The queue of looks, which somebody else takes from."""

    ordered: list = field(default_factory=list)

    def order(self, environment_id, cause):
        self.ordered.append((environment_id, cause))


@dataclass
class FakeWorkflows:
    """`ended` has how an execution ended, by its name; the others that were started run."""

    started: list = field(default_factory=list)
    ended: dict = field(default_factory=dict)
    throttled: bool = False

    def status(self, work, execution_name):
        if (work.value, execution_name) not in [start[:2] for start in self.started]:
            return None
        return self.ended.get(execution_name, "RUNNING")

    def start(self, work, execution_name, payload):
        if self.throttled:
            raise AwsThrottledError("StartExecution: Rate exceeded")
        start = (work.value, execution_name, json.dumps(payload, sort_keys=True))
        if start not in self.started:
            self.started.append(start)


@dataclass
class FakeReporting:
    """Executions by name: the same name again starts nothing."""

    started: dict = field(default_factory=dict)

    def start(self, execution_name, payload):
        self.started.setdefault(execution_name, dict(payload))


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
    newest_first: bool = False

    def deploy(self, environment_id, attempt, node, cause):
        self.calls.append(("deploy", environment_id, attempt, node, cause))

    def run(self, environment_id, attempt, node, cause):
        self.calls.append(("run", environment_id, attempt, node, cause))

    def remove(self, environment_id, attempt, node, cause):
        self.calls.append(("remove", environment_id, attempt, node, cause))


@dataclass
class FakeTrials:
    begun: list = field(default_factory=list)

    def begin(self, environment_id, cause):
        self.begun.append((environment_id, cause))
