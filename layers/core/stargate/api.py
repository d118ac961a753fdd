"""What the API answers: each route's one call, queries read with care, and every failure as a problem."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.ends import Farewell
from stargate.domain.environment import AT_WORK, Work
from stargate.domain.faults import Fault
from stargate.domain.ledger import KINDS
from stargate.domain.moments import understood
from stargate.domain.paging import LARGEST_PAGE, USUAL_PAGE
from stargate.errors import (
    DrillNotFoundError,
    DrillRefusedError,
    EnvironmentBusyError,
    EnvironmentNotFoundError,
    EnvironmentProtectedError,
    IdempotencyKeyReusedError,
    InvalidRequestError,
    MalformedDocumentError,
    NameTakenError,
    PlanFailedError,
    PlanOutdatedError,
    RequestInProgressError,
    StargateError,
)
from stargate.usecases.show_environments import entry_document

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stargate.domain.environment import Environment
    from stargate.ports import Replies
    from stargate.usecases.begin_work import BeginWork
    from stargate.usecases.change_environment import ChangeEnvironment
    from stargate.usecases.create_environment import CreateEnvironment
    from stargate.usecases.request_drill import RequestDrill
    from stargate.usecases.request_plan import RequestPlan
    from stargate.usecases.retire_environment import RetireEnvironment
    from stargate.usecases.show_conditions import ShowConditions
    from stargate.usecases.show_drills import ShowDrills
    from stargate.usecases.show_environments import ShowEnvironments
    from stargate.usecases.turn_switch import TurnSwitch

    Query = Mapping[str, str]

PROBLEM_TYPE = "application/problem+json"
LONGEST_KEY = 255
STATUSES = ("open", "all")
FAREWELL = ("final_snapshot", "secrets_recovery")


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]


@dataclass(frozen=True)
class Api:
    create: CreateEnvironment
    plan: RequestPlan
    begin: BeginWork
    change: ChangeEnvironment
    retire: RetireEnvironment
    show: ShowEnvironments
    conditions: ShowConditions
    drill: RequestDrill
    drills: ShowDrills
    switch: TurnSwitch
    replies: Replies
    actor: str

    def create_environment(self, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        if idempotency_key is None:
            return Reply(**self._create(request))
        if not 0 < len(idempotency_key) <= LONGEST_KEY:
            raise InvalidRequestError(
                [Fault("Idempotency-Key", "is empty or too long", f"1 to {LONGEST_KEY} characters")]
            )
        key = f"{self.actor} POST /environments {idempotency_key}"
        canonical = json.dumps(request, sort_keys=True)
        return Reply(**self.replies.once(key, canonical, lambda: self._create(request)))

    def _create(self, request: Any) -> dict[str, Any]:
        environment = self.create(request)
        return {"status": _accepted(environment), "body": self.show.document(environment)}

    def list_environments(self, query: Query) -> Reply:
        limit = _checked(query, ("limit", "next"))
        documents, after = self.show.page(limit, query.get("next"))
        return Reply(200, {"environments": documents, "next": after})

    def show_environment(self, name: str) -> Reply:
        return Reply(200, self.show.one(name))

    def show_stacks(self, name: str) -> Reply:
        return Reply(200, {"stacks": self.show.stacks(name)})

    def show_ledger(self, name: str, query: Query) -> Reply:
        limit = _checked(query, ("since", "kind", "limit", "next"))
        since = None if "since" not in query else understood(query["since"])
        page = self.show.entries(name, since, query.get("kind"), limit, query.get("next"))
        return Reply(200, {"entries": [entry_document(entry) for entry in page.items], "next": page.after})

    def change_environment(self, name: str, body: bytes) -> Reply:
        environment = self.change(name, parsed(body))
        return Reply(
            _accepted(environment) if environment.work is Work.UPDATE else 200,
            self.show.document(environment),
        )

    def retire_environment(self, name: str, query: Query) -> Reply:
        _refuse(_farewell_faults(query))
        farewell = Farewell(**{wish: query.get(wish, "yes") == "yes" for wish in FAREWELL})
        return Reply(202, self.show.document(self.retire(name, farewell)))

    def plan_environment(self, name: str, body: bytes) -> Reply:
        return Reply(200, self.plan(name, parsed(body)))

    def begin_work(self, asked: str, name: str) -> Reply:
        environment = self.begin(asked, name)
        return Reply(_accepted(environment), self.show.document(environment))

    def show_conditions(self, name: str, query: Query) -> Reply:
        limit = _checked(query, ("status", "limit", "next"))
        open_only = query.get("status", "open") == "open"
        return Reply(200, self.conditions(name, limit, query.get("next"), open_only=open_only))

    def request_drill(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)

        def work() -> dict[str, Any]:
            asked = self.drill(name, request)
            return {"status": 200 if asked.get("dry_run") else 202, "body": asked}

        if idempotency_key is None:
            return Reply(**work())
        key = f"{self.actor} POST /environments/{name}/drills {idempotency_key}"
        return Reply(**self.replies.once(key, json.dumps(request, sort_keys=True), work))

    def show_drills(self, name: str) -> Reply:
        return Reply(200, self.drills.all(name))

    def show_drill(self, name: str, drill: str) -> Reply:
        return Reply(200, self.drills.one(name, drill))

    def show_switch(self) -> Reply:
        return Reply(200, self.switch.read().document())

    def turn_switch(self, body: bytes) -> Reply:
        return Reply(200, self.switch(parsed(body)).document())


def _accepted(environment: Environment) -> int:
    """202 while a workflow has work to do, 200 when it is as it was asked for."""
    return 202 if environment.status in AT_WORK else 200


def parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=_number)
    except ValueError as error:
        raise MalformedDocumentError(f"the body is no JSON document: {error}") from error


def _farewell_faults(query: Query) -> list[Fault]:
    known = f"one of {', '.join(FAREWELL)}"
    unknown = [Fault(f"?{one}", "is not known", known) for one in sorted(query) if one not in FAREWELL]
    return unknown + [
        Fault(f"?{wish}", f"{query[wish]!r} is not allowed", "yes or no")
        for wish in FAREWELL
        if query.get(wish, "yes") not in {"yes", "no"}
    ]


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise InvalidRequestError(faults)


def _number(text: str) -> float | int:
    """JSON Schema takes 2.0 for a whole number, so from here on it is one."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _checked(query: Query, known: tuple[str, ...]) -> int:
    """Refuse a query with all its faults listed; return the page's size."""
    faults = [
        Fault(f"?{name}", "is not known", f"one of {', '.join(known)}")
        for name in sorted(query)
        if name not in known
    ]
    limit = query.get("limit", str(USUAL_PAGE))
    if not limit.isdecimal() or not 1 <= int(limit) <= LARGEST_PAGE:
        faults.append(
            Fault("?limit", f"{limit!r} is not allowed", f"a whole number from 1 to {LARGEST_PAGE}")
        )
    if "kind" in query and query["kind"] not in KINDS:
        faults.append(Fault("?kind", f"{query['kind']!r} is not known", f"one of {', '.join(KINDS)}"))
    if query.get("status", "open") not in STATUSES:
        faults.append(Fault("?status", f"{query['status']!r} is not known", f"one of {', '.join(STATUSES)}"))
    if "since" in query and not _is_moment(query["since"]):
        faults.append(
            Fault("?since", f"{query['since']!r} is not allowed", "a moment such as 2026-11-24T03:00:00Z")
        )
    _refuse(faults)
    return int(limit)


def _is_moment(text: str) -> bool:
    try:
        understood(text)
    except ValueError:
        return False
    return True


PROBLEMS: dict[type[StargateError], tuple[int, str, str]] = {
    InvalidRequestError: (400, "invalid-request", "The request has faults"),
    MalformedDocumentError: (400, "malformed-document", "The body cannot be read"),
    DrillNotFoundError: (404, "unknown-drill", "There is no such drill"),
    DrillRefusedError: (409, "drill-refused", "A drill cannot begin now"),
    EnvironmentNotFoundError: (404, "unknown-environment", "There is no such environment"),
    NameTakenError: (409, "name-taken", "The name is taken"),
    PlanOutdatedError: (409, "plan-outdated", "The world has moved since the plan"),
    PlanFailedError: (503, "plan-failed", "No plan could be made"),
    EnvironmentProtectedError: (409, "environment-protected", "The environment is protected"),
    EnvironmentBusyError: (409, "environment-busy", "The environment does not allow this now"),
    RequestInProgressError: (409, "request-in-progress", "The same request is being worked on"),
    IdempotencyKeyReusedError: (422, "idempotency-key-reused", "The idempotency key was used before"),
}


def problem_of(error: StargateError) -> Reply | None:
    """The problem that an error is to the caller, or None if it is ours to repair."""
    for kind, (status, slug, title) in PROBLEMS.items():
        if isinstance(error, kind):
            faults = [fault.document() for fault in getattr(error, "faults", ())]
            return problem(status, slug, title, str(error), faults)
    return None


def problem(
    status: int, slug: str, title: str, detail: str, faults: list[dict[str, str]] | None = None
) -> Reply:
    return Reply(
        status,
        {
            "type": f"urn:stargate:problem:{slug}",
            "title": title,
            "status": status,
            "detail": detail,
            "faults": faults or [],
        },
    )
