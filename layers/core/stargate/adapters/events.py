"""What the control plane tells itself: events of its own on the account's bus."""

from __future__ import annotations

import json

from stargate.adapters.aws import client
from stargate.adapters.refusals import named
from stargate.errors import AwsThrottledError

SOURCE = "stargate"
EXAMINATION_ORDERED = "Examination Ordered"


class EventBridgeExaminations:
    def order(self, environment_id: str, cause: str) -> None:
        detail = json.dumps({"environment_id": environment_id, "cause": cause})
        entry = {"Source": SOURCE, "DetailType": EXAMINATION_ORDERED, "Detail": detail}
        with named("PutEvents"):
            answer = client("events").put_events(Entries=[entry])
        if answer["FailedEntryCount"]:
            raise AwsThrottledError(f"PutEvents: {answer['Entries'][0].get('ErrorMessage')}")
