"""A stage for the workflows: the local cloud's Step Functions in this process, and functions that play.

A definition is run as it is deployed, with the rights that template.yaml gives it; time passes 900 times as
fast. What a function does is an answer: a plain function from the payload to the result.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jsonata.timebox import Timebox
from ministack.services import iam, stepfunctions

from local import workflows
from local.clock import Clock
from stargate.domain.gateway.graph import GATEWAY
from tests.template.asl import DEFINITIONS, function_arn, substituted
from tests.template.control_plane import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[dict[str, Any]], Any]

SCALE = 900.0  # an hour, which a workflow may take, is four seconds: no busy machine is still for so long
REAL_SECONDS = 60  # no path takes longer, on however busy a machine
ACCOUNT = "000000000000"
ENVIRONMENT = {"environment_id": "0123456789ab", "attempt": 2}
MOVERS = ("deploy-stack", "run-step", "remove-stack")


def stands(payload: dict[str, Any]) -> None:
    """The node is as it should be: the token is answered."""
    output = json.dumps({"node": payload["node"], "status": "STANDING"})
    stepfunctions._send_task_success({"taskToken": payload["token"], "output": output})


def says_nothing(_payload: dict[str, Any]) -> None:
    """The function parks the token, and no event ever comes."""


def answers(result: Any) -> Answer:
    return lambda _payload: result


def fails(error: str, cause: str) -> Answer:
    """The token is answered with a failure."""
    return lambda payload: stepfunctions._send_task_failure(
        {"taskToken": payload["token"], "error": error, "cause": cause}
    )


def raises(error: str, message: str) -> Answer:
    """The function itself fails, and Lambda tells it as it does."""

    def answer(_payload: dict[str, Any]) -> None:
        cause = json.dumps({"errorMessage": message, "errorType": error, "stackTrace": []})
        raise stepfunctions._ExecutionError(error, cause)

    return answer


def in_turn(*several: Answer) -> Answer:
    """One after the other, and the last one from then on."""
    waiting = list(several)

    def answer(payload: dict[str, Any]) -> Any:
        return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(payload)

    return answer


@dataclass
class Run:
    """What became of one execution, and what it asked of whom."""

    status: str
    error: str
    cause: str
    path: list[str]
    calls: list[tuple[str, dict[str, Any]]] = field(repr=False)

    def asked(self, function: str) -> list[dict[str, Any]]:
        return [payload for name, payload in self.calls if name == function]

    def times(self, function: str) -> Counter[str]:
        """How often the function was called for each node."""
        return Counter(payload["node"] for payload in self.asked(function))

    @property
    def settled(self) -> list[dict[str, Any]]:
        """What the environment was told, without who it is."""
        return [
            {key: value for key, value in payload.items() if key not in ENVIRONMENT}
            for payload in self.asked("settle-environment")
        ]


@dataclass
class Stage:
    """Who plays what. Unless told otherwise everything stands, every check holds, every row is written."""

    parts: dict[str, Answer] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def play(self, workflow: str, given: dict[str, Any] | None = None, **parts: Answer) -> Run:
        """Run it once. Parts are named by function or node: `check_gateway=…`, `data=…`."""
        self.cast(**parts)
        return self.ran(workflow, start(deploy(workflow), given or ENVIRONMENT))

    def cast(self, **parts: Answer) -> None:
        self.parts = {name.replace("_", "-"): part for name, part in parts.items()}

    def ran(self, workflow: str, execution_arn: str) -> Run:
        """What became of an execution, once it has ended."""
        assert self.ended.wait(REAL_SECONDS), "the execution did not end"
        execution = stepfunctions._executions[execution_arn]
        return Run(
            execution["status"],
            execution.get("error") or "",
            execution.get("cause") or "",
            _path(workflow, execution["events"]),
            self.calls,
        )

    def call(self, reference: str, payload: dict[str, Any]) -> Any:
        name = reference.rsplit(":stargate-", 1)[1]
        self.calls.append((name, payload))
        default = stands if name in MOVERS else answers({})
        return self.parts.get(payload.get("node", name), self.parts.get(name, default))(payload)

    def hear(self, execution: dict[str, Any]) -> None:
        if execution["status"] != "RUNNING":
            self.ended.set()


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Step Functions as the local cloud runs it, and untouched again afterwards."""
    saved = dict(vars(stepfunctions))
    milliseconds = Timebox.__dict__["current_milli_time"]
    made = Stage()
    try:
        workflows.install(Clock.starting_now(SCALE))
        stepfunctions._call_lambda = made.call
        stepfunctions._emit_execution_status_event = made.hear
        yield made
    finally:
        vars(stepfunctions).update(saved)
        Timebox.current_milli_time = milliseconds
        stepfunctions.reset()
        iam.reset()


def nodes(kind: str | None = None) -> set[str]:
    return {node.name for node in GATEWAY.nodes if kind in (None, node.kind)}


def start(arn: str, given: dict[str, Any], name: str | None = None) -> str:
    """Start one execution, and give its ARN."""
    named = {"name": name} if name else {}
    begun = stepfunctions._start_execution({"stateMachineArn": arn, "input": json.dumps(given), **named})
    execution: str = _answer_of(begun)["executionArn"]
    return execution


def deploy(workflow: str) -> str:
    """Make the machine with the rights that template.yaml gives it, and give its ARN."""
    role = f"{workflow}Role"
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam._create_role({"RoleName": [role], "AssumeRolePolicyDocument": [_policy([trust])]})
    rights = [
        {**statement, "Resource": _arns(statement["Resource"])}
        for policy in RESOURCES[workflow]["Properties"]["Policies"]
        for statement in policy["Statement"]
    ]
    iam._put_role_policy({"RoleName": [role], "PolicyName": ["rights"], "PolicyDocument": [_policy(rights)]})
    made = stepfunctions._create_state_machine(
        {
            "name": f"stargate-{workflow}",
            "definition": json.dumps(substituted(workflow)),
            "roleArn": f"arn:aws:iam::{ACCOUNT}:role/control-plane/{role}",
        }
    )
    arn: str = _answer_of(made)["stateMachineArn"]
    return arn


def _arns(resources: Any) -> Any:
    """The ARNs that CloudFormation would put where the template refers to a function."""
    return (
        resources if resources == "*" else [function_arn(resource["Fn::GetAtt"][0]) for resource in resources]
    )


def _policy(rules: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": rules})


def _answer_of(response: Any) -> dict[str, Any]:
    status, _, body = response
    assert status == 200, body
    answer: dict[str, Any] = json.loads(body)
    return answer


def _path(workflow: str, events: list[dict[str, Any]]) -> list[str]:
    """The states of the graph itself, in the order entered; the nodes are in the calls."""
    entered = [
        event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("Entered")
    ]
    return [name for name in entered if name in DEFINITIONS[workflow]["States"]]
