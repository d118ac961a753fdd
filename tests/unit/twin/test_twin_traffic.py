"""Requests through the twin obey what requests anywhere obey."""

import random

import pytest

from local.twin import PARAMETERS, Batch, CrashTask, Gateway, SlowModels
from local.twin.fleet import Stop, TaskSize
from tests.unit.twin.twins import (
    LITELLM_ALONE,
    START,
    adds_up,
    after,
    fleet_of,
    gateway_of,
    mean,
    of,
    settled,
    total,
)


def test_every_request_is_completed_failed_or_in_flight():
    """Whatever happens in an hour, at each of its minutes the books balance."""
    gateway = gateway_of(2, users=100)
    for minute in range(60):
        if minute == 10:
            gateway.break_(CrashTask())
        if minute == 30:
            gateway.set_users(400)
        if minute == 50:
            gateway.set_users(0)
        after(gateway, 60)
        assert adds_up(gateway.totals)
        assert gateway.totals.in_flight == sum(load.in_flight for load in gateway.loads.values())
    assert gateway.totals.in_flight == 0
    assert gateway.totals.completed > 50_000


def test_requests_in_flight_are_rate_times_latency():
    """Little's law, from three things that are counted apart."""
    gateway = settled(4, 100)
    present, finished = [], gateway.totals.completed
    times = []
    for _ in range(1800):
        readings = after(gateway, 1)
        present.append(gateway.totals.in_flight)
        for model in gateway.models:
            times += [(s.total / 1000, s.count) for s in of(readings, f"model:{model}", "latency_ms")]
    rate = (gateway.totals.completed - finished) / 1800
    latency = sum(seconds for seconds, _ in times) / sum(count for _, count in times)
    added = 0.02  # what a request waits in a gateway that is far from full
    assert sum(present) / 1800 == pytest.approx(rate * (latency + added), rel=0.05)


def test_users_ask_again_once_they_are_answered():
    """A closed population, as the specification has it: half a request to one each second, in 0.5 to 2 s."""
    gateway = settled(6, 120)
    readings = after(gateway, 1200)
    rate = total(readings, "balancer", "requests") / 1200
    whole = gateway.truth()["latency_seconds"]["p50"]
    assert 0.5 < rate / 120 < 1.0
    assert 0.5 < whole < 2.0


def test_a_full_task_makes_requests_wait():
    """Beyond what the cores can do latency rises with every user, and throughput does not."""
    rates, waits = [], []
    for users in (40, 80, 120, 160, 200):
        gateway = settled(2, users)
        readings = after(gateway, 600)
        rates.append(total(readings, "balancer", "requests") / 600)
        waits.append(mean(readings, "balancer", "response_seconds"))
    assert waits == sorted(waits)
    assert waits[-1] > 2 * waits[0]
    assert rates[1] > 1.8 * rates[0]
    assert rates[-1] == pytest.approx(rates[-2], rel=0.05)
    assert mean(readings, "service:litellm", "cpu") > 97


def test_when_a_task_crashes_its_requests_fail_and_the_others_take_over():
    """What was in flight there answers 502; those who ask next are served by the task that is left."""
    gateway = settled(2, 60)
    first, second = sorted(gateway.loads.values(), key=lambda load: load.task_id)
    lost, kept = first.in_flight, second.in_flight
    assert lost > 0
    gateway.break_(CrashTask(task_id=first.task_id, exit_code=137))
    assert gateway.totals.failed == lost
    assert second.in_flight == kept
    readings = after(gateway, 60)
    assert total(readings, "balancer", "elb_502") == lost
    assert list(gateway.loads) == [second.task_id]
    assert second.in_flight > 1.5 * kept
    assert adds_up(gateway.totals)
    after(gateway, 300)
    assert len(gateway.loads) == 2


def test_a_draining_task_takes_no_new_requests_and_finishes_its_own():
    """Nobody's stream is cut by scaling in."""
    gateway = settled(3, 90)
    gateway.break_(SlowModels(factor=10))
    after(gateway, 30)
    gateway.fleet.set_desired("litellm", 2, gateway.at)
    (leaving,) = gateway.fleet.draining("litellm")
    load = gateway.loads[leaving.task_id]
    counts = []
    for _ in range(100):
        after(gateway, 1)
        counts.append(load.in_flight)
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 0
    assert counts[-1] == 0
    after(gateway, 200)
    assert leaving.task_id not in gateway.loads
    assert gateway.totals.failed == 0


def test_a_stream_longer_than_the_drain_is_cut():
    """The balancer waits 110 s for a stream, not longer."""
    gateway = settled(2, 20)
    gateway.break_(SlowModels(factor=200))
    after(gateway, 30)
    leaving = min(gateway.loads)
    gateway.fleet.stop_task(leaving, Stop("UserInitiated", "Task stopped by user"), gateway.at)
    after(gateway, 150)
    assert leaving not in gateway.loads
    assert gateway.totals.failed > 0
    assert adds_up(gateway.totals)


def test_without_a_task_the_balancer_answers_503():
    """It has nobody to pass a request to, and users come back after a pause."""
    gateway = gateway_of(0, users=30)
    readings = after(gateway, 300)
    assert gateway.totals.completed == 0
    assert gateway.totals.failed == gateway.totals.started > 0
    assert total(readings, "balancer", "elb_503") == pytest.approx(30 * 300 / 5, rel=0.05)
    assert of(readings, "balancer", "requests") == []
    assert of(readings, "service:litellm", "cpu") == []


def test_a_gateway_without_its_service_is_quiet():
    """Before the first stack stands and after the last is gone there is nothing to measure, and no crash."""
    gateway = Gateway(fleet_of(None), PARAMETERS, random.Random(1), START)  # noqa: S311 - decides nothing secret
    readings = after(gateway, 120)
    assert gateway.totals.started == 0
    assert {reading.subject for reading in readings} <= {"balancer", "targets:litellm", "database", "files"}
    assert gateway.truth()["services"] == {}


def test_memory_grows_with_requests_in_flight_until_the_task_is_killed():
    """20 MB each: what does not fit into the task ends it, with exit code 137."""
    gateway = settled(1, 60)
    before = gateway.truth()["services"]["litellm"]["tasks"][0]["memory_percent"]
    gateway.take_happenings()
    gateway.set_users(400)
    readings = after(gateway, 60)
    stops = [h.task.stop for h in gateway.take_happenings() if getattr(h, "task", None) and h.task.stop]
    assert before < 60
    assert stops[0].exit_code == 137
    assert "OutOfMemory" in stops[0].reason
    assert total(readings, "balancer", "elb_502") > 100
    assert adds_up(gateway.totals)


def test_users_leave_when_their_answer_has_come():
    """Fewer users from now on; whoever waits for an answer still gets it."""
    gateway = settled(2, 80)
    waiting = gateway.totals.in_flight
    completed = gateway.totals.completed
    gateway.set_users(0)
    after(gateway, 60)
    assert gateway.totals.in_flight == 0
    assert gateway.totals.completed == completed + waiting


def test_the_busier_task_gets_fewer_requests():
    """A task that has just begun takes the next ones, until all have the same in flight."""
    gateway = settled(2, 120)
    gateway.fleet.set_desired("litellm", 3, gateway.at)
    after(gateway, 300)
    counts = [load.in_flight for load in gateway.loads.values()]
    assert len(counts) == 3
    assert max(counts) - min(counts) < 40
    assert min(counts) > 0


class Replay:
    """Requests with their tokens from outside, as a trace tells them; it keeps what became of each batch."""

    def __init__(self, per_second, seconds):
        self.left = seconds
        self.per_second = per_second
        self.ended = []

    def arrive(self, at):  # noqa: ARG002 - a trace would ask
        if not self.left:
            return []
        self.left -= 1
        return [Batch("sonnet", self.per_second, 2000, 300)]

    def end(self, ended, at):
        self.ended.append((at, ended))


def test_requests_may_come_from_anywhere():
    """Other arrivals than users hear of each batch: its delay in the gateway, retries, failures, tokens."""
    replay = Replay(4, 60)
    gateway = gateway_of(2, arrivals=replay)
    after(gateway, 300)
    assert sum(ended.requests for _, ended in replay.ended) == 240
    assert gateway.totals.output_tokens == 240 * 300
    assert {ended.failed for _, ended in replay.ended} == {False}
    assert all(0 < ended.added_seconds < 1 for _, ended in replay.ended)


def test_requests_that_nobody_slows_down_wait_longer_and_longer():
    """An open source knows no mercy: the delay of a batch tells by how much demand exceeds the tasks."""
    replay = Replay(40, 300)
    gateway = gateway_of(2, arrivals=replay, size=TaskSize(2048, 30_000), parameters=LITELLM_ALONE)
    after(gateway, 900)
    answered = [ended.added_seconds for _, ended in replay.ended if not ended.failed]
    assert max(answered) > 60
    assert gateway.totals.in_flight == 0
    assert adds_up(gateway.totals)
