"""The API's every answer, through Chalice as API Gateway would call it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import pytest

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
from stargate.domain.gateway.graph import PLAIN
from stargate.domain.moments import told
from stargate.domain.operating.approvals import Approval
from stargate.domain.operating.conditions import Condition
from stargate.domain.operating.incidents import Incident
from stargate.domain.scaling.demand import Usual
from stargate.domain.scaling.loop_state import LoopState
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import Level, Limit, Watched
from stargate.domain.scaling.service_model import RequestFigures
from stargate.domain.signals.signal import Severity
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
from stargate.usecases.operating.answer_approval import AnswerApproval
from stargate.usecases.operating.change_playbook import ChangePlaybook
from stargate.usecases.operating.explain_event import ExplainEvent
from stargate.usecases.operating.gather_facts import Instruments
from stargate.usecases.operating.keep_hooks import KeepHooks
from stargate.usecases.operating.request_action import RequestAction
from stargate.usecases.operating.request_explanation import RequestExplanation
from stargate.usecases.operating.request_redrive import RequestRedrive
from stargate.usecases.operating.show_approvals import ShowApprovals
from stargate.usecases.operating.show_conditions import ShowConditions
from stargate.usecases.operating.show_incidents import ShowIncidents
from stargate.usecases.operating.turn_switch import TurnSwitch
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
from tests.unit.signals.senders import alarm

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


@pytest.fixture
def client(monkeypatch):
    play = Play()
    # The composition root is where tests put other adapters in; nothing inside is replaced.
    monkeypatch.setattr(handler, "api", Routes(play, fakes.FakeReplies()))
    return Client(play)


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


def test_asking_for_an_environment_is_accepted(client):
    """202, the whole document, and one workflow."""
    status, _, body = post(client)
    assert status == 202
    assert (body["name"], body["status"], body["region"]) == ("sandbox", "PROVISIONING", "us-east-1")
    assert body["progress"] == 0.0
    assert [stack["name"] for stack in body["stacks"]] == list(PLAIN.names)
    assert [start[1] for start in client.play.workflows.started] == [f"{body['id']}-1"]


def test_the_same_again_while_it_runs_is_the_same_environment(client):
    """No second workflow, with or without a key."""
    first, second = post(client)[2], post(client)[2]
    assert first["id"] == second["id"]
    assert len(client.play.workflows.started) == 1


def test_the_same_again_when_it_is_ready_is_200(client):
    """There is nothing to accept any more."""
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.READY)
    assert post(client)[0] == 200
    assert len(client.play.workflows.started) == 1


def test_after_a_failure_the_same_again_resumes(client):
    """A new attempt of the same environment."""
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.FAILED, "StackFailedError", '{"stack": "data", "reason": "no"}')
    status, _, resumed = post(client)
    assert (status, resumed["id"], resumed["attempt"]) == (202, body["id"], 2)
    assert [start[1] for start in client.play.workflows.started] == [f"{body['id']}-1", f"{body['id']}-2"]


def test_a_name_that_lives_cannot_be_had_with_another_specification(client):
    """409, and nothing changes."""
    post(client)
    status, _, body = post(client, {**REQUEST, "overrides": {"grafana": {"tasks": 3}}})
    assert (status, body["type"]) == (409, "urn:stargate:problem:name-taken")


def test_a_key_replays_its_reply_and_refuses_another_body(client):
    """The same body gives the same reply, another one 422."""
    headers = {"Idempotency-Key": "key-1"}
    assert post(client, headers=headers)[2] == post(client, headers=headers)[2]
    status, _, body = post(client, {"name": "other", "preset": "sandbox"}, headers=headers)
    assert (status, body["type"]) == (422, "urn:stargate:problem:idempotency-key-reused")


def test_every_fault_is_listed_with_its_path_and_what_is_allowed(client):
    """One answer for all of them, and nothing is created."""
    answer = post(
        client,
        {
            "name": "Sand-Box",
            "preset": "production",
            "ttl": 5,
            "overrides": {
                "network": {"cidr": "8.8.0.0/16", "nat": "two"},
                "litellm": {"cpu": 2048, "memory": 100000, "min_tasks": 5, "max_tasks": 2},
                "grafana": {"tasks": "2"},
                "database": {"class": "mysql", "storage_gb": 10, "multi_az": 1},
                "kafka": {},
            },
        },
    )
    assert faults(answer) == {
        "/name": "text matching ^[a-z][a-z0-9]{1,15}$, but not region, shared",
        "/preset": "one of poc, sandbox",
        "/ttl": "a whole number from 600 to 31622400",
        "/overrides/database/class": faults(answer)["/overrides/database/class"],
        "/overrides/database/multi_az": "true or false",
        "/overrides/database/storage_gb": "a whole number from 20 to 65536",
        "/overrides/grafana/tasks": "a whole number from 1 to 50",
        "/overrides/kafka": "one of compute, database, edge, grafana, images, langfuse, litellm, network",
        "/overrides/litellm/memory": faults(answer)["/overrides/litellm/memory"],
        "/overrides/litellm/min_tasks": "a whole number from 1 to 2",
        "/overrides/network/cidr": faults(answer)["/overrides/network/cidr"],
        "/overrides/network/nat": "one of one, per_zone, instance",
    }
    assert client.play.table.environments == {}


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("8.8.0.0/16", "not inside a private range"),
        ("10.20.0.0/24", "too small"),
        ("10.0.0.0/8", "larger than a VPC"),
        ("10.20.1.0/16", "host bits set"),
        ("10.20.0.0", "no IPv4 network"),
        ("::/16", "no IPv4 network"),
        ("10.300.0.0/16", "Octet 300"),
        ("172.32.0.0/16", "not inside a private range"),
    ],
)
def test_a_network_must_be_private_and_hold_its_subnets(client, cidr, words):
    """Each way to get it wrong has its own words."""
    status, _, body = post(client, {**REQUEST, "overrides": {"network": {"cidr": cidr}}})
    assert status == 400
    assert any(words in fault["fault"] for fault in body["faults"])


@pytest.mark.parametrize(
    "body", [[], "sandbox", None, {}, {"name": 5, "preset": []}, {"overrides": {"network": 5}}]
)
def test_whatever_json_comes_is_answered_with_faults(client, body):
    """Never a server error."""
    assert faults(post(client, raw=json.dumps(body)))


def test_a_whole_number_may_be_written_with_a_point(client):
    """JSON has one kind of number; CloudFormation must not be given 3.0 tasks."""
    document = {**REQUEST, "overrides": {"litellm": {"min_tasks": 3.0}}}
    _, _, body = post(client, raw=json.dumps(document))
    assert repr(body["spec"]["litellm"]["min_tasks"]) == "3"


@pytest.mark.parametrize("raw", ["{", "", "nonsense", '{"name": }'])
def test_a_body_that_is_no_json_is_a_problem(client, raw):
    """400, and it says where reading stopped."""
    status, headers, body = post(client, raw=raw)
    assert (status, body["type"]) == (400, "urn:stargate:problem:malformed-document")
    assert headers["Content-Type"] == "application/problem+json"


def test_an_environment_nobody_has_is_404(client):
    """For each route that names one."""
    path = {"name": "nobody"}
    for method, resource in [
        ("GET", "/environments/{name}"),
        ("DELETE", "/environments/{name}"),
        ("GET", "/environments/{name}/stacks"),
        ("GET", "/environments/{name}/ledger"),
    ]:
        status, headers, body = client.call(method, resource, path=path)
        assert (status, body["type"]) == (404, "urn:stargate:problem:unknown-environment")
        assert headers["Content-Type"] == "application/problem+json"


def test_an_unknown_path_a_wrong_method_and_a_strange_body_are_problems(client):
    """What Chalice refuses by itself is told the same way."""
    for expected, arguments in [
        (404, ("GET", "/nothing")),
        (405, ("PUT", "/environments")),
        (415, ("POST", "/environments")),
    ]:
        headers = {"content-type": "text/xml"} if expected == 415 else None
        status, told, body = client.call(*arguments, raw="<x/>", headers=headers)
        assert status == expected == body["status"]
        assert told["Content-Type"] == "application/problem+json"
        assert body["type"].startswith("urn:stargate:problem:")


def test_an_error_of_ours_is_a_problem_that_tells_nothing_of_the_inside(client):
    """500 without a trace."""
    client.play.manifests.manifest = None
    status, headers, body = post(client)
    assert (status, body["type"]) == (500, "urn:stargate:problem:internal-error")
    assert headers["Content-Type"] == "application/problem+json"
    assert "NoneType" not in json.dumps(body)


def test_environments_are_listed_in_pages(client):
    """Every one once, and the last page has no next."""
    for name in ("one", "two", "three"):
        post(client, {"name": name, "preset": "sandbox"})
    seen, after = [], None
    while True:
        query = {"limit": "2", **({"next": after} if after else {})}
        _, _, body = client.call("GET", "/environments", query=query)
        seen += [environment["name"] for environment in body["environments"]]
        after = body["next"]
        if after is None:
            break
    assert sorted(seen) == ["one", "three", "two"]


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "many"}, {"page": "2"}])
def test_a_query_is_read_with_care(client, query):
    """Limits outside 1 to 100 and unknown names are faults."""
    assert list(faults(client.call("GET", "/environments", query=query))) == [f"?{next(iter(query))}"]


def test_the_ledger_begins_with_who_asked(client):
    """The caller's ARN is the actor."""
    post(client)
    path = {"name": "sandbox"}
    _, _, body = client.call("GET", "/environments/{name}/ledger", path=path, query={"kind": "decision"})
    (entry,) = body["entries"]
    assert entry["summary"] == "sandbox asked for, preset sandbox"
    assert entry["environment"] == "sandbox"
    answer = client.call(
        "GET", "/environments/{name}/ledger", path=path, query={"kind": "rumour", "since": "x"}
    )
    assert sorted(faults(answer)) == ["?kind", "?since"]


def unprotected(client):
    """An environment that may be removed."""
    made = post(client)[2]
    path = {"name": "sandbox"}
    assert client.call("PATCH", "/environments/{name}", {"deletion_protection": False}, path=path)[0] == 200
    return made


def test_what_is_protected_is_not_removed_and_the_way_out_is_told(client):
    """409 with the PATCH that lifts the protection; nothing changed, no workflow started."""
    post(client)
    path = {"name": "sandbox"}
    status, _, problem = client.call("DELETE", "/environments/{name}", path=path)
    assert (status, problem["type"]) == (409, "urn:stargate:problem:environment-protected")
    assert 'PATCH /environments/sandbox {"deletion_protection": false}' in problem["detail"]
    assert client.call("GET", "/environments/{name}", path=path)[2]["status"] == "PROVISIONING"
    assert [start[0] for start in client.play.workflows.started] == ["provision"]


def test_what_shall_outlive_it_is_asked_for_with_the_removal(client):
    """Both are kept unless the same request says no; other words are faults."""
    unprotected(client)
    path, wishes = {"name": "sandbox"}, {"final_snapshot": "maybe", "backups": "no"}
    answer = client.call("DELETE", "/environments/{name}", path=path, query=wishes)
    assert faults(answer) == {
        "?backups": "one of final_snapshot, secrets_recovery",
        "?final_snapshot": "yes or no",
    }
    client.call("DELETE", "/environments/{name}", path=path, query={"final_snapshot": "no"})
    farewell = client.play.environments.by_name("sandbox").farewell
    assert (farewell.final_snapshot, farewell.secrets_recovery) == (False, True)


def test_a_time_to_live_ends_by_itself_and_needs_no_protection(client):
    """Asked for at the creation it leaves protection off; the two exclude each other ever after."""
    _, _, body = post(client, {**REQUEST, "ttl": 3600})
    assert body["deletion_protection"] is False
    assert body["ends_at"] == told(client.play.clock.now() + 3600)
    path = {"name": "sandbox"}
    answer = client.call("PATCH", "/environments/{name}", {"deletion_protection": True}, path=path)
    assert list(faults(answer)) == ["/deletion_protection"]
    both = {"deletion_protection": True, "ttl": None}
    _, _, body = client.call("PATCH", "/environments/{name}", both, path=path)
    assert (body["deletion_protection"], body["ends_at"]) == (True, None)


def test_deleting_twice_is_the_same_as_once(client):
    """202 both times, one workflow, the same attempt."""
    unprotected(client)
    path = {"name": "sandbox"}
    first = client.call("DELETE", "/environments/{name}", path=path)
    second = client.call("DELETE", "/environments/{name}", path=path)
    assert (first[0], first[2]["status"], first[2]["attempt"]) == (202, "RETIRING", 2)
    assert second[2]["attempt"] == 2
    assert [start[0] for start in client.play.workflows.started] == ["provision", "retire"]


def test_a_name_can_be_had_again_once_its_holder_is_retired(client):
    """A new environment with an id of its own; while it is being removed the name is busy."""
    first = unprotected(client)
    client.call("DELETE", "/environments/{name}", path={"name": "sandbox"})
    assert post(client)[2]["type"] == "urn:stargate:problem:environment-busy"
    client.play.settle(first["id"], 2, Status.RETIRED)
    status, _, second = post(client)
    assert status == 202
    assert second["id"] != first["id"]


def test_a_mode_is_given_and_changed(client):
    """What was asked for is shown; changing it is answered with the environment, and is in the ledger."""
    path = {"name": "sandbox"}
    assert post(client)[2]["mode"] == "act"
    status, _, body = client.call("PATCH", "/environments/{name}", {"mode": "observe"}, path=path)
    assert (status, body["mode"], body["status"]) == (200, "observe", "PROVISIONING")
    assert client.call("GET", "/environments/{name}", path=path)[2]["mode"] == "observe"
    _, _, ledger = client.call("GET", "/environments/{name}/ledger", path=path, query={"kind": "decision"})
    assert ledger["entries"][-1]["summary"] == "mode of sandbox changed from act to observe"
    assert ledger["entries"][-1]["actor"] == USER


def test_an_environment_can_be_asked_for_in_a_mode(client):
    """An unknown one is a fault."""
    assert post(client, {**REQUEST, "mode": "advise"})[2]["mode"] == "advise"
    assert list(faults(post(client, {**REQUEST, "name": "other", "mode": "sleep"}))) == ["/mode"]


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({"mode": "off"}, ["/mode"]),
        ({"preset": "production", "mode": "act"}, ["/preset"]),
        ({"region": "us-west-1"}, ["/region"]),
        ({}, [""]),
        ([], [""]),
        ({"deletion_protection": "off"}, ["/deletion_protection"]),
        ({"ttl": 5}, ["/ttl"]),
        ({"ttl": 86400}, ["/ttl"]),  # while deletion protection is on
    ],
)
def test_what_cannot_be_changed_is_a_fault(client, body, paths):
    """Unknown fields, values that are not allowed, and wishes that exclude each other."""
    post(client)
    answer = client.call("PATCH", "/environments/{name}", body, path={"name": "sandbox"})
    assert list(faults(answer)) == paths


def test_capacity_answers_a_what_if_from_the_environments_own_figures(client):
    """Its limits and its usual request, once the loop knows one; what the loop wanted last is told too."""
    identifier, path = post(client)[2]["id"], {"name": "sandbox"}
    query = {"users": "120", "model": "haiku"}
    _, _, before = client.call("GET", "/environments/{name}/capacity", path=path, query=query)
    assert (before["loop"], before["usual_request"]) == (None, None)
    assert before["limits"] == {"minimum": 2, "maximum": 6}
    long = Usual(RequestFigures(2000.0, 400.0), 9.0, 500.0)
    wanted = Bounds(4, 4)
    loop = LoopState("litellm", looked_at=1000.0, wanted=wanted, reason="as many as came in", usual=long)
    client.play.table.operations[identifier] = {("loops", "litellm"): loop}
    _, _, after = client.call("GET", "/environments/{name}/capacity", path=path, query=query)
    assert after["loop"]["wanted"] == {"minimum": 4, "maximum": 4}
    usual = {"input_tokens": 2000.0, "output_tokens": 400.0, "reserved_tokens": 1024.0, "seconds": 9.0}
    assert after["usual_request"] == usual
    assert after["what_if"]["tasks"]["needed"] > before["what_if"]["tasks"]["needed"]
    assert client.call("GET", "/environments/{name}/capacity", path=path)[2]["what_if"] is None


def test_capacity_tells_what_the_watch_saw_of_the_quotas(client):
    """Of each model: granted, used, held, left, this environment's part; and it says when it is late."""
    post(client)
    path = {"name": "sandbox"}
    assert client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"] is None
    watched = Watched(
        "us.sonnet", Limit(1000.0, 60.0, "Service Quotas"), 700.0, 100.0, 6.0, 0.0, 80.0, 4.24,
        Level.WARNING, "80 % of it is used", {"sandbox": 0.75, "others": 0.25},
    )  # fmt: skip
    now = client.play.clock.now()
    handler.api.budgets.write(
        "us-east-1", Budgets(now, {"sandbox": {"claude-sonnet-4-5": 12.5}}, {"claude-sonnet-4-5": watched})
    )
    told = client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"]
    assert told["models"] == [
        {
            "model": "claude-sonnet-4-5",
            "quota": "us.sonnet",
            "level": "warning",
            "percent": 80.0,
            "reason": "80 % of it is used",
            "limit": {"tokens": 1000.0, "requests": 60.0, "told_by": "Service Quotas"},
            "used": {"tokens": 700, "requests": 6},
            "held": {"tokens": 100},
            "headroom": {"tokens": 200, "requests": 54},
            "throttles": 0,
            "minutes_left": 4.2,
            "share_percent": 75.0,
            "admitted_tokens_per_second": 12.5,
        }
    ]
    assert not told["late"]
    client.play.clock.pass_seconds(301)
    told = client.call("GET", "/environments/{name}/capacity", path=path)[2]["quotas"]
    assert told["late"]
    assert told["models"][0]["admitted_tokens_per_second"] is None


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({"users": "0"}, ["?users"]),
        ({"users": "1e9"}, ["?users"]),
        ({"model": "haiku"}, ["?users"]),
        ({"users": "5", "model": "nobody", "colour": "blue"}, ["?colour", "?model"]),
    ],
)
def test_a_what_if_is_read_with_care(client, query, paths):
    """Every fault at once."""
    post(client)
    answer = client.call("GET", "/environments/{name}/capacity", path={"name": "sandbox"}, query=query)
    assert list(faults(answer)) == paths


def test_an_environment_nobody_has_has_no_mode_no_conditions_and_no_capacity(client):
    """404 for each."""
    path = {"name": "nobody"}
    assert client.call("PATCH", "/environments/{name}", {"mode": "act"}, path=path)[0] == 404
    assert client.call("GET", "/environments/{name}/conditions", path=path)[0] == 404
    assert client.call("GET", "/environments/{name}/capacity", path=path)[0] == 404


def test_conditions_are_shown_with_what_was_decided(client):
    """Open ones unless all are asked for, in pages."""
    identifier, path = post(client)[2]["id"], {"name": "sandbox"}
    client.play.table.operations[identifier] = {
        ("conditions", f"cpu-high#{subject}"): Condition(
            "cpu-high", subject, severity, open=is_open, opened_at=900.0, last_at=1000.0, cause="entry"
        )
        for subject, severity, is_open in (
            ("litellm", Severity.CRITICAL, True),
            ("database", Severity.WARNING, False),
        )
    }
    status, _, body = client.call("GET", "/environments/{name}/conditions", path=path)
    assert (status, body["next"]) == (200, None)
    (shown,) = body["conditions"]
    assert (shown["kind"], shown["subject"], shown["severity"], shown["status"]) == (
        "cpu-high",
        "litellm",
        "critical",
        "open",
    )
    query = {"status": "all", "limit": "1"}
    _, _, first = client.call("GET", "/environments/{name}/conditions", path=path, query=query)
    _, _, rest = client.call(
        "GET", "/environments/{name}/conditions", path=path, query={**query, "next": first["next"]}
    )
    subjects = [page["conditions"][0]["subject"] for page in (first, rest)]
    assert (subjects, rest["next"]) == (["database", "litellm"], None)


@pytest.mark.parametrize(
    ("query", "fault"),
    [({"status": "closed"}, "?status"), ({"next": "rumour"}, "?next"), ({"kind": "x"}, "?kind")],
)
def test_a_query_for_conditions_is_read_with_care(client, query, fault):
    """An unknown status, page or field is a fault."""
    post(client)
    answer = client.call("GET", "/environments/{name}/conditions", path={"name": "sandbox"}, query=query)
    assert fault in faults(answer)


PLAYBOOK = {"version": 0, "rules": [{"rule": "quiet", "while": "cpu-high", "why": "because"}]}
SANDBOX = {"name": "sandbox"}


def test_a_playbook_is_shown_put_and_kept(client):
    """What is shown can be changed and sent back; an outdated one is a conflict."""
    post(client)
    status, _, shown = client.call("GET", "/environments/{name}/playbook", path=SANDBOX)
    assert (status, shown["version"], shown["follows"]) == (200, 0, "default")
    status, _, put = client.call("PUT", "/environments/{name}/playbook", PLAYBOOK, path=SANDBOX)
    assert (status, put["version"], put["actor"]) == (200, 1, USER)
    found = client.call("GET", "/environments/{name}/playbook", path=SANDBOX)[2]
    assert found["rules"] == PLAYBOOK["rules"]
    outdated = {**PLAYBOOK, "rules": [{**PLAYBOOK["rules"][0], "why": "other"}]}
    status, _, problem = client.call("PUT", "/environments/{name}/playbook", outdated, path=SANDBOX)
    assert (status, problem["type"]) == (409, "urn:stargate:problem:playbook-outdated")
    older = client.call("GET", "/environments/{name}/playbook", path=SANDBOX, query={"version": "0"})[2]
    assert older["follows"] == "default"


def test_an_event_is_explained_for_an_environment(client):
    """What would be decided on it, by its playbook and state."""
    post(client)
    event = alarm("stargate-sandbox-database-cpu-warning")
    status, _, body = client.call("POST", "/environments/{name}/explain", event, path=SANDBOX)
    (explained,) = body["explained"]
    assert (status, explained["signal"]["kind"]) == (200, "cpu-high")
    assert explained["decision"]["rule"] == "database-cpu"
    unknown = client.call("POST", "/environments/{name}/explain", event, path={"name": "nobody"})
    assert (unknown[0], unknown[2]["type"]) == (404, "urn:stargate:problem:unknown-environment")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"{}", "invalid-request"), (b"[" * 50000, "malformed-document"), (b"", "malformed-document")],
)
def test_what_is_no_event_cannot_be_explained(client, raw, kind):
    """400, however deep its nothing is nested."""
    post(client)
    status, _, body = client.call("POST", "/environments/{name}/explain", path=SANDBOX, raw=raw)
    assert (status, body["type"]) == (400, f"urn:stargate:problem:{kind}")


def test_a_playbook_with_faults_is_refused_with_the_line_of_each(client):
    """The lines are those of the body as it was sent."""
    post(client)
    raw = '{"version": 0,\n "rules": [\n  {"rule": "a", "while": "cpu-high", "do": "explode", "why": "x"}\n]}'
    answer = client.call("PUT", "/environments/{name}/playbook", path=SANDBOX, raw=raw.encode())
    (told,) = answer[2]["faults"]
    assert faults(answer).keys() == {"/rules/0/do"}
    assert told["fault"] == "line 3: 'explode' is not known"


@pytest.mark.parametrize(
    ("query", "status"), [({"version": "x"}, 400), ({"of": "x"}, 400), ({"version": "7"}, 404)]
)
def test_a_query_for_a_playbook_is_read_with_care(client, query, status):
    """A version is a number, and of those that there are."""
    post(client)
    answer = client.call("GET", "/environments/{name}/playbook", path=SANDBOX, query=query)
    assert answer[0] == status


def test_the_switch_is_on_until_somebody_turns_it(client):
    """Off with a reason, by whom and when; on again; turning it to where it stands changes nothing."""
    assert client.call("GET", "/switch")[2]["actions"] == "on"
    off = {"actions": "off", "reason": "the provider has an incident"}
    status, _, body = client.call("PUT", "/switch", off)
    assert (status, body["actions"], body["reason"], body["actor"]) == (200, "off", off["reason"], USER)
    again = client.call("PUT", "/switch", {**off, "reason": "another"})[2]
    assert again == body == client.call("GET", "/switch")[2]
    assert client.call("PUT", "/switch", {"actions": "on"})[2]["actions"] == "on"


@pytest.mark.parametrize("body", [{"actions": "off"}, {"actions": "maybe"}, {"on": True}, "off"])
def test_the_switch_is_not_turned_by_a_slip(client, body):
    """Off needs its reason, and nothing but on and off is understood."""
    assert faults(client.call("PUT", "/switch", body))
    assert client.call("GET", "/switch")[2]["actions"] == "on"


DRILLS, ONE = "/environments/{name}/drills", "/environments/{name}/drills/{drill}"


def ready(client):
    body = post(client)[2]
    environments = client.play.table.environments
    environments[body["id"]] = replace(environments[body["id"]], status=Status.READY)


def test_a_drill_is_asked_for_shown_and_stopped(client):
    """202 with its document; a stop is told to it, and one of a drill that is over is refused."""
    ready(client)
    path = {"name": "sandbox"}
    status, _, drill = client.call("POST", DRILLS, {"kind": "litellm-task"}, path=path)
    assert (status, drill["status"], drill["trigger"]) == (202, "REQUESTED", "request")
    path = {**path, "drill": drill["id"]}
    assert client.call("GET", ONE, path=path)[2]["probes"] == []
    status, _, stopped = client.call("POST", f"{ONE}/stop", {"reason": "release"}, path=path)
    assert (status, stopped["stop_reason"]) == (202, f"stopped by {USER}: release")
    assert client.call("POST", f"{ONE}/stop", path={**path, "drill": "nobody"})[0] == 404


def test_a_drill_that_cannot_begin_is_refused_with_every_reason(client):
    """The environment is still being made."""
    post(client)
    status, _, body = client.call("POST", DRILLS, {"kind": "database-failover"}, path={"name": "sandbox"})
    assert status == 409
    assert [fault["path"] for fault in body["faults"]] == ["status"]


def test_an_environments_status_tells_what_was_proven(client):
    """Nothing yet."""
    ready(client)
    body = client.call("GET", "/environments/{name}", path={"name": "sandbox"})[2]
    assert body["recovery"] == {"last_proven_days_ago": None, "kinds": {}}
    assert body["drills"] is None


def test_how_an_environment_is_drilled_is_changed_by_patch(client):
    """Kinds by calendar, within a window of its own; what cannot be meant is a fault."""
    post(client)
    path, route = {"name": "sandbox"}, "/environments/{name}"
    window = {"days": ["tue"], "from": "09:00", "until": "16:00", "time_zone": "Europe/Berlin"}
    policy = {"window": window, "every_days": {"litellm-task": 7}, "after_change": True}
    body = client.call("PATCH", route, {"drills": policy}, path=path)[2]
    assert body["drills"]["every_days"] == {"litellm-task": 7}
    assert body["drills"]["apart_minutes"] == 60
    wrong = {"window": {**window, "until": "08:00"}, "every_days": {"litellm-task": 7}}
    assert "/drills/window/until" in faults(client.call("PATCH", route, {"drills": wrong}, path=path))
    assert "/drills/every_days/meteorite" in faults(
        client.call("PATCH", route, {"drills": {"every_days": {"meteorite": 1}}}, path=path)
    )
    assert client.call("PATCH", route, {"drills": None}, path=path)[2]["drills"] is None


def test_costs_are_told_as_numbers(client):
    """JSON has no decimals; nothing was metered yet, and nothing is what it says."""
    post(client)
    status, _, body = client.call("GET", "/environments/{name}/costs", path={"name": "sandbox"})
    assert (status, body["environment"], body["number"]["month_to_date"]) == (200, "sandbox", 0.0)
    assert body["estimate"]["monthly"] == 794.17


def test_the_reports_of_costs_are_listed(client):
    """None yet; a query that nobody knows is refused."""
    post(client)
    route, sandbox = "/environments/{name}/costs/reports", {"name": "sandbox"}
    status, _, body = client.call("GET", route, path=sandbox)
    assert (status, body["reports"], body["next"]) == (200, [], None)
    assert faults(client.call("GET", route, path=sandbox, query={"day": "x"})).keys() == {"?day"}


@pytest.mark.parametrize(
    ("query", "path"), [({"month": "2999-01"}, "?month"), ({"month": "x"}, "?month"), ({"day": "1"}, "?day")]
)
def test_a_query_for_costs_is_read_with_care(client, query, path):
    """A month that is none, or is still to come, and what is not known."""
    post(client)
    answer = client.call("GET", "/environments/{name}/costs", path={"name": "sandbox"}, query=query)
    assert path in faults(answer)


APPROVAL_ID = "1800000000000-00000000000a"


@pytest.fixture
def asked(client):
    """Somebody is asked whether a zone may be left; the path of what they are asked."""
    _, _, created = post(client)
    now = client.play.clock.now()
    row = Approval(APPROVAL_ID, "health-issue#ec2", "evacuate_zone", "zones", now, now + 3600, version=1)
    rows = client.play.table.operations.setdefault(created["id"], {})
    rows["approvals", APPROVAL_ID] = row
    return {"approval": f"{created['id']}-{APPROVAL_ID}"}


def answers(client, path, document, **how):
    return client.call("POST", "/approvals/{approval}", document, path=path, **how)


def test_what_is_asked_is_listed_shown_and_answered(client, asked):
    """The caller's own name is on the answer."""
    status, _, listed = client.call("GET", "/approvals")
    assert (status, [one["id"] for one in listed["approvals"]]) == (200, [asked["approval"]])
    assert client.call("GET", "/approvals/{approval}", path=asked)[2] == listed["approvals"][0]
    status, _, answer = answers(client, asked, {"answer": "refuse", "reason": "not now"})
    said = answer["status"], answer["answered_by"], answer["reason"]
    assert (status, said) == (200, ("REFUSED", USER, "not now"))
    assert client.call("GET", "/approvals")[2] == {"approvals": [], "next": None}


def test_an_answer_twice_is_a_conflict_and_with_its_key_the_same_answer(client, asked):
    """Whoever repeats a lost answer hears what came of it."""
    key = {"idempotency-key": "one"}
    first = answers(client, asked, {"answer": "grant"}, headers=key)
    assert answers(client, asked, {"answer": "grant"}, headers=key) == first
    status, _, problem = answers(client, asked, {"answer": "grant"})
    assert (status, problem["type"]) == (409, "urn:stargate:problem:approval-over")
    assert f"{USER} granted it at" in problem["detail"]


def test_an_answer_by_the_one_who_asked_is_forbidden(client, asked):
    """Somebody else has to."""
    (rows,) = client.play.table.operations.values()
    rows["approvals", APPROVAL_ID] = replace(rows["approvals", APPROVAL_ID], requested_by=USER)
    status, _, problem = answers(client, asked, {"answer": "grant"})
    assert (status, problem["type"]) == (403, "urn:stargate:problem:not-approver")


def test_an_approval_that_is_not_there_or_asked_for_wrongly_is_a_problem(client, asked):
    """Each with what is wrong."""
    status, _, problem = client.call("GET", "/approvals/{approval}", path={"approval": "x"})
    assert (status, problem["type"]) == (404, "urn:stargate:problem:unknown-approval")
    assert faults(client.call("GET", "/approvals", query={"status": "all"})) == {
        "?status": "one of limit, next"
    }
    assert faults(answers(client, asked, {"answer": "perhaps"})) == {"/answer": "one of grant, refuse"}


def make_hook(client, **asked):
    return client.call("POST", "/hooks", {"environment": "sandbox", **asked})


def test_a_hook_is_made_and_its_secret_is_not_told(client):
    """201: where to post, and where the secret lies for whoever may read it; the ledger names who asked."""
    ready(client)
    status, _, hook = make_hook(client, note="Grafana of the platform")
    assert status == 201
    key = hook["id"].rpartition(".")[2]
    assert hook == {
        "id": f"sandbox.us-east-1.{key}",
        "environment": "sandbox",
        "note": "Grafana of the platform",
        "path": f"/hooks/sandbox.us-east-1.{key}",
        "secret": {"name": f"stargate-sandbox/hook-{key}", "region": "us-east-1"},
        "made_at": None,
    }
    entry = ledger(client)[-1]
    assert (entry["actor"], entry["summary"]) == (USER, "a hook was made: Grafana of the platform")


def test_hooks_are_listed_and_removed(client):
    """Of one environment or of all; one that is gone is not there to be removed again."""
    ready(client)
    hook = make_hook(client)[2]
    assert client.call("GET", "/hooks")[2] == {"hooks": [hook], "next": None}
    assert client.call("GET", "/hooks", query={"environment": "sandbox"})[2] == {
        "hooks": [hook],
        "next": None,
    }
    path = {"hook": hook["id"]}
    assert client.call("DELETE", "/hooks/{hook}", path=path)[2] == {"id": hook["id"], "removed": True}
    assert client.call("GET", "/hooks")[2]["hooks"] == []
    assert client.call("DELETE", "/hooks/{hook}", path=path)[0] == 404
    assert client.call("DELETE", "/hooks/{hook}", path={"hook": "../switch"})[0] == 404
    assert ledger(client)[-1]["summary"] == f"a hook was removed: {hook['id']}"


def test_the_same_request_for_a_hook_makes_one(client):
    """By its Idempotency-Key."""
    ready(client)
    headers, asked = {"Idempotency-Key": "one"}, {"environment": "sandbox"}
    first, again = (client.call("POST", "/hooks", asked, headers=headers)[2] for _ in range(2))
    assert first == again
    assert len(client.call("GET", "/hooks")[2]["hooks"]) == 1


@pytest.mark.parametrize(
    ("asked", "paths"),
    [
        ([], ["/"]),
        ({}, ["/environment"]),
        ({"environment": 5, "note": 7, "secret": "mine"}, ["/environment", "/note", "/secret"]),
        ({"environment": "sandbox", "note": "x" * 201}, ["/note"]),
    ],
)
def test_a_faulty_request_for_a_hook_lists_every_fault(client, asked, paths):
    """A secret of one's own among them: nobody chooses it."""
    assert sorted(faults(client.call("POST", "/hooks", asked))) == paths


def test_a_hook_is_of_an_environment_that_stands(client):
    """Before it does there is nothing to take the secret away with."""
    assert make_hook(client)[0] == 404
    post(client)
    status, _, body = make_hook(client)
    assert (status, body["type"]) == (409, "urn:stargate:problem:environment-busy")


def test_a_list_of_hooks_takes_no_other_words(client):
    """Each unknown one is named."""
    assert list(faults(client.call("GET", "/hooks", query={"colour": "blue"}))) == ["?colour"]
    assert client.call("GET", "/hooks", query={"environment": "nobody"})[0] == 404


def ledger(client):
    route, path = "/environments/{name}/ledger", {"name": "sandbox"}
    return client.call("GET", route, path=path, query={"limit": "100"})[2]["entries"]


DRIFT = "/environments/{name}/drift"


def standing(client):
    body = post(client)[2]
    client.play.settle(body["id"], 1, Status.READY)
    return {"name": "sandbox"}


def test_drift_is_told_and_examined_on_request(client):
    """Never examined is an answer; asked for with a key it is begun once, and whoever asked is told."""
    path, headers = standing(client), {"Idempotency-Key": "drift-1"}
    assert client.call("GET", DRIFT, path=path)[2]["status"] == "never examined"
    answers = [client.call("POST", DRIFT, path=path, headers=headers)[::2] for _ in range(2)]
    assert answers[0] == answers[1]
    status, begun = answers[0]
    assert (status, begun["status"], begun["asked_by"]) == (202, "examining", USER)
    assert client.call("GET", DRIFT, path=path)[2] == begun


def test_a_repair_takes_an_empty_body_and_names_what_it_does_not_know(client):
    """What is nothing that could be put back is a fault, and nothing is begun."""
    path, route = standing(client), "/environments/{name}/repair"
    answer = client.call("POST", route, {"only": ["data/Database"]}, path=path)
    assert set(faults(answer)) == {"/only/0"}
    assert client.call("GET", DRIFT, path=path)[2]["status"] == "never examined"
    assert client.call("POST", route, path=path)[0] == 202


def test_what_is_at_work_is_not_examined_for_drift(client):
    """409 with the states from which it works; 404 for what nobody has."""
    post(client)
    status, _, body = client.call("POST", DRIFT, path={"name": "sandbox"})
    assert (status, body["type"]) == (409, "urn:stargate:problem:environment-busy")
    assert "READY, DEGRADED or ASLEEP" in body["detail"]
    assert client.call("GET", DRIFT, path={"name": "nobody"})[0] == 404


def test_incidents_are_listed_and_one_is_shown_with_its_timeline(client):
    """And what is not there, or asked for wrongly, is a problem."""
    _, _, created = post(client)
    incident = Incident(
        APPROVAL_ID, "errors-high#litellm", ("errors-high#litellm",), Severity.CRITICAL, 1e9, 1e9
    )
    client.play.table.operations[created["id"]] = {("incidents", APPROVAL_ID): incident}
    routes = ("GET", "/environments/{name}/incidents"), ("GET", "/environments/{name}/incidents/{incident}")
    status, _, listed = client.call(*routes[0], path=SANDBOX)
    assert (status, [one["id"] for one in listed["incidents"]]) == (200, [APPROVAL_ID])
    status, _, shown = client.call(*routes[1], path={**SANDBOX, "incident": APPROVAL_ID})
    assert (status, shown["status"], shown["timeline"]) == (200, "open", [])
    missing = client.call(*routes[1], path={**SANDBOX, "incident": "rumour"})
    assert (missing[0], missing[2]["type"]) == (404, "urn:stargate:problem:unknown-incident")
    wrong = client.call(*routes[0], path=SANDBOX, query={"next": "rumour", "limit": "1"})
    assert list(faults(wrong)) == ["?next"]


def redriver(client):
    return handler.api.redriver


def test_dead_letters_are_shown_brought_back_and_discarded_by_whoever_asks(client):
    """The order goes where the rights are, with the caller's name; no body means all of them."""
    assert client.call("GET", "/redrive")[:1] == (200,)
    assert client.call("POST", "/redrive", raw="")[0] == 200
    client.call("POST", "/redrive", {"letters": ["m-1"], "discard": True})
    assert redriver(client).orders == [
        {"show": True, "actor": USER},
        {"actor": USER},
        {"letters": ["m-1"], "discard": True, "actor": USER},
    ]


@pytest.mark.parametrize(
    ("order", "paths"),
    [
        ([], ["/"]),
        ({"letters": [], "discard": "yes", "all": True}, ["/all", "/discard", "/letters"]),
        ({"letters": [""]}, ["/letters"]),
        ({"letters": ["m"] * 101}, ["/letters"]),
        ({"discard": True}, ["/letters"]),
    ],
)
def test_an_order_that_is_not_clear_touches_no_letter(client, order, paths):
    """To throw away all of them at once cannot be said."""
    assert sorted(faults(client.call("POST", "/redrive", order))) == paths
    assert redriver(client).orders == []


def test_letters_that_cannot_be_reached_are_a_problem_with_the_reason(client):
    """503: nothing was touched, ask again."""
    redriver(client).fails = "the queue is not there"
    status, _, body = client.call("POST", "/redrive", {})
    assert (status, body["type"]) == (503, "urn:stargate:problem:redrive-failed")
    assert "the queue is not there" in body["detail"]


def test_an_action_is_asked_for_once_by_whoever_calls(client):
    """202 with what was decided; with its key the same again asks nothing twice."""
    post(client)
    route, request = (
        "/environments/{name}/actions",
        {"action": "page", "subject": "litellm", "reason": "help"},
    )
    key = {"idempotency-key": "one"}
    first = client.call("POST", route, request, path=SANDBOX, headers=key)
    assert (first[0], first[2]["outcome"]) == (202, "taken")
    assert client.call("POST", route, request, path=SANDBOX, headers=key) == first
    assert handler.api.requested == [("sandbox", request, USER)]
    assert client.call("GET", route, path=SANDBOX)[2] == {"actions": [], "next": None}


def test_an_action_that_is_asked_for_wrongly_is_refused_with_every_fault(client):
    """And nothing is asked of anybody; neither for an environment that is not there."""
    post(client)
    route = "/environments/{name}/actions"
    wrong = client.call("POST", route, {"action": "page", "force": True}, path=SANDBOX)
    assert set(faults(wrong)) == {"/reason", "/force"}
    assert set(faults(client.call("GET", route, path=SANDBOX, query={"limit": "0", "next": "x"}))) == {
        "?limit"
    }
    assert set(faults(client.call("GET", route, path=SANDBOX, query={"next": "x"}))) == {"?next"}
    request = {"action": "page", "subject": "litellm", "reason": "help"}
    missing = client.call("POST", route, request, path={"name": "nobody"})
    assert (missing[0], handler.api.requested) == (404, [])
