"""Parallel states: each branch has its own context, and the first that fails ends the others at once."""

import contextvars
import copy
import threading
from typing import Any

from ministack.services import stepfunctions

from local.workflows import pauses
from local.workflows.tasks import Context, Execution, State, with_retries


def install() -> None:
    stepfunctions._execute_parallel = execute_parallel
    stepfunctions._execute_map = execute_map


def execute_parallel(
    state: State, given: Any, execution: Execution, context: Context
) -> tuple[Any, str | None]:
    return with_retries(state, given, context, lambda: _run(state, given, execution, context))


def execute_map(state: State, given: Any, execution: Execution, context: Context) -> tuple[Any, str | None]:
    return with_retries(
        state, given, context, lambda: stepfunctions._run_map_items(state, given, execution, context)
    )


class _Branches:
    """The branches of one attempt, and the first failure among them."""

    def __init__(self, count: int) -> None:
        self.scope = pauses.Scope(pauses.current())
        self.results: list[Any] = [None] * count
        self.failure: BaseException | None = None
        self.ended = threading.Event()
        self._running = count
        self._lock = threading.Lock()

    def run(self, index: int, branch: State, given: Any, execution: Execution, context: Context) -> None:
        failure: BaseException | None = None
        try:
            self.results[index] = pauses.within(
                self.scope,
                lambda: stepfunctions._run_sub_machine(
                    branch["States"], branch["StartAt"], given, execution, context
                ),
            )
        except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
            failure = error
        self._end(failure)

    def _end(self, failure: BaseException | None) -> None:
        with self._lock:
            self._running -= 1
            first = failure is not None and self.failure is None
            if first:
                self.failure = failure
            done = self._running == 0
        if first:
            self.scope.close()
        if first or done:
            self.ended.set()


def _run(state: State, given: Any, execution: Execution, context: Context) -> tuple[Any, str | None]:
    jsonata = stepfunctions._state_query_language(state, context) == "JSONata"
    effective = _branch_input(state, given, context, jsonata=jsonata)
    definitions = state["Branches"]
    branches = _Branches(len(definitions))
    for index, branch in enumerate(definitions):
        own = copy.deepcopy(context)
        arguments = (index, branch, effective, execution, own)
        target = contextvars.copy_context().run
        threading.Thread(target=target, args=(branches.run, *arguments), daemon=True).start()
    pauses.current().wait(branches.ended, None)
    if branches.failure is not None:
        raise _as_task_error(branches.failure)
    return _output(state, given, context, branches.results, jsonata=jsonata), stepfunctions._next_or_end(
        state
    )


def _branch_input(state: State, given: Any, context: Context, *, jsonata: bool) -> Any:
    if jsonata:
        return stepfunctions._apply_jsonata_arguments(state, given, context)
    selected = stepfunctions._apply_input_path(state, given, context)
    return stepfunctions._apply_parameters(state, selected, context)


def _output(state: State, given: Any, context: Context, results: list[Any], *, jsonata: bool) -> Any:
    if jsonata:
        output = stepfunctions._apply_jsonata_output(state, given, context, result=results, default=results)
        stepfunctions._apply_state_assign(state, given, context, result=results)
        return output
    selected = stepfunctions._apply_result_selector(state, results)
    placed = stepfunctions._apply_result_path(state, given, selected)
    return stepfunctions._apply_output_path(state, placed, context)


def _as_task_error(failure: BaseException) -> BaseException:
    known = isinstance(failure, stepfunctions._ExecutionError | pauses.StoppedError)
    return failure if known else stepfunctions._ExecutionError("States.Runtime", repr(failure))
