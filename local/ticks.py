"""A schedule skips its turn while its last run has not ended.

A minute here lasts a second. On a busy machine a function that is due each minute may take longer than that,
and its runs would pile up until nothing else is computed. On AWS a run that takes a minute is rare, and the
next one starts beside it; nobody but a stopwatch sees the difference.
"""

import time
from typing import Any

from ministack.services import lambda_svc

SCHEDULES = "aws.events"
_LONGEST_RUN = 60.0
"""Real seconds after which a run counts as lost: its function was refused before it began."""


class Runs:
    """The newest run of each scheduled rule, for as long as it has not ended."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[str, float]] = {}

    def begin(self, rule: str, event: dict[str, Any]) -> bool:
        """False if the event is a scheduled one and the rule's last run has not ended."""
        if event.get("source") != SCHEDULES:
            return True
        known = self._begun.get(rule)
        if known is not None and time.monotonic() - known[1] < _LONGEST_RUN:
            return False
        self._begun[rule] = (str(event.get("id")), time.monotonic())
        return True

    def end(self, event_id: str) -> None:
        for rule, (known, _) in list(self._begun.items()):
            if known == event_id:
                self._begun.pop(rule, None)


def install() -> Runs:
    runs = Runs()
    dispatch = lambda_svc._execute_function_dispatch

    def dispatch_and_note_end(func: Any, config: Any, event: Any, *rest: Any) -> Any:
        try:
            return dispatch(func, config, event, *rest)
        finally:
            if isinstance(event, dict) and event.get("source") == SCHEDULES:
                runs.end(str(event.get("id")))

    lambda_svc._execute_function_dispatch = dispatch_and_note_end
    return runs
