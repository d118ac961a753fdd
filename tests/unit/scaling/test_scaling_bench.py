"""The benchmark of scaling: its model against the twin, its baselines against AWS and the specification."""

import gzip
import json
from dataclasses import astuple
from itertools import pairwise
from pathlib import Path

import pytest

from bench.scaling import __main__ as command
from bench.scaling.admission import AdmittingService
from bench.scaling.autoscalers import Measured, Tracking
from bench.scaling.play import AUTOSCALERS, CLAIRVOYANT, FINE, MAXIMUM, MINIMUM, STARGATE, STEPS, play
from bench.scaling.reaction import reactions
from bench.scaling.service import Kind, Service
from bench.scaling.settings import BLOCK, SETTINGS
from bench.scaling.traces import Trace, TraceError, made, read
from local.twin.parameters import PARAMETERS
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.service_model import MODELS, TASK, RequestFigures, work

KIND = Kind.of(400.0, 40.0)
TRACES = Path(__file__).parents[4] / "shared/data/traces"


def test_the_model_has_the_twins_figures():
    """Work, capacity, paces and quotas are those of the twin."""
    twin, usual = PARAMETERS.task, PARAMETERS.usual
    assert work(RequestFigures()) == pytest.approx(usual.work_seconds)
    assert TASK.idle_share == twin.idle_cpu_share
    assert TASK.seconds_to_take_in == twin.cpu_seconds_per_retry
    for model in PARAMETERS.models:
        own = MODELS[model.name]
        assert own.tokens_per_second == model.output_tokens_per_second
        assert own.output_burndown == model.output_burndown
        assert own.quota_requests_per_minute == model.quota.requests_per_minute
        assert own.quota_tokens_per_minute == model.quota.tokens_per_minute
        assert own.first_token_seconds == pytest.approx(
            model.first_token_seconds * 2.718281828 ** (model.first_token_spread**2 / 2), rel=0.001
        )


def test_twenty_second_metrics_react_as_aws_measured():
    """Target tracking triggers after about 86 s and helps after about 109 s; with minutes, 363 and 386 s.

    Such a doubling is a jump to the outer loop, which opens the bounds and leaves it to target tracking.
    """
    found = reactions()
    assert found[FINE].trigger == pytest.approx(86, abs=5)
    assert found[FINE].help == pytest.approx(109, abs=5)
    assert found["tracking 60 s"].trigger == pytest.approx(363, abs=10)
    assert found[STARGATE].trigger == pytest.approx(found[FINE].trigger, abs=20)


def test_the_specifications_timeline_comes_out():
    """Its CPU readings, on target tracking with its cool-downs, make 2, 3, 4, 3 and 2 tasks."""
    tracking = Tracking(SETTINGS, 20, SETTINGS.fine_delay, Bounds(2, 6))
    busy = [(30.0, 2), (55.0, 2), (72.0, 2), (71.0, 3), (26.0, 4), (17.0, 3)]
    tasks, seen, changed = 2, [2], []
    for level, (cpu, at_tasks) in enumerate(busy):
        for at in range(1800 * level + BLOCK, 1800 * (level + 1) + BLOCK, BLOCK):
            shown = TASK.idle_share * 100 + (cpu - TASK.idle_share * 100) * at_tasks / tasks
            wanted = tracking.look(Measured(at, shown, 0.0, 0.0, 0.0, tasks, KIND), tasks)
            if wanted != tasks:
                tasks = wanted
                seen.append(tasks)
                changed.append(at)
    assert seen == [2, 3, 4, 3, 2]
    assert changed[3] - changed[2] >= SETTINGS.in_cooldown


def test_nothing_is_lost():
    """What came in is completed, is away to try again, or was given up; never more."""
    service = Service(quota=20.0 * KIND.burnt)
    service.tasks = 2
    for _ in range(600):
        service.second(50.0, KIND)
    score = service.score
    assert score.good <= score.completed <= score.requests == 600 * 50.0
    assert score.tokens == pytest.approx(600 * 20.0 * (KIND.tokens), rel=0.12)


def test_the_admission_wait_saves_retries():
    """At the quota as much is completed, more of it in time, and Bedrock throttles nothing."""
    storm, calm = (kind(20.0 * KIND.burnt) for kind in (Service, AdmittingService))
    for service in (storm, calm):
        service.tasks = 3
        for _ in range(900):
            service.second(30.0, KIND)
    assert calm.score.throttles == 0 < storm.score.throttles
    assert calm.score.tokens >= 0.98 * storm.score.tokens
    assert calm.score.good_tokens >= 1.15 * storm.score.good_tokens


def test_newest_first_serves_as_many_in_time_as_can_be():
    """Half as much again as two tasks can do, for five minutes: most in time, the late ones afterwards."""
    everybody, newest = (kind(None) for kind in (Service, AdmittingService))
    for service in (everybody, newest):
        service.tasks = 2
        for second in range(900):
            service.second(105.0 if second < 300 else 10.0, KIND)
    assert newest.score.good > 2 * everybody.score.good
    assert newest.score.good / 105.0 / 300 > 0.5
    assert newest.score.completed >= 0.99 * everybody.score.completed
    assert newest.parked < 1.0


def test_a_seed_is_a_run():
    """The same seed gives the same requests, another one others, and the mean is the trace's."""
    trace = made()[0].scaled(40.0)
    one = list(trace.draw(1))
    assert one == list(trace.draw(1)) != list(trace.draw(2))
    assert sum(one) / len(one) == pytest.approx(40.0, rel=0.02)


@pytest.mark.parametrize("trace", made(), ids=lambda trace: trace.name)
def test_no_oscillation_on_made_loads(trace):
    """On steps, ramps, spikes, sawtooth, silence: at most a few changes in a quarter of an hour."""
    scaled = trace.scaled(0.45 * SETTINGS.maximum * TASK.capacity / KIND.work)
    run = play(scaled, list(scaled.draw(3)), STARGATE)
    turns = [later - earlier for earlier, later in pairwise(run.tasks) if later != earlier]
    reversals = sum(one * other < 0 for one, other in pairwise(turns))
    assert reversals <= 2 * (scaled.seconds / 900.0)
    assert run.score.actions <= 6 * (scaled.seconds / 900.0)


def test_every_autoscaler_keeps_the_limits():
    """Fixed ones stay; nobody leaves two to six; the clairvoyant misses hardly more than the maximum."""
    trace = made()[1].scaled(100.0)
    arrivals = list(trace.draw(1))
    runs = {name: play(trace, arrivals, name) for name in AUTOSCALERS}
    assert set(runs[MINIMUM].tasks) == {2}
    assert set(runs[MAXIMUM].tasks) == {6}
    assert all(2 <= tasks <= 6 for run in runs.values() for tasks in run.tasks)
    missed = {name: 1.0 - run.score.good / run.score.requests for name, run in runs.items()}
    assert missed[CLAIRVOYANT] <= missed[MAXIMUM] + 0.005
    assert runs[CLAIRVOYANT].score.task_seconds <= runs[STEPS].score.task_seconds


def test_both_forms_of_a_trace_are_read(tmp_path):
    """Requests and windows, packed or not."""
    rows = "timestamp_s,input_tokens,output_tokens\n" + "".join(f"{at},100,10\n" for at in range(600))
    one = tmp_path / "one.csv"
    one.write_text(rows)
    assert read(one, 1.0).mean_rate() == pytest.approx(1.0, rel=0.02)
    windows = "window_start_s,requests_per_min,input_tokens_per_min,output_tokens_per_min,active_clients\n"
    other = tmp_path / "other.csv.gz"
    with gzip.open(other, "wt") as file:
        file.write(windows + "0,60,6000,600,3\n600,120,12000,1200,3\n1800,60,6000,600,3\n")
    trace = read(other, 1.0)
    assert trace.seconds == 2400
    assert astuple(trace.kind(0).request)[:2] == (100.0, 10.0)
    assert min(trace.rates) < 0.01


@pytest.mark.shared_data
def test_recorded_traffic_is_read():
    """An hour of Azure's requests and a day of each of ServeGen's windows, with their own tokens."""
    azure, large, small = (read(path, 1.0) for path in sorted(TRACES.glob("*.csv.gz")))
    assert azure.seconds < 3600 < large.seconds == small.seconds == 86_400
    assert azure.kind(0).tokens > large.kind(0).tokens > small.kind(0).tokens
    assert not any(trace.stationary for trace in (azure, large, small))


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "timestamp_s,input_tokens,output_tokens\nx,1,2\n"])
def test_what_is_no_trace_is_refused(tmp_path, text):
    """With the file's name, not with a traceback."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(TraceError, match=r"bad\.csv"):
        read(path, 1.0)
    assert command.main(["--trace", str(path)]) == 2


def test_the_command_writes_every_figure(tmp_path, capsys):
    """One small trace: policies, ratios and verdicts are in the file, and the table is printed."""
    path, out = tmp_path / "small.csv", tmp_path / "out.json"
    rows = "".join(f"{at / 2},400,40\n" for at in range(2400))
    path.write_text("timestamp_s,input_tokens,output_tokens\n" + rows)
    assert command.main(["--trace", str(path), "--users", "120", "--seeds", "1", "--json", str(out)]) == 0
    written = json.loads(out.read_text())
    assert set(written["cases"][0]["policies"]) == set(AUTOSCALERS)
    assert written["cases"][0]["users"] == 120
    assert written["verdicts"]
    assert "task-hours" in capsys.readouterr().out


def test_scaling_keeps_the_shape():
    """The highest minute has the rate that is wanted, the others in proportion."""
    trace = Trace("t", (1.0,) * 6 + (2.0,) * 6, (KIND,)).scaled(50.0)
    assert trace.minutes() == [25.0, 50.0]
