"""The routes of environments: asked for, shown, changed, put to rest and removed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.api.problems import Reply
from stargate.api.requests import checked, parsed, refuse
from stargate.domain.environment import AT_WORK, Work
from stargate.domain.faults import Fault
from stargate.domain.life.ends import Farewell
from stargate.domain.moments import understood
from stargate.usecases.provisioning.show_environments import entry_document

if TYPE_CHECKING:
    from stargate.api.requests import Once, Query
    from stargate.domain.environment import Environment
    from stargate.usecases.drills.show_drills import ShowDrills
    from stargate.usecases.life.begin_work import BeginWork
    from stargate.usecases.life.change_environment import ChangeEnvironment
    from stargate.usecases.life.resume_environment import ResumeEnvironment
    from stargate.usecases.life.retire_environment import RetireEnvironment
    from stargate.usecases.provisioning.create_environment import CreateEnvironment
    from stargate.usecases.provisioning.request_plan import RequestPlan
    from stargate.usecases.provisioning.show_environments import ShowEnvironments

FAREWELL = ("final_snapshot", "secrets_recovery")


@dataclass(frozen=True)
class EnvironmentsApi:
    create: CreateEnvironment
    plan: RequestPlan
    begin: BeginWork
    resume: ResumeEnvironment
    change: ChangeEnvironment
    retire: RetireEnvironment
    show: ShowEnvironments
    drills: ShowDrills
    once: Once

    def create_environment(self, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body)
        return self.once("POST /environments", request, idempotency_key, lambda: self._create(request))

    def _create(self, request: Any) -> Reply:
        return self._accepted(self.create(request))

    def list_environments(self, query: Query) -> Reply:
        limit = checked(query, ("limit", "next"))
        documents, after = self.show.page(limit, query.get("next"))
        return Reply(200, {"environments": documents, "next": after})

    def show_environment(self, name: str) -> Reply:
        document = self.show.one(name)
        return Reply(200, {**document, "recovery": self.drills.proven(document["id"])})

    def show_stacks(self, name: str) -> Reply:
        return Reply(200, {"stacks": self.show.stacks(name)})

    def show_ledger(self, name: str, query: Query) -> Reply:
        limit = checked(query, ("since", "kind", "limit", "next"))
        since = None if "since" not in query else understood(query["since"])
        page = self.show.entries(name, since, query.get("kind"), limit, query.get("next"))
        return Reply(200, {"entries": [entry_document(entry) for entry in page.items], "next": page.after})

    def change_environment(self, name: str, body: bytes) -> Reply:
        environment = self.change(name, parsed(body))
        if environment.work is Work.UPDATE:
            return self._accepted(environment)
        return Reply(200, self.show.document(environment))

    def retire_environment(self, name: str, query: Query) -> Reply:
        refuse(_farewell_faults(query))
        said = {wish: query.get(wish, "yes") == "yes" for wish in FAREWELL}
        farewell = Farewell(**said) if query else None
        return Reply(202, self.show.document(self.retire(name, farewell)))

    def plan_environment(self, name: str, body: bytes) -> Reply:
        return Reply(200, self.plan(name, parsed(body)))

    def begin_work(self, asked: str, name: str, idempotency_key: str | None) -> Reply:
        route = f"POST /environments/{name}/{asked}"
        return self.once(route, None, idempotency_key, lambda: self._accepted(self.begin(asked, name)))

    def resume_environment(self, name: str, body: bytes, idempotency_key: str | None) -> Reply:
        request = parsed(body) if body else {}
        route = f"POST /environments/{name}/resume"
        return self.once(route, request, idempotency_key, lambda: self._accepted(self.resume(name, request)))

    def _accepted(self, environment: Environment) -> Reply:
        """202 while a workflow has work to do, 200 when it is as it was asked for."""
        return Reply(202 if environment.status in AT_WORK else 200, self.show.document(environment))


def _farewell_faults(query: Query) -> list[Fault]:
    known = f"one of {', '.join(FAREWELL)}"
    unknown = [Fault(f"?{one}", "is not known", known) for one in sorted(query) if one not in FAREWELL]
    return unknown + [
        Fault(f"?{wish}", f"{query[wish]!r} is not allowed", "yes or no")
        for wish in FAREWELL
        if query.get(wish, "yes") not in {"yes", "no"}
    ]
