"""An execution from its start to its one end: succeeded, failed, timed out or stopped.

Its end closes its scope, so nothing of it waits on. Whatever ends it first, wins.
"""

import json
import logging
import threading
import time
from typing import Any

from ministack.core.responses import json_response, now_iso
from ministack.services import stepfunctions

from local import latency
from local.workflows import pauses
from local.workflows.tasks import Context, Execution

_log = logging.getLogger("stargate.workflows")
_scopes: dict[str, pauses.Scope] = {}
_ending = threading.Lock()

_QUIET_START = 0.02
"""Real seconds before the first state, so that StartExecution has answered before its effects show."""


def install() -> None:
    stepfunctions._run_execution = run
    stepfunctions._run_sub_machine = walk
    start, stop = stepfunctions._start_execution, stepfunctions._stop_execution

    def start_once(data: dict[str, Any]) -> Any:
        return _running_already(data) or start(data)

    def stop_at_once(data: dict[str, Any]) -> Any:
        with _ending:
            answer = stop(data)
        _close(data.get("executionArn", ""))
        return answer

    stepfunctions._start_execution = start_once
    stepfunctions._stop_execution = stop_at_once


def run(arn: str) -> None:
    """Body of an execution's thread."""
    execution = stepfunctions._executions.get(arn)
    if execution is None:
        return
    scope = pauses.Scope(pauses.current() if execution.get("sync") else None)
    _scopes[arn] = scope
    time.sleep(_QUIET_START)
    latency.wait(latency.FROM_START_TO_FUNCTION)
    try:
        pauses.within(scope, lambda: _run_machine(execution, scope))
    except pauses.StoppedError:
        _log.info("execution %s was stopped", arn)
    except stepfunctions._ExecutionError as error:
        _end(execution, "FAILED", error=error.error, cause=error.cause)
    except Exception as error:  # noqa: BLE001 - whatever broke it, the execution has failed
        _log.exception("execution %s broke", arn)
        _end(execution, "FAILED", error="States.Runtime", cause=repr(error))
    finally:
        _close(arn)


def walk(states: dict[str, Any], start_at: str, given: Any, execution: Execution, context: Context) -> Any:
    """The output of the states from `start_at` to their end: of a machine, a branch or an item."""
    name: str | None = start_at
    while name:
        pauses.current().check()
        given, name = _step(name, states, given, execution, context)
    return given


def _run_machine(execution: Execution, scope: pauses.Scope) -> None:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"])
    if machine is None:
        raise stepfunctions._ExecutionError("States.Runtime", "State machine does not exist any more")
    definition = json.loads(machine["definition"])
    given = json.loads(execution["input"] or "{}")
    timer = _timer(definition, execution, scope)
    try:
        context = _context(definition, machine, execution, given)
        output = walk(definition["States"], definition["StartAt"], given, execution, context)
        _end(execution, "SUCCEEDED", output=json.dumps(output))
    finally:
        timer.cancel()


def _timer(definition: dict[str, Any], execution: Execution, scope: pauses.Scope) -> threading.Timer:
    limit = definition.get("TimeoutSeconds")

    def expire() -> None:
        _end(execution, "TIMED_OUT", error="States.Timeout", cause="")
        scope.close()

    timer = threading.Timer(pauses.real(limit or 0), expire)
    timer.daemon = True
    if limit:
        timer.start()
    return timer


def _context(
    definition: dict[str, Any], machine: dict[str, Any], execution: Execution, given: Any
) -> Context:
    return {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": execution["executionArn"],
            "Input": given,
            "Name": execution["name"],
            "RoleArn": machine["roleArn"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": {},
    }


def _step(
    name: str, states: dict[str, Any], given: Any, execution: Execution, context: Context
) -> tuple[Any, str | None]:
    state = states.get(name)
    if state is None:
        raise stepfunctions._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
    kind = state["Type"]
    context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    _note(execution, f"{kind}StateEntered", "stateEnteredEventDetails", name=name, input=json.dumps(given))
    output, following = _perform(kind, state, given, execution, context)
    _note(execution, f"{kind}StateExited", "stateExitedEventDetails", name=name, output=json.dumps(output))
    return output, following


def _perform(
    kind: str, state: dict[str, Any], given: Any, execution: Execution, context: Context
) -> tuple[Any, str | None]:
    if kind == "Fail":
        raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, given, context))
    if kind == "Succeed":
        return _succeed(state, given, context), None
    executed = getattr(stepfunctions, f"_execute_{kind.lower()}")
    if kind in ("Task", "Parallel", "Map"):
        result: tuple[Any, str | None] = executed(state, given, execution, context)
    else:
        result = executed(state, given, context)
    return result


def _succeed(state: dict[str, Any], given: Any, context: Context) -> Any:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        return stepfunctions._apply_jsonata_output(state, given, context, default=given)
    selected = stepfunctions._apply_input_path(state, given, context)
    return stepfunctions._apply_output_path(state, selected, context)


def _end(execution: Execution, status: str, **outcome: Any) -> None:
    with _ending:
        if execution["status"] != "RUNNING":
            return
        execution.update(outcome, status=status, stopDate=now_iso())
        kind = {"SUCCEEDED": "ExecutionSucceeded", "FAILED": "ExecutionFailed"}.get(
            status, "ExecutionTimedOut"
        )
        _note(execution, kind, f"{kind[0].lower()}{kind[1:]}EventDetails", **outcome)
        stepfunctions._emit_execution_status_event(execution)


def _close(arn: str) -> None:
    scope = _scopes.pop(arn, None)
    if scope is not None:
        scope.close()


def _running_already(data: dict[str, Any]) -> Any:
    """The answer to the same start again while it runs: the same execution, as on AWS."""
    machine = data.get("stateMachineArn", "")
    arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data.get('name')}"
    execution = stepfunctions._executions.get(arn)
    if execution is None or execution["status"] != "RUNNING" or execution["input"] != data.get("input", "{}"):
        return None
    return json_response({"executionArn": arn, "startDate": execution["startDate"]})


def _note(execution: Execution, kind: str, key: str, **details: Any) -> None:
    stepfunctions._add_event(execution, kind, {key: details})
