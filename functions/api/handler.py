"""The HTTP API. Chalice routes on the path as API Gateway knows it, so template.yaml lists each route."""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Any

from chalice import Chalice, Response

from stargate.api.problems import PROBLEM_TYPE, Reply, problem, problem_of
from stargate.errors import StargateError
from stargate.telemetry import logger, observed
from stargate.throttles import throttle_in
from stargate.wiring import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from stargate.api.actions import ActionsApi
    from stargate.api.approvals import ApprovalsApi
    from stargate.api.checks import ChecksApi
    from stargate.api.costs import CostsApi
    from stargate.api.drift import DriftApi
    from stargate.api.drills import DrillsApi
    from stargate.api.environments import EnvironmentsApi
    from stargate.api.hooks import HooksApi
    from stargate.api.incidents import IncidentsApi
    from stargate.api.letters import LettersApi
    from stargate.api.operating import OperatingApi

    View = Callable[..., Reply]

SLUGS = {
    400: "bad-request",
    404: "unknown-path",
    405: "method-not-allowed",
    415: "unsupported-media-type",
    500: "internal-error",
}


class ProblemChalice(Chalice):  # type: ignore[misc]  # Chalice ships no types
    """Whatever Chalice itself refuses is told as a problem too."""

    def __call__(self, event: Any, context: Any) -> Any:
        return observed(self._answer)(event, context)

    def _answer(self, event: dict[str, Any], context: Any) -> Any:
        path = event.get("requestContext", {}).get("resourcePath")
        if path not in self.routes:
            return _reply(problem(404, SLUGS[404], "There is no such path", f"no route {path}")).to_dict()
        answer = super().__call__(event, context)
        if answer["statusCode"] < 400 or PROBLEM_TYPE in json.dumps(answer["headers"]):
            return answer
        told = json.loads(answer["body"])
        status, detail = answer["statusCode"], str(told.get("Message", ""))
        slug = SLUGS.get(status, "refused")
        refused = _reply(problem(status, slug, slug.replace("-", " ").capitalize(), detail)).to_dict()
        refused["headers"] = {**answer["headers"], **refused["headers"]}
        return refused


app = ProblemChalice(app_name="stargate")


def _reply(reply: Reply) -> Response:
    kind = PROBLEM_TYPE if reply.status >= 400 else "application/json"
    return Response(json.dumps(reply.body), {"Content-Type": kind}, reply.status)


def route(path: str, method: str) -> Callable[[View], View]:
    """Register a view whose refusals are answered as problems."""

    def register(view: View) -> View:
        @wraps(view)
        def answer(**path: str) -> Response:
            try:
                return _reply(view(**path))
            except Exception as error:
                told = _refusal(error)
                if told is None:
                    raise
                logger.info("refused", extra={"problem": told.body})
                return _reply(told)

        app.route(path, methods=[method])(answer)
        return view

    return register


def _refusal(error: Exception) -> Reply | None:
    """What the caller is told; None of what is ours to repair."""
    refused = error if isinstance(error, StargateError) else throttle_in(error)
    return None if refused is None else problem_of(refused)


def _caller() -> tuple[str, Any]:
    """Who asks, as the actor of all that follows from it, and how long Lambda leaves for the answer."""
    identity = app.current_request.context.get("identity", {})
    return identity.get("userArn") or "unknown", app.lambda_context


def _environments() -> EnvironmentsApi:
    return api.environments(*_caller())


def _checks() -> ChecksApi:
    return api.checks(*_caller())


def _operating() -> OperatingApi:
    return api.operating(*_caller())


def _drift() -> DriftApi:
    return api.drift(*_caller())


def _drills() -> DrillsApi:
    return api.drills(*_caller())


def _approvals() -> ApprovalsApi:
    return api.approvals(*_caller())


def _hooks() -> HooksApi:
    return api.hooks(*_caller())


def _actions() -> ActionsApi:
    return api.actions(*_caller())


def _incidents() -> IncidentsApi:
    return api.incidents(*_caller())


def _letters() -> LettersApi:
    return api.letters(*_caller())


def _costs() -> CostsApi:
    return api.costs(*_caller())


def _body() -> bytes:
    body: bytes = app.current_request.raw_body
    return body


def _key() -> str | None:
    key: str | None = app.current_request.headers.get("idempotency-key")
    return key


def _query() -> dict[str, str]:
    return dict((app.current_request.query_params or {}).items())


@route("/environments", "POST")
def create_environment() -> Reply:
    return _environments().create_environment(_body(), _key())


@route("/environments", "GET")
def list_environments() -> Reply:
    return _environments().list_environments(_query())


@route("/environments/{name}", "GET")
def show_environment(name: str) -> Reply:
    return _environments().show_environment(name)


@route("/environments/{name}", "PATCH")
def change_environment(name: str) -> Reply:
    return _environments().change_environment(name, _body())


@route("/environments/{name}", "DELETE")
def retire_environment(name: str) -> Reply:
    return _environments().retire_environment(name, _query())


@route("/environments/{name}/plan", "POST")
def plan_environment(name: str) -> Reply:
    return _environments().plan_environment(name, _body())


@route("/environments/{name}/checks", "POST")
def request_check(name: str) -> Reply:
    return _checks().request_check(name, _body(), _key())


@route("/environments/{name}/resume", "POST")
def resume_environment(name: str) -> Reply:
    return _environments().resume_environment(name, _body(), _key())


@route("/environments/{name}/sleep", "POST")
def sleep_environment(name: str) -> Reply:
    return _environments().begin_work("sleep", name, _key())


@route("/environments/{name}/wake", "POST")
def wake_environment(name: str) -> Reply:
    return _environments().begin_work("wake", name, _key())


@route("/environments/{name}/stacks", "GET")
def show_stacks(name: str) -> Reply:
    return _environments().show_stacks(name)


@route("/environments/{name}/ledger", "GET")
def show_ledger(name: str) -> Reply:
    return _environments().show_ledger(name, _query())


@route("/environments/{name}/conditions", "GET")
def show_conditions(name: str) -> Reply:
    return _operating().show_conditions(name, _query())


@route("/environments/{name}/actions", "POST")
def request_action(name: str) -> Reply:
    return _actions().request_action(name, _body(), _key())


@route("/environments/{name}/actions", "GET")
def list_actions(name: str) -> Reply:
    return _actions().list_actions(name, _query())


@route("/environments/{name}/incidents", "GET")
def list_incidents(name: str) -> Reply:
    return _incidents().list_incidents(name, _query())


@route("/environments/{name}/incidents/{incident}", "GET")
def show_incident(name: str, incident: str) -> Reply:
    return _incidents().show_incident(name, incident)


@route("/environments/{name}/capacity", "GET")
def show_capacity(name: str) -> Reply:
    return _operating().show_capacity(name, _query())


@route("/environments/{name}/explain", "POST")
def explain_event(name: str) -> Reply:
    return _operating().explain_event(name, _body())


@route("/environments/{name}/playbook", "GET")
def show_playbook(name: str) -> Reply:
    return _operating().show_playbook(name, _query())


@route("/environments/{name}/playbook", "PUT")
def change_playbook(name: str) -> Reply:
    return _operating().change_playbook(name, _body())


@route("/environments/{name}/drift", "GET")
def show_drift(name: str) -> Reply:
    return _drift().show_drift(name)


@route("/environments/{name}/drift", "POST")
def examine_drift(name: str) -> Reply:
    return _drift().examine_drift(name, _key())


@route("/environments/{name}/repair", "POST")
def repair_drift(name: str) -> Reply:
    return _drift().repair_drift(name, _body(), _key())


@route("/environments/{name}/drills", "POST")
def request_drill(name: str) -> Reply:
    return _drills().request_drill(name, _body(), _key())


@route("/environments/{name}/drills", "GET")
def list_drills(name: str) -> Reply:
    return _drills().show_drills(name)


@route("/environments/{name}/drills/{drill}", "GET")
def show_drill(name: str, drill: str) -> Reply:
    return _drills().show_drill(name, drill)


@route("/environments/{name}/drills/{drill}/stop", "POST")
def stop_drill(name: str, drill: str) -> Reply:
    return _drills().stop_drill(name, drill, _body())


@route("/environments/{name}/costs", "GET")
def show_costs(name: str) -> Reply:
    return _costs().show_costs(name, _query())


@route("/hooks", "POST")
def make_hook() -> Reply:
    return _hooks().make_hook(_body(), _key())


@route("/hooks", "GET")
def list_hooks() -> Reply:
    return _hooks().list_hooks(_query())


@route("/hooks/{hook}", "DELETE")
def remove_hook(hook: str) -> Reply:
    return _hooks().remove_hook(hook)


@route("/environments/{name}/costs/reports", "GET")
def show_reports(name: str) -> Reply:
    return _costs().show_reports(name, _query())


@route("/redrive", "GET")
def show_letters() -> Reply:
    return _letters().show()


@route("/redrive", "POST")
def bring_letters_back() -> Reply:
    return _letters().bring_back(_body(), _key())


@route("/switch", "GET")
def show_switch() -> Reply:
    return _operating().show_switch()


@route("/switch", "PUT")
def turn_switch() -> Reply:
    return _operating().turn_switch(_body())


@route("/approvals", "GET")
def list_approvals() -> Reply:
    return _approvals().list_approvals(_query())


@route("/approvals/{approval}", "GET")
def show_approval(approval: str) -> Reply:
    return _approvals().show_approval(approval)


@route("/approvals/{approval}", "POST")
def answer_approval(approval: str) -> Reply:
    return _approvals().answer_approval(approval, _body(), _key())
