"""Bedrock's quota: what it counts, what it throttles, and what LiteLLM makes of it."""

import pytest

from local.twin import PARAMETERS, Quota, QuotaShare
from local.twin.arrivals import Batch
from local.twin.fleet import TaskSize
from local.twin.quota import Bucket
from tests.unit.twin.twins import LITELLM_ALONE, adds_up, after, gateway_of, mean, of, settled, total


def test_a_request_takes_its_input_and_all_it_might_answer_and_gives_back_the_rest():
    """Reserved at the start: input and max_tokens. Settled at the end: input and five times the output."""
    bucket = Bucket(Quota(100, 10_000))
    assert bucket.take(5, 600 + 1024) == 5
    assert bucket.take(5, 600 + 1024) == 1  # 1880 of 10 000 tokens are left
    bucket.settle(6 * (1024 - 5 * 40))
    assert bucket.take(5, 600 + 1024) == 3  # 256 + 4944 are left


def test_a_quota_fills_evenly_over_the_minute_and_no_further():
    """Sixty seconds give back a minute's worth, an hour not more."""
    bucket = Bucket(Quota(60, 6000))
    assert bucket.take_all(60, 100)
    assert not bucket.take_all(1, 100)
    bucket.fill()
    assert bucket.take_all(1, 100)
    for _ in range(3600):
        bucket.fill()
    assert bucket.take(100, 1) == 60


def test_a_quota_of_nothing_lets_nothing_through():
    """Zero is a quota too."""
    assert Bucket(Quota(0, 0)).take(10, 1) == 0
    assert Bucket(Quota(10, 0)).take(10, 1) == 0
    assert not Bucket(Quota(0, 10)).take_all(1, 1)


def test_within_its_quota_nobody_is_throttled():
    """As our parameters have it, the quotas carry all 300 users of the specification."""
    gateway = settled(6, 300)
    readings = after(gateway, 1200)
    assert gateway.totals.throttled == 0
    assert gateway.totals.failed == 0
    assert [reading for reading in readings if reading.measure == "throttles"] == []
    assert 0.5 < gateway.truth()["models"]["haiku"]["quota_use"]["tokens"] < 1


def test_requests_beyond_the_quota_are_throttled_retried_and_then_refused():
    """Two retries each; what still fails is a 429 to the user, which the balancer counts as the target's."""
    gateway = settled(4, 120, parameters=LITELLM_ALONE)
    free = total(after(gateway, 600), "model:haiku", "invocations")
    gateway.set_quota("haiku", Quota(600, 5_000_000))
    after(gateway, 120)
    started, throttled, retried = (
        getattr(gateway.totals, name) for name in ("started", "throttled", "retried")
    )
    readings = after(gateway, 600)
    assert total(readings, "model:haiku", "invocations") == pytest.approx(600 * 10, rel=0.02)
    refused = total(readings, "targets:litellm", "target_4xx")
    assert free > 10_000
    assert refused > 0
    assert total(readings, "model:haiku", "throttles") == gateway.totals.throttled - throttled
    assert gateway.totals.throttled - throttled == pytest.approx(
        gateway.totals.retried - retried + refused, rel=0.02
    )
    assert total(readings, "model:sonnet", "throttles") == 0
    assert refused < gateway.totals.started - started
    assert adds_up(gateway.totals)


def test_throttling_costs_work_and_brings_no_answers():
    """At the quota each answer costs more of a task: more tasks would add retries, not throughput."""
    gateway = settled(4, 120, parameters=LITELLM_ALONE)
    readings = after(gateway, 600)
    spent = mean(readings, "service:litellm", "cpu") / total(readings, "targets:litellm", "target_2xx")
    gateway.break_(QuotaShare(0.1))
    after(gateway, 120)
    throttled = after(gateway, 600)
    answers = total(throttled, "targets:litellm", "target_2xx")
    assert answers < 0.6 * total(readings, "targets:litellm", "target_2xx")
    assert mean(throttled, "service:litellm", "cpu") / answers > spent
    gateway.fleet.set_desired("litellm", 6, gateway.at)
    after(gateway, 300)
    assert total(after(gateway, 600), "targets:litellm", "target_2xx") == pytest.approx(answers, rel=0.03)


def test_tokens_count_five_times_when_they_come_out():
    """What the model reports as used of its quota is its input and five times its output."""
    gateway = settled(2, 60)
    readings = after(gateway, 600)
    for model in ("haiku", "sonnet", "opus"):
        into, out, used = (
            total(readings, f"model:{model}", f"{name}_tokens") for name in ("input", "output", "quota")
        )
        assert used == pytest.approx(into + 5 * out)
        assert into / total(readings, f"model:{model}", "invocations") == pytest.approx(400, rel=0.15)


def test_a_share_that_others_use_comes_back_with_mending():
    """Half the quota while it is broken, all of it after."""
    gateway = settled(2, 30)
    gateway.break_(QuotaShare(0.5, "sonnet"))
    whole = PARAMETERS.models[1].quota
    assert gateway.models["sonnet"].quota == Quota(whole.requests_per_minute / 2, whole.tokens_per_minute / 2)
    assert gateway.models["haiku"].quota == PARAMETERS.models[0].quota
    gateway.set_quota("sonnet", Quota(100, 1000))
    assert gateway.models["sonnet"].quota == Quota(50, 500)
    gateway.mend()
    assert gateway.models["sonnet"].quota == Quota(100, 1000)


def test_a_throttled_request_holds_its_place_while_it_waits():
    """Between attempts it is in flight still: memory and connections are held, the answer comes later."""
    gateway = settled(2, 60, parameters=LITELLM_ALONE)
    calm = mean(after(gateway, 600), "balancer", "response_seconds")
    gateway.break_(QuotaShare(0.05, "haiku"))
    after(gateway, 120)
    readings = after(gateway, 600)
    assert mean(readings, "balancer", "response_seconds") > calm
    assert of(readings, "model:haiku", "throttles")


def at_a_tenth(parameters):
    """Readings and totals of ten minutes with a tenth of Haiku's quota."""
    gateway = settled(4, 120, parameters=parameters)
    gateway.break_(QuotaShare(0.1, "haiku"))
    after(gateway, 120)
    retried = gateway.totals.retried
    readings = after(gateway, 600)
    assert adds_up(gateway.totals)
    return readings, gateway.totals.retried - retried


def test_admission_asks_for_as_much_as_is_answered():
    """As many answers as of LiteLLM alone, a fraction of the refusals by Bedrock, no retries, and in time."""
    alone, alone_retried = at_a_tenth(LITELLM_ALONE)
    readings, retried = at_a_tenth(PARAMETERS)
    answers, throttles = (
        [total(found, "model:haiku", measure) for found in (readings, alone)]
        for measure in ("invocations", "throttles")
    )
    assert answers[0] >= 0.95 * answers[1]
    assert throttles[0] <= 0.2 * throttles[1]
    assert retried <= 0.02 * alone_retried
    slowest = mean(alone, "balancer", "response_seconds")
    assert mean(readings, "balancer", "response_seconds") < 0.8 * slowest
    assert mean(readings, "service:litellm", "cpu") < mean(alone, "service:litellm", "cpu")


def test_admission_costs_nothing_while_there_is_quota():
    """Nobody waits, nobody is refused: the same answers in the same time."""
    alone, ours = (
        after(settled(4, 120, parameters=parameters), 600) for parameters in (LITELLM_ALONE, PARAMETERS)
    )
    for measure in ("target_2xx", "response_seconds"):
        assert total(ours, "balancer", measure) == total(alone, "balancer", measure)


class Flood:
    """Requests that come whatever became of those before; it keeps what became of each batch."""

    def __init__(self, a_second):
        self.a_second = a_second
        self.ended = []

    def arrive(self, _at):
        return [Batch("haiku", self.a_second // 4, 400, 40)] * 4

    def end(self, ended, _at):
        self.ended.append(ended)

    def in_time(self):
        """The share of all that was answered with a second added at most."""
        good = sum(one.requests for one in self.ended if not one.failed and one.added_seconds <= 1.0)
        return good / sum(one.requests for one in self.ended)


def test_a_flood_is_met_by_serving_the_newest():
    """Beyond what a task can do all come late, one after the other; newest first, many are still in time."""
    shares = []
    for parameters in (LITELLM_ALONE, PARAMETERS):
        flood = Flood(52)
        gateway = gateway_of(1, parameters=parameters, arrivals=flood, size=TaskSize(2048, 30_000))
        after(gateway, 600)
        assert adds_up(gateway.totals)
        shares.append(flood.in_time())
    alone, ours = shares
    assert alone < 0.05
    assert ours > 0.35


def test_a_model_that_is_served_by_another_takes_of_the_others_quota():
    """LiteLLM's tasks read of it within half a minute; nobody is refused any more, and back again."""
    gateway = settled(4, 120)
    gateway.set_quota("sonnet", Quota(60, 5_000_000))
    after(gateway, 300)
    assert total(after(gateway, 300), "model:sonnet", "throttles") > 0
    gateway.route({"sonnet": "haiku"})
    after(gateway, 120)  # what was under way is over by then
    readings = after(gateway, 300)
    assert of(readings, "model:sonnet", "invocations") == []
    assert of(readings, "model:haiku", "throttles") == []
    gateway.route({})
    after(gateway, 60)
    assert total(after(gateway, 300), "model:sonnet", "invocations") > 0
    assert adds_up(gateway.totals)
