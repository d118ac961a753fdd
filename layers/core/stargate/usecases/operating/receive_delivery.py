"""A delivery comes to a hook from outside: who has its secret may tell of its environment's alerts.

Nothing is decided here and nothing known here but the secret. What is let in goes to whoever takes signals,
there it is tried again, and lies among the dead letters at last; so the answer says accepted, and no more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.signals.authenticity import is_authentic
from stargate.domain.signals.deliveries import faults_of_delivery, handed_over
from stargate.domain.signals.hooks import hook_of
from stargate.errors import DeliveryRefusedError, InvalidRequestError, MalformedDocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.ports.signals import HookSecrets, SignalTaker
    from stargate.ports.world import Clock


@dataclass(frozen=True)
class ReceiveDelivery:
    secrets: HookSecrets
    taker: SignalTaker
    clock: Clock

    def __call__(self, hook_id: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Who does not know the secret is not told either whether there is such a hook."""
        now, hook = self.clock.now(), hook_of(hook_id)
        secret = None if hook is None else self.secrets.value(hook)
        lower = {name.lower(): value for name, value in headers.items()}
        if hook is None or secret is None or not is_authentic(secret, lower, body, now):
            raise DeliveryRefusedError("there is no such hook, or this is not its secret")
        document = _read(body)
        faults = faults_of_delivery(document)
        if faults:
            raise InvalidRequestError(faults)
        for event in handed_over(hook, document, now):
            self.taker.hand_over(event)
        return {"hook": hook_id, "accepted": len(document["alerts"])}


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedDocumentError(f"the body is no JSON document: {error}") from error
