"""Who may go on, and when: a short wait in the place of a storm of retries.

LiteLLM loads this from the configuration's bucket, in each of its workers. At two doors it paces who comes:

- of a model, once Bedrock has refused a call for want of quota: no more calls begin than Bedrock answers.
  Who would wait longer than half a second is refused, and told not to come again at once.
- of the worker, while its event loop is late: the newest go first, so that those are served in time who still
  can be; who was passed over for half a minute is told to come later.

While nothing is refused or late, nobody waits and nothing is counted but requests.
"""

from __future__ import annotations

import asyncio
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from fastapi import HTTPException
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy import proxy_server
from prometheus_client import Counter, Gauge

from gateway.admission.asked import asked_output, weight_of
from gateway.admission.door import Door
from gateway.admission.lateness import LONGEST_PARKED, TICK, Lateness
from gateway.admission.pace import BY_QUOTA, QUOTA_WAIT, Pace

if TYPE_CHECKING:
    from collections.abc import Mapping

TOO_MANY, UNAVAILABLE = 429, 503
COME_AGAIN = 10  # seconds

REFUSED = Counter("stargate_admission_refused", "Requests that were not let in", ["requested_model", "why"])
WAITED = Counter("stargate_admission_waited", "Requests that waited, and were let in", ["why"])
RESERVED = Counter("stargate_reserved_tokens", "What requests may answer at most", ["requested_model"])
PARKED = Gauge("stargate_admission_parked", "Requests that wait to be let in", multiprocess_mode="livesum")
LATENESS = Gauge(
    "stargate_event_loop_late_seconds", "How late the event loop is", multiprocess_mode="livemax"
)


class Asked(NamedTuple):
    """What a request asks for: of a model, tokens by the quota's measure."""

    model: str
    weight: float


class Paced(NamedTuple):
    """A model's door and who keeps it."""

    pace: Pace
    door: Door


_asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


class Admission(CustomLogger):
    """At the doors: before a request is worked on, and when an attempt was refused."""

    def __init__(self) -> None:
        super().__init__()
        self.lateness = Lateness()
        self.worker = Door(self.lateness, LONGEST_PARKED)
        self.models: dict[str, Paced] = {}
        self._watches: tuple[asyncio.Task[None], ...] = ()

    async def async_pre_call_hook(
        self,
        user_api_key_dict: Any,  # noqa: ARG002 - LiteLLM's form
        cache: Any,  # noqa: ARG002
        data: dict[str, Any],
        call_type: str,  # noqa: ARG002
    ) -> None:
        """Let it in, at once or a little later; or say no, with what to do."""
        model = served(data.get("model"))
        if model is None:
            return  # LiteLLM says itself that there is none
        self._watch()
        asked = Asked(model, weight_of(data))
        _asked.set(asked)
        RESERVED.labels(model).inc(asked_output(data))
        await self._through(self.worker, 1.0, model, "worker")
        paced = self.paced(model)
        await self._through(paced.door, asked.weight, model, "quota")
        if paced.pace.rate is not None:
            data["num_retries"] = 0  # the wait stands in for them

    async def async_post_call_failure_deployment_hook(
        self,
        request_data: Mapping[str, Any],  # noqa: ARG002 - LiteLLM's form
        exception: Exception,
        call_type: Any,  # noqa: ARG002
    ) -> None:
        """One attempt has failed; LiteLLM may try again."""
        asked = _asked.get()
        if asked is not None and getattr(exception, "status_code", None) == TOO_MANY:
            self.paced(asked.model).pace.refused(asked.weight, time.monotonic())

    def paced(self, model: str) -> Paced:
        found = self.models.get(model)
        if found is None:
            pace = Pace(BY_QUOTA)
            found = self.models[model] = Paced(pace, Door(pace, QUOTA_WAIT))
        return found

    async def _through(self, door: Door, weight: float, model: str, why: str) -> None:
        is_open = door.is_open
        if not await door.enter(weight):
            REFUSED.labels(model, why).inc()
            raise refusal(why, model)
        if not is_open:
            WAITED.labels(why).inc()

    def _watch(self) -> None:
        """A worker has no event loop yet when it loads this."""
        if not self._watches or any(task.done() for task in self._watches):
            self._watches = asyncio.create_task(self._follow_lateness()), asyncio.create_task(self._show())

    async def _follow_lateness(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(TICK)
            now = time.monotonic()
            self.lateness.seen(now - before - TICK, now)

    async def _show(self) -> None:
        while True:
            PARKED.set(len(self.worker) + sum(len(door) for _, door in self.models.values()))
            LATENESS.set(self.lateness.seconds)
            await asyncio.sleep(1.0)


def served(model: Any) -> str | None:
    """The model of ours that serves it; names that are nobody's must not make doors and series."""
    router = proxy_server.llm_router
    if router is None or not isinstance(model, str):
        return None
    called = (router.model_group_alias or {}).get(model, model)
    return called if called in router.model_names else None


def refusal(why: str, model: str) -> HTTPException:
    """AWS's and the providers' SDKs obey these headers."""
    if why == "quota":
        detail = f"Bedrock's quota of {model} is used up: the gateway lets no more in than Bedrock answers."
        return HTTPException(
            TOO_MANY, {"error": detail}, {"retry-after": str(COME_AGAIN), "x-should-retry": "false"}
        )
    detail = "This gateway has more requests than it can serve in time."
    return HTTPException(UNAVAILABLE, {"error": detail}, {"retry-after": str(COME_AGAIN)})


def admission(**_told: Any) -> Admission:
    """What LiteLLM makes a guardrail by; its form is in config.yaml, and there is nothing more to tell."""
    return Admission()
