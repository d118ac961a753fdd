"""What is measured at the twin is what AWS would measure: periods, samples, silence where nothing is."""

import json
import math
from dataclasses import asdict

import pytest

from local.twin.readings import of_events, of_gauge
from tests.unit.twin.twins import START, after, gateway_of, mean, of, settled


def test_one_reading_per_measure_and_minute():
    """Each period is told once, after it is over, by its beginning; none is left out."""
    gateway = gateway_of(2, users=50)
    readings = after(gateway, 600)
    for subject, measure in (
        ("balancer", "requests"),
        ("database", "connections"),
        ("service:litellm", "cpu"),
    ):
        moments = [r.at for r in readings if (r.subject, r.measure, r.period) == (subject, measure, 60)]
        assert moments == [START + 60 * minute for minute in range(10)]
    fine = [r.at for r in readings if (r.subject, r.measure, r.period) == ("service:litellm", "memory", 20)]
    assert fine == [START + 20 * third for third in range(30)]
    assert gateway.take_readings() == []


def test_all_that_the_metrics_need_is_measured():
    """Subjects and measures by name: whoever maps them to AWS's names relies on these."""
    gateway = settled(2, 60)
    found = {}
    for reading in after(gateway, 60):
        found.setdefault(reading.subject, set()).add(reading.measure)
    of_model = {
        "invocations",
        "input_tokens",
        "output_tokens",
        "quota_tokens",
        "latency_ms",
        "first_token_ms",
    }
    assert found == {
        "service:litellm": {"cpu", "memory", "running_tasks", "pending_tasks"},
        "balancer": {"requests", "response_seconds", "target_2xx", "active_connections", "unit_hours"},
        "targets:litellm": {"requests", "response_seconds", "target_2xx", "healthy", "unhealthy"},
        "database": {
            "cpu",
            "connections",
            "free_storage_bytes",
            "freeable_memory_bytes",
            "read_iops",
            "write_iops",
        },
        "model:haiku": of_model,
        "model:sonnet": of_model,
        "model:opus": of_model,
        "edge": {"requests", "bytes_up", "bytes_down"},
        "nat": {"bytes_from_source", "bytes_from_destination"},
        "files": {"stored"},
        "logs:litellm": {"bytes"},
    }


def test_nothing_is_negative_or_not_a_number():
    """In all that was measured in a rough hour, and samples agree with themselves."""
    gateway = gateway_of(1, users=20)
    for users in (200, 0, 400, 5, 80, 0):
        gateway.set_users(users)
        for reading in after(gateway, 600):
            samples = reading.samples
            numbers = [samples.count, samples.total, samples.least, samples.most]
            numbers += [number for value in samples.values for number in value]
            assert all(math.isfinite(number) and number >= 0 for number in numbers), reading
            assert samples.count == pytest.approx(sum(weight for _, weight in samples.values))
            assert samples.total == pytest.approx(sum(value * weight for value, weight in samples.values))
            assert (samples.least, samples.most) == (samples.values[0][0], samples.values[-1][0])
            assert list(samples.values) == sorted(samples.values)
            if reading.measure in {"cpu", "memory"}:
                assert samples.most <= 100


def test_samples_are_enough_for_percentiles():
    """The 99th of the first token lies where the model's own spread puts it."""
    gateway = settled(2, 60)
    (samples,) = of(after(gateway, 60), "model:sonnet", "first_token_ms")
    passed, p99 = 0, 0
    for value, weight in samples.values:
        passed += weight
        if passed >= 0.99 * samples.count:
            p99 = value
            break
    assert 2300 < p99 < 5000  # 1.8 s at the median, 3.2 s at the 99th, of some ninety batches
    assert 1700 < samples.total / samples.count < 2000


def test_events_are_samples_of_one_and_a_level_is_a_sample_of_itself():
    """So that AWS's Sum counts the former and its Average tells the latter."""
    assert asdict(of_events(3)) == {
        "count": 3,
        "total": 3.0,
        "least": 1.0,
        "most": 1.0,
        "values": ((1.0, 3),),
    }
    assert of_events(0) == of_gauge(0.0)
    assert of_gauge(3.0, 1.0).values == ((1.0, 1.0), (3.0, 1.0))


def test_cpu_of_a_service_has_one_sample_for_each_task():
    """So that its average is the service's, and its extremes those of its tasks."""
    gateway = settled(3, 60)
    readings = after(gateway, 60)
    assert {samples.count for samples in of(readings, "service:litellm", "cpu", 20)} == {3.0}
    (minute,) = of(readings, "service:litellm", "cpu")
    assert minute.count == 9
    assert minute.least < minute.total / minute.count < minute.most


def test_a_gateway_without_users_still_reports_what_aws_would():
    """No requests are a zero while targets stand; models that nobody calls are silent."""
    readings = after(gateway_of(2), 120)
    assert [samples.total for samples in of(readings, "balancer", "requests")] == [0, 0]
    assert [samples.total for samples in of(readings, "targets:litellm", "healthy")] == [2, 2]
    assert not [reading for reading in readings if reading.subject.startswith("model:")]
    assert of(readings, "balancer", "response_seconds") == []
    assert mean(readings, "service:litellm", "cpu") == pytest.approx(7.4)


def test_each_worker_holds_its_pool_of_database_connections():
    """10 for each of 2 workers in each task, used or not; a task that starts adds its own."""
    gateway = settled(2, 60)
    assert mean(after(gateway, 60), "database", "connections") == 40
    gateway.fleet.set_desired("litellm", 3, gateway.at)
    after(gateway, 180)
    assert mean(after(gateway, 60), "database", "connections") == 60


def test_a_smaller_task_runs_one_worker_with_one_pool():
    """The preset for trying things out has tasks of half the size."""
    size = type(gateway_of(1).fleet.size("litellm"))(1024, 2048)
    gateway = gateway_of(2, users=30, size=size)
    readings = after(gateway, 600)
    assert mean(readings, "database", "connections") == 20
    assert mean(readings, "service:litellm", "cpu") > 40


def test_the_truth_can_be_told_in_json():
    """For people and tests: what is where, at this moment."""
    gateway = settled(2, 60)
    truth = json.loads(json.dumps(gateway.truth(), allow_nan=False))
    assert truth["users"]["count"] == 60
    assert truth["services"]["litellm"]["serving"] == 2
    assert truth["services"]["litellm"]["states"] == {"RUNNING": 2}
    assert (
        sum(task["in_flight"] for task in truth["services"]["litellm"]["tasks"])
        == truth["totals"]["in_flight"]
    )
    assert truth["database"] == {"connections": 40}
    assert truth["broken"] == []
