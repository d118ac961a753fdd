"""The API as API Gateway would call it, through Chalice, with our fakes behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

from functions.api import handler
from stargate.api.actions import ActionsApi
from stargate.api.approvals import ApprovalsApi
from stargate.api.costs import CostsApi
from stargate.api.drift import DriftApi
from stargate.api.drills import DrillsApi
from stargate.api.environments import EnvironmentsApi
from stargate.api.hooks import HooksApi
from stargate.api.incidents import IncidentsApi
from stargate.api.letters import LettersApi
from stargate.api.operating import OperatingApi
from stargate.api.requests import Once
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.environment import Status
from stargate.errors import RedriveFailedError
from stargate.usecases.costs.show_reports import ShowReports
from stargate.usecases.costs.state_costs import StateCosts
from stargate.usecases.drills.request_drill import RequestDrill
from stargate.usecases.drills.show_drills import ShowDrills
from stargate.usecases.drills.stop_drill import StopDrill
from stargate.usecases.drills.survey_gateway import SurveyGateway
from stargate.usecases.life.ask_drift import AskDrift
from stargate.usecases.life.begin_work import BeginWork
from stargate.usecases.life.resume_environment import ResumeEnvironment
from stargate.usecases.operating.change_playbook import ChangePlaybook
from stargate.usecases.operating.explain_event import ExplainEvent
from stargate.usecases.operating.gather_facts import Instruments
from stargate.usecases.operating.keep_hooks import KeepHooks
from stargate.usecases.operating.request_action import RequestAction
from stargate.usecases.operating.request_explanation import RequestExplanation
from stargate.usecases.operating.request_redrive import RequestRedrive
from stargate.usecases.operating.show_conditions import ShowConditions
from stargate.usecases.operating.show_incidents import ShowIncidents
from stargate.usecases.operating.turn_switch import TurnSwitch
from stargate.usecases.people.answer_approval import AnswerApproval
from stargate.usecases.people.show_approvals import ShowApprovals
from stargate.usecases.provisioning.request_plan import RequestPlan
from stargate.usecases.scaling.show_capacity import ShowCapacity
from tests import fakes
from tests.unit.costs.cost_play import PLAYED
from tests.unit.drills.drill_play import (
    FakeDatabases,
    FakeDrillRecords,
    FakeDrills,
    FakeDrillWorkflow,
    FakeErrorCounts,
    FakeServiceTasks,
    FakeShifts,
)
from tests.unit.play import REQUEST, Play
from tests.unit.provisioning.test_plan import planner

USER = "arn:aws:iam::111122223333:user/someone"


class Context:
    function_name = "stargate-api"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:111122223333:function:stargate-api"
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self):
        return 30000


class Client:
    """Calls the app with events as API Gateway's REST type sends them."""

    def __init__(self, play):
        self.play = play

    def call(self, method, resource, body=None, *, path=None, query=None, headers=None, raw=None):
        event = {
            "httpMethod": method,
            "path": resource,
            "resource": resource,
            "headers": {"content-type": "application/json", **(headers or {})},
            "multiValueHeaders": {},
            "pathParameters": path,
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {name: [value] for name, value in (query or {}).items()}
            or None,
            "stageVariables": None,
            "body": raw if raw is not None else None if body is None else json.dumps(body),
            "isBase64Encoded": False,
            "requestContext": {
                "resourcePath": resource,
                "httpMethod": method,
                "identity": {"userArn": USER, "sourceIp": "127.0.0.1"},
                "path": resource,
                "requestId": "request-1",
            },
        }
        answer = handler.app(event, Context())
        return answer["statusCode"], answer["headers"], json.loads(answer["body"])


class Planning:
    """The planner in this process."""

    def __init__(self, play):
        self.play = play

    def plan(self, name, request):
        return planner(self.play)(name, request)


@dataclass
class Explaining:
    """The explainer in this process, of a gateway that it asks nothing."""

    play: Play

    def explain(self, name, event):
        operations = fakes.FakeOperations(self.play.table)
        return ExplainEvent(operations, Instruments({}), self.play.clock)(name, event)


@dataclass
class Redriving:
    """Whoever reaches the dead letters: what it was ordered, and that it cannot."""

    orders: list = field(default_factory=list)
    fails: str = ""

    def redrive(self, order):
        if self.fails:
            raise RedriveFailedError(self.fails)
        self.orders.append(order)
        return {"letters": [], "more": False}


@dataclass
class Requests:
    """The function that takes requests, which says that it is done."""

    taken: list

    def take(self, name, request, person):
        self.taken.append((name, request, person))
        return {"outcome": "taken", "condition": "asked:page#litellm"}


@dataclass
class Routes:
    """Every group of routes, wired to fakes that share the play's memory."""

    play: Play
    replies: fakes.FakeReplies
    records: FakeDrills = field(default_factory=FakeDrills)
    redriver: Redriving = field(default_factory=Redriving)
    requested: list = field(default_factory=list)
    hook_secrets: fakes.FakeHookSecrets = field(default_factory=fakes.FakeHookSecrets)
    reports: fakes.FakeReports = field(default_factory=fakes.FakeReports)
    budgets: fakes.FakeBudgets = field(default_factory=fakes.FakeBudgets)

    def environments(self, actor, _context):
        play, narrator = self.play, self.play.narrator(actor)
        begin = BeginWork(
            play.environments, play.operations, play.workflows, play.clock, play.identifiers, narrator
        )
        return EnvironmentsApi(
            create=play.create,
            plan=RequestPlan(play.environments, Planning(play), play.change.gateway_version, play.regions),
            begin=begin,
            resume=ResumeEnvironment(play.environments, play.manifests, begin),
            change=replace(play.change, narrator=narrator),
            retire=play.retire,
            show=play.show,
            drills=self.shown(),
            once=Once(self.replies, actor),
        )

    def shown(self):
        return ShowDrills(self.play.environments, self.records, FakeDrillRecords(), self.play.clock)

    def operating(self, actor, _context):
        play = self.play
        return OperatingApi(
            conditions=ShowConditions(fakes.FakeOperations(play.table)),
            switch=TurnSwitch(fakes.FakeSwitches(play.table), play.clock, actor),
            playbook=ChangePlaybook(
                play.environments, fakes.FakePlaybooks(play.table), play.clock, play.narrator(actor)
            ),
            capacity=ShowCapacity(fakes.FakeOperations(play.table), self.budgets, SNAPSHOT, play.clock),
            explanation=RequestExplanation(play.environments, Explaining(play)),
        )

    def approvals(self, actor, _context):
        play = self.play
        operations = fakes.FakeOperations(play.table)
        answer = AnswerApproval(operations, fakes.FakeExaminations(), play.clock, play.narrator(actor))
        return ApprovalsApi(answer, ShowApprovals(operations, play.clock), Once(self.replies, actor), actor)

    def hooks(self, actor, _context):
        play = self.play
        keep = KeepHooks(play.environments, self.hook_secrets, play.identifiers, play.narrator(actor))
        return HooksApi(keep, Once(self.replies, actor))

    def actions(self, actor, _context):
        request = RequestAction(fakes.FakeOperations(self.play.table), Requests(self.requested), actor)
        return ActionsApi(request, Once(self.replies, actor))

    def incidents(self, _actor, _context):
        table = self.play.table
        ledger, operations = fakes.FakeLedger(table), fakes.FakeOperations(table)
        return IncidentsApi(ShowIncidents(operations, fakes.FakeIncidents(table), ledger))

    def letters(self, actor, _context):
        return LettersApi(RequestRedrive(self.redriver, actor), Once(self.replies, actor))

    def costs(self, _actor, _context):
        play = self.play
        manifests, days = fakes.FakeManifests(PLAYED), fakes.FakeCostDays()
        return CostsApi(
            StateCosts(play.environments, manifests, play.prices, days, play.clock),
            ShowReports(play.environments, fakes.FakeCostReports(), play.clock),
        )

    def drift(self, actor, _context):
        play = self.play
        ask = AskDrift(
            play.environments,
            self.reports,
            play.manifests,
            fakes.FakeDriftWorkflow(),
            play.clock,
            play.identifiers,
            actor,
        )
        return DriftApi(ask=ask, once=Once(self.replies, actor))

    def drills(self, actor, _context):
        play, operations = self.play, fakes.FakeOperations(self.play.table)
        request = RequestDrill(
            operations,
            self.records,
            SurveyGateway(
                FakeDatabases(play.clock),
                FakeServiceTasks(play.clock),
                FakeShifts(),
                FakeErrorCounts(),
                play.clock,
            ),
            FakeDrillWorkflow(),
            play.clock,
            play.identifiers,
            actor,
        )
        stop = StopDrill(play.environments, self.records, actor)
        return DrillsApi(request, self.shown(), stop, Once(self.replies, actor))


def post(client, body=REQUEST, **more):
    return client.call("POST", "/environments", body, **more)


def faults(answer):
    status, headers, body = answer
    assert status == 400
    assert headers["Content-Type"] == "application/problem+json"
    return {fault["path"]: fault["allowed"] for fault in body["faults"]}


def ready(client):
    body = post(client)[2]
    environments = client.play.table.environments
    environments[body["id"]] = replace(environments[body["id"]], status=Status.READY)


APPROVAL_ID = "1800000000000-00000000000a"


def answers(client, path, document, **how):
    return client.call("POST", "/approvals/{approval}", document, path=path, **how)


def ledger(client):
    route, path = "/environments/{name}/ledger", {"name": "sandbox"}
    return client.call("GET", route, path=path, query={"limit": "100"})[2]["entries"]
