"""Task tokens: given out once, answered once, and worth nothing after the task has ended.

A token that was answered or timed out gives TaskTimedOut, one that never was gives InvalidToken, as on AWS.
"""

import json
import threading
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import stepfunctions

_SPENT = "Task Timed Out: 'Provided task does not exist anymore'"
_UNKNOWN = "Invalid Token: 'Invalid token'"


@dataclass
class Token:
    value: str = field(default_factory=new_uuid)
    answered: threading.Event = field(default_factory=threading.Event)
    beat: threading.Event = field(default_factory=threading.Event)
    spent: bool = False
    output: str | None = None
    error: tuple[str, str] | None = None

    def result(self) -> Any:
        """The output, or the error it was answered with, raised."""
        if self.error is not None:
            raise stepfunctions._ExecutionError(*self.error)
        return json.loads(self.output or "{}")


_tokens: dict[str, Token] = {}
_lock = threading.Lock()


def give() -> Token:
    token = Token()
    with _lock:
        _tokens[token.value] = token
    return token


def spend(token: Token) -> bool:
    """Take the token out of use; the answer is whether it still was in use."""
    with _lock:
        unspent, token.spent = not token.spent, True
    return unspent


def install() -> None:
    stepfunctions._send_task_success = _succeed
    stepfunctions._send_task_failure = _fail
    stepfunctions._send_task_heartbeat = _beat


def _succeed(data: dict[str, Any]) -> Any:
    output = data.get("output", "{}")
    try:
        json.loads(output)
    except ValueError:
        return error_response_json("InvalidOutput", "Invalid Output: 'Output is not valid JSON'", 400)
    return _answer(data, lambda token: setattr(token, "output", output))


def _fail(data: dict[str, Any]) -> Any:
    error = (data.get("error") or "", data.get("cause") or "")
    return _answer(data, lambda token: setattr(token, "error", error))


def _beat(data: dict[str, Any]) -> Any:
    token = _tokens.get(data.get("taskToken", ""))
    if token is None or token.spent:
        return _refused(token)
    token.beat.set()
    return json_response({})


def _answer(data: dict[str, Any], record: Any) -> Any:
    token = _tokens.get(data.get("taskToken", ""))
    if token is None or not spend(token):
        return _refused(token)
    record(token)
    token.answered.set()
    token.beat.set()
    return json_response({})


def _refused(token: Token | None) -> Any:
    if token is None:
        return error_response_json("InvalidToken", _UNKNOWN, 400)
    return error_response_json("TaskTimedOut", _SPENT, 400)
