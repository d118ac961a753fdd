"""Bedrock's quotas and their use come as AWS tells them, and go back as metrics; budgets stand in one row."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.stub import ANY, Stubber

from stargate.adapters import aws
from stargate.adapters.quotas.model_quotas import BedrockUse, PublishedQuotas, ServiceQuotasOfModels
from stargate.adapters.state.budget_rows import ModelProfiles, QuotaBudgetRows
from stargate.domain.provisioning.progress import NodeState
from stargate.domain.scaling.model_quotas import BY_MODEL
from stargate.domain.scaling.quota_budgets import Budgets
from stargate.domain.scaling.quota_watch import Level, Limit, UseMinute, Watched
from stargate.errors import AwsThrottledError
from tests.contract import table_on_moto

REGION = "us-east-1"
SONNET = BY_MODEL["sonnet"]
MINUTE = 1_760_000_040.0


@pytest.fixture(autouse=True)
def _keys(monkeypatch):
    """Keys that open nothing, and clients that no other test has used."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


def told(known, value):
    return {"Quota": {"QuotaCode": known.code, "QuotaName": known.name, "Value": value}}


def asked(known):
    return {"ServiceCode": "bedrock", "QuotaCode": known.code}


def test_limits_are_asked_for_by_code():
    """Two calls for each model."""
    with Stubber(aws.client("service-quotas", REGION)) as stub:
        stub.add_response("get_service_quota", told(SONNET.tokens, 200_000.0), asked(SONNET.tokens))
        stub.add_response("get_service_quota", told(SONNET.requests, 500.0), asked(SONNET.requests))
        granted = ServiceQuotasOfModels().granted(REGION, [SONNET])
    assert granted == {"us.sonnet": Limit(200_000.0, 500.0, "Service Quotas")}


def test_a_limit_whose_code_is_unknown_is_found_by_its_name():
    """The list is asked for once for all of them; what it does not have either is left out."""
    listed = {"Quotas": [{"QuotaName": SONNET.tokens.name, "Value": 7.0}]}
    with Stubber(aws.client("service-quotas", REGION)) as stub:
        stub.add_client_error("get_service_quota", "NoSuchResourceException")
        stub.add_response("list_service_quotas", listed, {"ServiceCode": "bedrock"})
        stub.add_client_error("get_service_quota", "NoSuchResourceException")
        assert ServiceQuotasOfModels().granted(REGION, [SONNET]) == {}
        stub.assert_no_pending_responses()


def test_a_throttle_of_service_quotas_is_no_unknown_quota():
    """Nothing is concluded from it."""
    with Stubber(aws.client("service-quotas", REGION)) as stub:
        stub.add_client_error("get_service_quota", "TooManyRequestsException")
        with pytest.raises(AwsThrottledError, match="GetServiceQuota"):
            ServiceQuotasOfModels().granted(REGION, [SONNET])


def series(identifier, **values):
    at = datetime.fromtimestamp(MINUTE, UTC)
    return [
        {"Id": f"{identifier}_{name}", "Timestamps": [at], "Values": [value]}
        for name, value in values.items()
    ]


def test_use_comes_by_profile_and_minute():
    """What CloudWatch does not tell counts nothing; AWS's own estimate is none where it is not told."""
    calls = [*series("m0", requests=12.0), *series("m2", throttles=4.0)]
    tokens = series("m0", input_tokens=3000.0)
    with Stubber(aws.client("cloudwatch", REGION)) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": calls})
        stub.add_response("get_metric_data", {"MetricDataResults": tokens})
        use = BedrockUse().minutes(REGION, ["own", "idle", "us.sonnet"], MINUTE - 900.0, MINUTE)
    assert use == {
        "own": (UseMinute(MINUTE, requests=12.0, input_tokens=3000.0),),
        "us.sonnet": (UseMinute(MINUTE, throttles=4.0),),
    }


def test_of_what_nobody_calls_only_calls_are_asked_for():
    """Two metrics of each profile, and four more of each that was called: every one of them has its price."""
    asked = []
    client = aws.client("cloudwatch", REGION)
    client.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData",
        lambda params, **_: asked.append([one["Id"] for one in params["MetricDataQueries"]]),
    )
    with Stubber(client) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": series("m1", requests=1.0)})
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        BedrockUse().minutes(REGION, ["idle", "called"], MINUTE, MINUTE)
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        BedrockUse().minutes(REGION, ["idle"], MINUTE, MINUTE)
    assert [len(one) for one in asked] == [4, 4, 2]


def test_the_profiles_of_many_environments_are_asked_for_in_several_calls():
    """CloudWatch takes 500 queries at once."""
    with Stubber(aws.client("cloudwatch", REGION)) as stub:
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        stub.add_response("get_metric_data", {"MetricDataResults": series("m299", requests=1.0)})
        stub.add_response("get_metric_data", {"MetricDataResults": []})
        use = BedrockUse().minutes(REGION, [str(number) for number in range(300)], MINUTE, MINUTE)
        stub.assert_no_pending_responses()
    assert use == {"299": (UseMinute(MINUTE, requests=1.0),)}


def test_what_is_published_tells_headroom_and_shares():
    """By model, and each environment's part; minutes left only where there is a trend."""
    watched = Watched(
        key="us.sonnet",
        limit=Limit(200_000.0, 500.0, "Service Quotas"),
        tokens=150_000.0,
        held=10_000.0,
        requests=100.0,
        throttles=0.0,
        percent=80.0,
        minutes_left=None,
        level=Level.WARNING,
        reason="80 % of it is used",
        shares={"night": 0.75, "others": 0.25},
    )
    sent = {}
    client = aws.client("cloudwatch", REGION)
    client.meta.events.register(
        "provide-client-params.cloudwatch.PutMetricData", lambda params, **_: sent.update(params)
    )
    with Stubber(client) as stub:
        stub.add_response("put_metric_data", {}, {"Namespace": "Stargate/Quota", "MetricData": ANY})
        PublishedQuotas().publish(REGION, [watched], MINUTE)
    values = {
        (one["MetricName"], *(named["Value"] for named in one["Dimensions"])): one["Value"]
        for one in sent["MetricData"]
    }
    assert values["UsedPercent", "us.sonnet"] == 80.0
    assert values["TokensHeadroom", "us.sonnet"] == 40_000.0
    assert values["RequestsHeadroom", "us.sonnet"] == 400.0
    assert values["SharePercent", "us.sonnet", "night"] == 75.0
    assert not any(name == "MinutesLeft" for name, *_ in values)


def test_of_a_model_that_nobody_calls_nothing_is_published():
    """And where nobody calls any, AWS is not called either."""
    idle = Watched(SONNET.key, Limit(1.0, 1.0, "last known"), 0.0, 0.0, 0.0, 0.0, 0.0, None, Level.OK, "idle")
    with Stubber(aws.client("cloudwatch", REGION)):
        PublishedQuotas().publish(REGION, [idle], MINUTE)


@pytest.fixture
def table(monkeypatch):
    with table_on_moto.table(monkeypatch) as standing:
        yield standing


def test_budgets_come_back_as_they_were_written(table):
    """By region; of one that nobody has written nothing is known."""
    rows = QuotaBudgetRows(table)
    limit = Limit(200_000.0, 500.0, "last known")
    watched = Watched(
        SONNET.key, limit, 10.5, 2.0, 3.0, 0.0, 6.25, None, Level.WARNING, "told so", {"night": 1.0}
    )
    for one in (watched, replace(watched, minutes_left=4.5, shares={})):
        budgets = Budgets(MINUTE, {"night": {"claude-sonnet-4-5": 1200.5}}, {"claude-sonnet-4-5": one})
        rows.write(REGION, budgets)
        assert rows.read(REGION) == budgets
    assert rows.read("eu-west-1") == Budgets()


class Nodes:
    """What the stack `models` says of itself, if it stands."""

    def __init__(self, outputs):
        self.state = NodeState("models", outputs=outputs) if outputs is not None else None

    def all(self, _environment_id):
        return {"models": self.state} if self.state else {}


def test_an_environments_profiles_are_those_of_its_stack():
    """A stack that does not stand has none."""
    assert ModelProfiles(Nodes({"SonnetProfileId": "abc"})).of("id") == {"sonnet": "abc"}
    assert ModelProfiles(Nodes(None)).of("id") == {}
