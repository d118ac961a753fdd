"""The twins behind the local cloud: who runs, what time does to them, and the orders that people give."""

import asyncio
import itertools
import json
import random

import pytest

from local import control
from local.clock import Clock
from local.gateways import control as gateways_control
from local.gateways import registry, ticker
from local.services.ecs import control as ecs_control
from local.services.later import Later
from local.twin.fleet import DeploymentRules, TaskSize
from tests.contract import ecs_stories, ministack_in_process
from tests.contract.ecs_stories import CLUSTER, ask, by_hand, until

RULES = DeploymentRules(healthy_seconds=41)


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.setattr("local.services.ecs.events.emit", lambda *_: None)
    with ministack_in_process.cloud() as made:
        yield made


@pytest.fixture
def gateway(cloud):
    """An environment `one` whose service is litellm, with two tasks that serve; time stands still."""
    whole = ecs_stories.resources(ServiceName="litellm")
    asyncio.run(cloud.create(CLUSTER, whole))
    return by_hand()


@pytest.fixture
def bare():
    """The environment `one` with nothing around it: enough for orders that are refused."""
    hands = ecs_stories.Hands(1e9)
    registry.install(hands, random.Random(7))  # noqa: S311 - decides delays, guards nothing
    gateways_control.install()
    ecs_control.install()
    with registry.ordering(CLUSTER, ("a", "b")) as (fleet, now):
        fleet.add_service("litellm", TaskSize(2048, 4096), 2, now, RULES)
    hands.pass_seconds(300)


def order(name, body):
    """(status, document) of a call of the control."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return control._call("POST", f"/_stargate/{name}", text)


def obeyed(name, **body):
    status, document = order(name, {"environment": "one", **body})
    assert status == 200, document
    return document


def faults(name, body):
    status, document = order(name, body)
    assert status == 400
    return document["faults"]


def test_users_are_set_and_the_truth_tells_of_them(gateway):
    """They come at once, and what they do can be read."""
    assert obeyed("users", users=60, models={"haiku": 3, "sonnet": 1})["users"]["count"] == 60
    gateway.pass_seconds(120)
    told = obeyed("truth")
    assert told["environment"] == "one"
    assert told["requests_per_second"] > 0
    assert told["services"]["litellm"]["serving"] == 2


def test_a_crashed_task_is_seen_in_ecs_and_replaced(gateway):
    """The order ends the one that serves longest; ECS starts another one by itself."""
    obeyed("break", what="crash_task")
    [crashed] = [task for task in ecs_tasks("STOPPED") if task["stopCode"] == "EssentialContainerExited"]
    assert crashed["lastStatus"] == "DEPROVISIONING"
    for _ in range(200):
        gateway.pass_seconds(1)
    [described] = ask("DescribeServices", cluster=CLUSTER, services=["litellm"])["services"]
    assert described["runningCount"] == 2


def ecs_tasks(status):
    arns = ask("ListTasks", cluster=CLUSTER, serviceName="litellm", desiredStatus=status)["taskArns"]
    return ask("DescribeTasks", cluster=CLUSTER, tasks=arns)["tasks"] if arns else []


def test_what_is_broken_lasts_until_it_is_mended(gateway):
    """Slow models are slow, a crash loop goes on; mend ends both."""
    obeyed("break", what="slow_models", factor=8)
    obeyed("break", what="crash_loop", every_seconds=20)
    assert len(registry.running(CLUSTER).broken()) > 1
    obeyed("mend")
    assert registry.running(CLUSTER).broken() == []


def test_a_version_that_crashes_is_a_deployment_of_ecs(gateway):
    """It can be described, stopped or waited for until the circuit breaker rolls it back."""
    obeyed("deploy-crashing", service="litellm")
    briefs = ask("ListServiceDeployments", cluster=CLUSTER, service="litellm")["serviceDeployments"]
    assert [brief["status"] for brief in briefs] == ["IN_PROGRESS", "SUCCESSFUL"]


def test_a_quota_is_set(gateway):
    """And is told in the truth."""
    told = obeyed("quota", model="haiku", requests_per_minute=10, tokens_per_minute=1000)
    assert registry.running(CLUSTER).models["haiku"].quota.requests_per_minute == 10
    assert "haiku" in json.dumps(told)


@pytest.mark.parametrize(
    "name", ["users", "quota", "break", "mend", "truth", "deploy-crashing", "failover", "answers"]
)
@pytest.mark.parametrize("named", ["two", None, 1, "", "One"])
def test_an_unknown_environment_is_named_with_those_that_run(bare, name, named):
    """Whatever was asked for."""
    found = faults(name, {"environment": named})
    assert f"no environment {named!r} runs a gateway; those that do: one" in found


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("users", {}, ["users must be a whole number from 0 to 100000, not None"]),
        ("users", {"users": -1}, ["from 0 to 100000, not -1"]),
        ("users", {"users": True}, ["not True"]),
        ("users", {"users": 1.5}, ["not 1.5"]),
        ("users", {"users": 10**9}, ["from 0 to 100000"]),
        ("users", {"users": 1, "models": []}, ["models must be an object of model and share"]),
        ("users", {"users": 1, "models": {"gpt": 1}}, ["no model 'gpt'; there are haiku"]),
        ("users", {"users": 1, "models": {"haiku": "x"}}, ["the share of haiku must be a number"]),
        ("users", {"users": 1, "models": {"haiku": 0}}, ["one share must be more than zero"]),
        ("users", {"users": "x", "people": 1}, ["unknown field people; allowed: environment", "not 'x'"]),
        (
            "quota",
            {"model": "gpt"},
            ["model must be one of haiku", "requests_per_minute", "tokens_per_minute"],
        ),
        ("break", {}, ["what must be one of crash_loop, crash_task"]),
        ("break", {"what": "everything"}, ["not 'everything'"]),
        ("break", {"what": "slow_models", "factor": 0}, ["factor must be a number from 1 to 1000, not 0"]),
        ("break", {"what": "crash_task", "service": "nobody"}, ["nobody"]),
        (
            "break",
            {"what": "crash_task", "servce": "litellm"},
            ["unknown field servce; allowed: environment"],
        ),
        ("break", {"what": "crash_task", "task_id": "nobody"}, ["nobody"]),
        ("mend", {"what": "all"}, ["unknown field what; allowed: environment"]),
        ("failover", {"seconds": 0, "wedges": 1}, ["seconds must be a number from 1", "wedges must be true"]),
        ("answers", {"since": "now"}, ["since must be seconds since 1970, not 'now'", "until must be"]),
        ("deploy-crashing", {"service": "nobody"}, ["service must be one of litellm, not 'nobody'"]),
    ],
)
def test_a_bad_order_is_answered_with_every_fault_and_what_is_allowed(bare, name, body, words):
    """And nothing of it is done."""
    found = faults(name, {"environment": "one", **body})
    assert len(found) == len(words)
    assert all(word in fault for word, fault in zip(words, found, strict=True)), found
    assert registry.running(CLUSTER).users.count == 0
    assert registry.running(CLUSTER).broken() == []


@pytest.mark.parametrize("body", [b"[]", b'"one"', b"1", b"null"])
def test_an_order_that_is_no_object_is_refused(bare, body):
    """It names no environment."""
    assert faults("truth", body) == ["the body must be a JSON object"]


@pytest.mark.parametrize("body", [b"{", b"\xff", b"{'environment': 'one'}"])
def test_an_order_that_is_no_json_is_refused(bare, body):
    """With what the parser says."""
    assert order("truth", body)[0] == 400


def test_readings_are_passed_on_with_what_happened(gateway):
    """In the cluster's region, once for each period that is over."""
    told = []
    registry.on_advance(lambda *all_of_it: told.append(all_of_it))
    obeyed("users", users=30)
    for _ in range(180):
        gateway.pass_seconds(1)
        registry.advance(registry.find(CLUSTER))
    assert {cluster for cluster, *_ in told} == {CLUSTER}
    readings = [reading for *_, some in told for reading in some]
    periods = {(r.subject, r.measure, r.period, r.at) for r in readings}
    assert len(periods) == len(readings)
    assert {"service:litellm", "balancer", "database"} <= {reading.subject for reading in readings}


def test_readings_have_no_identity_but_their_gateways(gateway):
    """The database's readings are of the instance that bears the cluster's name: there is one of each."""
    told = []
    registry.on_advance(lambda *all_of_it: told.append(all_of_it))
    gateway.pass_seconds(130)
    registry.advance(registry.find(CLUSTER))
    of_database = [(cluster, r) for cluster, *_, some in told for r in some if r.subject == "database"]
    assert of_database
    assert {cluster for cluster, _ in of_database} == {CLUSTER}


def many(count, clock):
    """So many gateways with four services each, steady."""
    registry.install(clock, random.Random(7))  # noqa: S311 - decides delays, guards nothing
    for number in range(count):
        with registry.ordering(f"stargate-e{number}", ("a", "b", "c")) as (fleet, now):
            for name, desired in (("litellm", 2), ("grafana", 1), ("langfuse", 1), ("victoria-metrics", 1)):
                fleet.add_service(name, TaskSize(2048, 4096), desired, now, RULES)


def test_a_turn_ends_when_its_budget_is_spent_and_the_others_come_first_in_the_next():
    """A crowd of gateways slows each of them, and never the server that they live in."""
    hands = ecs_stories.Hands(1e9)
    many(3, hands)
    hands.at += 60
    readings = itertools.count(0, 2 * ticker.BUDGET)  # each look at the stopwatch finds the budget spent
    turns = []
    for _ in range(3):
        before = {entry.place.cluster: entry.looked_at for entry in registry.every()}
        ticker.pass_time(lambda: next(readings))
        after = {entry.place.cluster: entry.looked_at for entry in registry.every()}
        turns.append([cluster for cluster in after if after[cluster] != before[cluster]])
    assert sorted(turns) == [["stargate-e0"], ["stargate-e1"], ["stargate-e2"]]


def test_a_gateway_that_nobody_uses_is_looked_at_once_in_twenty_seconds():
    """What the metrics need, and no more: fifty idle gateways must cost the server next to nothing."""
    hands = ecs_stories.Hands(1e9)
    many(1, hands)
    hands.at += 600
    ticker.pass_time()
    (idle,) = registry.every()
    seen, looks = idle.looked_at, []
    for _ in range(2 * ticker.IDLE_STEP):
        hands.at += 1
        ticker.pass_time()
        looks.append(idle.looked_at)
    assert sorted(set(looks) - {seen}) == [seen + ticker.IDLE_STEP, seen + 2 * ticker.IDLE_STEP]


def test_a_gateway_that_cannot_go_on_does_not_hold_the_others_up(monkeypatch):
    """Its error is told where the loop's errors are told, each time."""
    hands = ecs_stories.Hands(1e9)
    many(2, hands)
    broken, well = registry.every()

    def fail(_to):
        raise RuntimeError("broken")

    monkeypatch.setattr(broken.gateway, "advance", fail)
    told = []

    async def story():
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
        hands.at += 200
        ticker.pass_time()

    asyncio.run(story())
    assert told == [f"{broken.place.cluster} did not advance"]
    assert well.fleet.steady("litellm")


def test_time_passes_by_itself_as_long_as_anything_runs(monkeypatch):
    """The ticker begins with the first cluster and ends with the last."""

    async def story():
        registry.install(Clock.starting_now(3000), random.Random(7))  # noqa: S311 - decides delays only
        later = Later()
        ticking = ticker.Ticker(later)
        registry.on_start(ticking.wake)
        with registry.ordering("stargate-one", ("a",)) as (fleet, now):
            fleet.add_service("litellm", TaskSize(2048, 4096), 1, now, RULES)
        assert ticking.ticking
        await until(lambda: fleet.steady("litellm"))
        with registry.ordering("stargate-one", ()) as (fleet, now):
            fleet.remove_service("litellm", now)
        await until(lambda: not ticking.ticking)

    asyncio.run(story())
    assert registry.every() == []
