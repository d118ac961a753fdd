"""One task state: its rights, its call, its token, its time-out and heartbeat, its retries and its catch."""

import contextvars
import json
import random
import threading
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from local.workflows import pauses, retries, rights, tokens

State = dict[str, Any]
Execution = dict[str, Any]
Context = dict[str, Any]

_chance = random.Random()  # noqa: S311 - jitter


def install() -> None:
    stepfunctions._execute_task = execute_task
    stepfunctions._call_lambda = _call_function


def execute_task(state: State, given: Any, execution: Execution, context: Context) -> tuple[Any, str | None]:
    """Output and next state, or the error that nothing caught, raised."""
    return with_retries(state, given, context, lambda: _attempt(state, given, execution, context))


def with_retries(
    state: State, given: Any, context: Context, attempt: Callable[[], tuple[Any, str | None]]
) -> tuple[Any, str | None]:
    """What `Retry` and `Catch` of a Task, Parallel or Map state make of its attempts."""
    counts: dict[int, int] = {}
    entered = context["State"]
    while True:
        context["State"] = {**entered, "RetryCount": sum(counts.values())}
        try:
            return attempt()
        except stepfunctions._ExecutionError as error:
            pauses.current().check()
            retrier, index = stepfunctions._find_matching_retrier(state.get("Retry", []), error.error, counts)
            if retrier is None:
                return _caught(state, given, context, error)
            pauses.pause(retries.delay(retrier, counts.get(index, 0), _chance))
            counts[index] = counts.get(index, 0) + 1


def _caught(state: State, given: Any, context: Context, error: Any) -> tuple[Any, str | None]:
    catcher = stepfunctions._find_matching_catcher(state.get("Catch", []), error.error)
    if catcher is None:
        raise error
    language = stepfunctions._state_query_language(state, context)
    found = {"Error": error.error, "Cause": error.cause}
    return stepfunctions._apply_catcher(catcher, given, context, language, found), catcher["Next"]


def _attempt(state: State, given: Any, execution: Execution, context: Context) -> tuple[Any, str | None]:
    resource = state["Resource"]
    token = tokens.give() if resource.endswith(".waitForTaskToken") else None
    if token is not None:
        context["Task"] = {"Token": token.value}
    try:
        arguments = _arguments(state, given, context)
        _note(
            execution,
            "TaskScheduled",
            resource,
            resourceType=_kind(resource),
            parameters=json.dumps(arguments),
        )
        result = _perform(resource, arguments, execution, token, _timing(state, given, context))
        _note(execution, "TaskSucceeded", resource, output=json.dumps(result))
    except stepfunctions._ExecutionError as error:
        kind = "TaskTimedOut" if error.error == "States.Timeout" else "TaskFailed"
        _note(execution, kind, resource, error=error.error, cause=error.cause)
        raise
    finally:
        if token is not None:
            tokens.spend(token)
    return _output(state, given, context, result), stepfunctions._next_or_end(state)


def _perform(
    resource: str,
    arguments: Any,
    execution: Execution,
    token: tokens.Token | None,
    timing: "tuple[float | None, float | None]",
) -> Any:
    machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) or {}
    rights.check(machine.get("roleArn", ""), execution["name"], resource, arguments)
    timeout, heartbeat = timing
    if token is None:
        return _in_time(
            lambda: stepfunctions._invoke_resource(resource, arguments), _real_limit(resource, timeout)
        )
    call = resource.removesuffix(".waitForTaskToken")
    return _await(token, lambda: stepfunctions._invoke_resource(call, arguments), timeout, heartbeat)


def _real_limit(resource: str, timeout: float | None) -> float | None:
    """A function computes, and computing is not compressed, so its time-out counts real seconds too."""
    if timeout is None or ":activity:" in resource:
        return None
    computes = ":::lambda:invoke" in resource or ":function:" in resource
    return timeout if computes else pauses.real(timeout)


class _Call:
    """A call running aside, so that its waiting can be ended by a time-out or a stop."""

    def __init__(self, call: Callable[[], Any], ended: threading.Event) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._call, self._ended = call, ended
        target = contextvars.copy_context().run
        threading.Thread(target=target, args=(self._run,), daemon=True).start()

    def _run(self) -> None:
        try:
            self.result = self._call()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            self.error = error
        self._ended.set()


def _in_time(call: Callable[[], Any], real_limit: float | None) -> Any:
    ended = threading.Event()
    running = _Call(call, ended)
    if not pauses.current().wait(ended, real_limit):
        raise stepfunctions._ExecutionError("States.Timeout", "")
    if running.error is not None:
        raise running.error
    return running.result


def _await(
    token: tokens.Token, call: Callable[[], Any], timeout: float | None, heartbeat: float | None
) -> Any:
    """The answer to the token; a call that fails fails the task at once, and so does silence."""

    def call_and_report() -> None:
        try:
            call()
        except stepfunctions._ExecutionError as error:
            if tokens.spend(token):
                token.error = (error.error, error.cause)
                token.answered.set()
                token.beat.set()

    _Call(call_and_report, threading.Event())
    _wait_for_answer(token, timeout, heartbeat)
    return token.result()


def _wait_for_answer(token: tokens.Token, timeout: float | None, heartbeat: float | None) -> None:
    scope = pauses.current()
    if heartbeat is None:
        if not scope.wait(token.answered, None if timeout is None else pauses.real(timeout)) and tokens.spend(
            token
        ):
            raise stepfunctions._ExecutionError("States.Timeout", "")
        token.answered.wait()
        return
    left = timeout
    while not token.answered.is_set():
        step = heartbeat if left is None else min(heartbeat, left)
        token.beat.clear()
        if (
            not token.answered.is_set()
            and not scope.wait(token.beat, pauses.real(step))
            and tokens.spend(token)
        ):
            name = "States.HeartbeatTimeout" if step == heartbeat else "States.Timeout"
            raise stepfunctions._ExecutionError(name, "")
        left = None if left is None else left - step


def _call_function(reference: str, event: Any) -> Any:
    """Invoke as the Lambda integration does: the function's own error fails the task, so does a throttle."""
    function, config, name = lambda_svc._get_func_record_for_ref(reference)
    if not function or not config:
        raise stepfunctions._ExecutionError("Lambda.ResourceNotFoundException", f"Function not found: {name}")
    record = lambda_svc._execution_record_for_config(function, config)
    result = lambda_svc._execute_function_with_config_scope(record, event)
    body = result.get("body")
    if result.get("throttle"):
        raise stepfunctions._ExecutionError("Lambda.TooManyRequestsException", str(body.get("message", "")))
    if result.get("error"):
        failure = body if isinstance(body, dict) else {"errorMessage": str(body)}
        raise stepfunctions._ExecutionError(failure.get("errorType", "Lambda.Unknown"), json.dumps(failure))
    return _parsed(body)


def _parsed(body: Any) -> Any:
    if not isinstance(body, str | bytes):
        return body
    try:
        return json.loads(body)
    except ValueError:
        return body.decode() if isinstance(body, bytes) else body


def _arguments(state: State, given: Any, context: Context) -> Any:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        return stepfunctions._apply_jsonata_arguments(state, given, context)
    selected = stepfunctions._apply_input_path(state, given, context)
    return stepfunctions._apply_parameters(state, selected, context)


def _output(state: State, given: Any, context: Context, result: Any) -> Any:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        output = stepfunctions._apply_jsonata_output(state, given, context, result=result, default=result)
        stepfunctions._apply_state_assign(state, given, context, result=result)
        return output
    selected = stepfunctions._apply_result_selector(state, result)
    placed = stepfunctions._apply_result_path(state, given, selected)
    return stepfunctions._apply_output_path(state, placed, context)


def _timing(state: State, given: Any, context: Context) -> tuple[float | None, float | None]:
    """Seconds until the time-out and between heartbeats; none where the state sets none."""
    return _seconds("TimeoutSeconds", state, given, context), _seconds(
        "HeartbeatSeconds", state, given, context
    )


def _seconds(field: str, state: State, given: Any, context: Context) -> float | None:
    if f"{field}Path" in state:
        return float(stepfunctions._resolve_path_or_ctx(state[f"{field}Path"], given, context))
    if field not in state:
        return None
    if stepfunctions._state_query_language(state, context) == "JSONata":
        return float(stepfunctions._jsonata_state_field(state, field, "number", given, context))
    return float(state[field])


def _kind(resource: str) -> str:
    return "lambda" if ":lambda:" in resource else resource.partition(":::")[2].split(":")[0] or "states"


def _note(execution: Execution, kind: str, resource: str, **details: Any) -> None:
    key = f"{kind[0].lower()}{kind[1:]}EventDetails"
    stepfunctions._add_event(execution, kind, {key: {"resource": resource, **details}})
