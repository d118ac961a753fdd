"""What API Gateway lets through is what Chalice routes, and what it refuses is told as the API would."""

from __future__ import annotations

import importlib.util
import json
import os

import pytest

from tests.template.control_plane import FUNCTIONS, PROJECT, RESOURCES, translated

RESPONSES = RESOURCES["Api"]["Properties"]["GatewayResponses"]
OPEN = {
    ("GET", "/links/{token}"): "AnswerLinkFunction",
    ("POST", "/links/{token}"): "AnswerLinkFunction",
    ("POST", "/hooks/{hook}"): "ReceiveDeliveryFunction",
}
PROBLEM = "'application/problem+json'"


def listed_routes() -> set[tuple[str, str]]:
    return {
        (event["Properties"]["Method"], event["Properties"]["Path"])
        for event in FUNCTIONS["ApiFunction"]["Events"].values()
    }


@pytest.fixture(scope="module")
def chalice_routes():
    os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
    os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stargate")
    path = PROJECT / "functions/api/handler.py"
    spec = importlib.util.spec_from_file_location("api_handler_for_its_routes", path)
    handler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(handler)
    return {(method, path) for path, methods in handler.app.routes.items() for method in methods}


def test_template_and_chalice_list_the_same_routes(chalice_routes):
    """Chalice routes on the path as API Gateway spells it, so each is listed, in the same spelling."""
    assert chalice_routes == listed_routes()


def test_every_route_asks_for_a_signature_but_those_that_know_who_comes():
    """Each open one has a function of its own, which knows by a secret; no other path is open."""
    paths = translated()["Resources"]["Api"]["Properties"]["Body"]["paths"]
    security = {
        (method.upper(), path): told.get("security")
        for path, methods in paths.items()
        for method, told in methods.items()
    }
    signed, nobody = [{"AWS_IAM": []}], [{"NONE": []}]
    assert security == {**dict.fromkeys(listed_routes(), signed), **dict.fromkeys(OPEN, nobody)}
    served = {
        (event["Properties"]["Method"], event["Properties"]["Path"]): name
        for name, function in FUNCTIONS.items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "Api" and name != "ApiFunction"
    }
    assert served == OPEN


def test_functions_do_not_run_with_the_callers_rights():
    """SAM's default would hand the caller's credentials to the integration."""
    assert RESOURCES["Api"]["Properties"]["Auth"]["InvokeRole"] == "NONE"
    assert '"credentials"' not in json.dumps(translated()["Resources"]["Api"])


def test_the_refusals_that_callers_meet_are_all_told():
    """API Gateway's own answers are listed one by one; the two defaults catch what AWS may add."""
    expected = {
        "MISSING_AUTHENTICATION_TOKEN", "ACCESS_DENIED", "UNAUTHORIZED", "INVALID_SIGNATURE", "EXPIRED_TOKEN",
        "BAD_REQUEST_BODY", "BAD_REQUEST_PARAMETERS", "REQUEST_TOO_LARGE", "UNSUPPORTED_MEDIA_TYPE",
        "RESOURCE_NOT_FOUND", "THROTTLED", "QUOTA_EXCEEDED", "INTEGRATION_TIMEOUT", "INTEGRATION_FAILURE",
        "DEFAULT_4XX", "DEFAULT_5XX",
    }  # fmt: skip
    assert expected == set(RESPONSES)


@pytest.mark.parametrize("kind", RESPONSES)
def test_a_refusal_is_a_problem_document(kind):
    """Same fields as the API's own answers, valid JSON, its own status, and what is allowed."""
    response = RESPONSES[kind]
    problem = json.loads(response["ResponseTemplates"]["application/json"])
    assert list(problem) == ["type", "title", "status", "detail", "faults"]
    assert str(problem["status"]) == response["StatusCode"]
    assert problem["type"].startswith("urn:stargate:problem:")
    assert response["ResponseParameters"]["Headers"]["Content-Type"] == PROBLEM
    if problem["status"] < 500:
        assert problem["faults"]
        assert all(fault["path"] and fault["fault"] and fault["allowed"] for fault in problem["faults"])


@pytest.mark.parametrize("kind", ["MISSING_AUTHENTICATION_TOKEN", "RESOURCE_NOT_FOUND", "DEFAULT_4XX"])
def test_a_wrong_path_is_answered_with_the_right_ones(kind):
    """Whoever misses a route reads all there are."""
    text = RESPONSES[kind]["ResponseTemplates"]["application/json"]
    assert [route for route in sorted(listed_routes()) if " ".join(route) not in text] == []


def test_the_stage_is_throttled_logged_and_traced():
    """Nobody can use up the account's concurrency through it, and every call can be followed."""
    stage = translated()["Resources"]["Apiv1Stage"]["Properties"]
    limits = {
        (one["HttpMethod"], one["ResourcePath"]): (one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"])
        for one in stage["MethodSettings"]
    }
    assert limits == {
        ("*", "/*"): (20, 40),
        ("*", "/~1links~1{token}"): (2, 5),
        ("POST", "/~1hooks~1{hook}"): (5, 10),
    }
    assert [one["DataTraceEnabled"] for one in stage["MethodSettings"]] == [False] * len(limits)
    assert stage["TracingEnabled"] is True
    assert set(json.loads(stage["AccessLogSetting"]["Format"])) >= {"requestId", "caller", "route", "status"}
