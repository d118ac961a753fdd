"""A function that raises is told by the class of what it raised, as on AWS, so that a workflow can match it.

MiniStack calls every such error Runtime.HandlerError, but logs the traceback.
"""

import re
from typing import Any

from ministack.services import lambda_svc

_MINISTACKS_WORD = "Runtime.HandlerError"
_TRACEBACK = "Traceback (most recent call last):\n"
_RAISED = re.compile(r"^(?:\w+\.)*(\w+)(?::|$)", re.MULTILINE)


def install() -> None:
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_and_name(*arguments: Any) -> Any:
        result = dispatch(*arguments)
        body = result.get("body") if isinstance(result, dict) else None
        if isinstance(body, dict) and result.get("error") and body.get("errorType") == _MINISTACKS_WORD:
            result["body"] = {**body, "errorType": raised(result.get("log", "")) or _MINISTACKS_WORD}
        return result

    lambda_svc._execute_function_dispatch = dispatch_and_name


def raised(log: str) -> str | None:
    """The class named by the last traceback of the log: in it, only that line is not indented."""
    _, found, traceback = log.rpartition(_TRACEBACK)
    names = _RAISED.search(traceback) if found else None
    return names[1] if names else None
