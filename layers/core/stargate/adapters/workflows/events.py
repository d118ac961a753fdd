"""What the control plane tells itself: events of its own on the account's bus."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.errors import AwsThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SOURCE = "stargate"
EXAMINATION_ORDERED, DRIFT_EXAMINED = "Examination Ordered", "Drift Examined"
AT_ONCE = 10  # entries that EventBridge takes in one call


class EventBridgeExaminations:
    def order(self, environment_id: str, cause: str) -> None:
        _put(EXAMINATION_ORDERED, [{"environment_id": environment_id, "cause": cause}])


class EventBridgeAnnouncer:
    def drift(self, environment: str, drifted: Mapping[str, Sequence[str]], over: Iterable[str]) -> None:
        details: list[dict[str, Any]] = [
            *(
                {
                    "environment": environment,
                    "stack": stack,
                    "status": "DRIFTED",
                    "resources": list(resources),
                }
                for stack, resources in drifted.items()
            ),
            *({"environment": environment, "stack": stack, "status": "IN_SYNC"} for stack in over),
        ]
        _put(DRIFT_EXAMINED, details)


def _put(detail_type: str, details: list[dict[str, Any]]) -> None:
    """AwsThrottledError if the bus did not take all of them: telling again tells nothing new."""
    for first in range(0, len(details), AT_ONCE):
        entries = [
            {"Source": SOURCE, "DetailType": detail_type, "Detail": json.dumps(detail)}
            for detail in details[first : first + AT_ONCE]
        ]
        with named("PutEvents"):
            answer = client("events").put_events(Entries=entries)
        if answer["FailedEntryCount"]:
            why = next(one["ErrorCode"] for one in answer["Entries"] if "ErrorCode" in one)
            raise AwsThrottledError(f"PutEvents left {answer['FailedEntryCount']} events untold: {why}")
