"""What can be broken at the twin, how orders to do so are read, and that the same orders do the same."""

import pytest

from local.twin import CrashLoop, CrashTask, FailingModels, FaultError, QuotaShare, SlowModels, read_fault
from local.twin.fleet import TaskChanged
from tests.unit.twin.twins import adds_up, after, gateway_of, mean, settled, total


@pytest.mark.parametrize(
    ("order", "fault"),
    [
        ({"what": "crash_task"}, CrashTask()),
        (
            {"what": "crash_task", "service": "grafana", "task_id": "t", "exit_code": 139},
            CrashTask("grafana", "t", 139),
        ),
        ({"what": "crash_loop", "every_seconds": 5}, CrashLoop(every_seconds=5.0)),
        ({"what": "slow_models", "factor": 3, "model": "opus"}, SlowModels(3.0, "opus")),
        ({"what": "failing_models", "share": 0.5}, FailingModels(0.5)),
        ({"what": "quota", "share": 0.25, "model": "haiku"}, QuotaShare(0.25, "haiku")),
    ],
)
def test_orders_are_read(order, fault):
    """Each order names what to break and may say how much of it."""
    assert read_fault(order) == fault


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({}, "what must be one of"),
        ({"what": "everything"}, "what must be one of"),
        ({"what": ["quota"]}, "what must be one of"),
        ({"what": "quota", "share": 2}, "share must be a number from 0 to 1"),
        ({"what": "quota", "share": True}, "share must be a number"),
        ({"what": "quota", "share": float("nan")}, "share must be a number"),
        ({"what": "slow_models", "factor": "much"}, "factor must be a number"),
        ({"what": "slow_models", "model": 4}, "model must be text"),
        ({"what": "crash_loop", "every_seconds": -1}, "every_seconds must be a number"),
        ({"what": "crash_task", "exit_code": 300}, "exit_code must be a number"),
    ],
)
def test_orders_that_make_no_sense_are_refused(order, words):
    """The refusal says which field and what it may be."""
    with pytest.raises(FaultError, match=words):
        read_fault(order)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (SlowModels(model="gpt"), "no such model: gpt"),
        (QuotaShare(model="gpt"), "no such model: gpt"),
        (CrashTask("redis"), "no such service: redis"),
        (CrashLoop("redis"), "no such service: redis"),
        (CrashTask(task_id="gone"), "litellm has no task gone"),
    ],
)
def test_what_is_not_there_cannot_be_broken(fault, words):
    """A wrong name breaks nothing else instead."""
    gateway = settled(2, 20)
    with pytest.raises(FaultError, match=words):
        gateway.break_(fault)
    assert gateway.truth()["broken"] == []


def test_a_service_without_a_task_that_serves_has_none_to_crash():
    """There is nothing to pick."""
    with pytest.raises(FaultError, match="litellm has no task that serves"):
        gateway_of(0).break_(CrashTask())


@pytest.mark.parametrize(
    ("users", "shares"),
    [(-1, None), (10, {"gpt": 1}), (10, {}), (10, {"haiku": 0}), (10, {"haiku": 2, "opus": -1})],
)
def test_impossible_users_are_refused(users, shares):
    """A wrong order changes nothing."""
    gateway = settled(2, 20)
    with pytest.raises(ValueError, match=r"users|model"):
        gateway.set_users(users, shares)
    assert gateway.truth()["users"] == {
        "count": 20,
        "model_shares": {"haiku": 0.7, "sonnet": 0.25, "opus": 0.05},
    }


def test_slow_models_fill_the_gateway_and_mending_empties_it():
    """Four times as long in the model is about four times as many in flight, while CPU falls."""
    gateway = settled(2, 60)
    cpu, before = mean(after(gateway, 300), "service:litellm", "cpu"), gateway.totals.in_flight
    gateway.break_(SlowModels(factor=6))
    assert gateway.truth()["broken"] == [
        f"{name} takes 6 times as long" for name in ("haiku", "sonnet", "opus")
    ]
    after(gateway, 120)
    slow = after(gateway, 300)
    assert mean(slow, "model:haiku", "first_token_ms") == pytest.approx(6 * 620, rel=0.05)
    assert gateway.totals.in_flight > before
    assert mean(slow, "service:litellm", "cpu") < cpu
    gateway.mend()
    after(gateway, 120)
    assert mean(after(gateway, 300), "service:litellm", "cpu") == pytest.approx(cpu, rel=0.05)
    assert gateway.truth()["broken"] == []


def test_failing_models_reach_users_as_server_errors_when_retries_fail_too():
    """Three attempts that each fail by half leave an eighth; each failure is seen at the model."""
    gateway = settled(2, 60)
    gateway.break_(FailingModels(share=0.5))
    after(gateway, 60)
    readings = after(gateway, 1200)
    failed = total(readings, "targets:litellm", "target_5xx")
    assert failed / total(readings, "targets:litellm", "requests") == pytest.approx(0.125, rel=0.1)
    assert total(readings, "model:haiku", "server_errors") > failed
    assert adds_up(gateway.totals)


def test_a_crash_loop_stops_tasks_until_it_is_mended():
    """One task ends, its successors end soon after their start; the other one serves on."""
    gateway = settled(2, 40)
    gateway.take_happenings()
    gateway.break_(CrashLoop(every_seconds=10))
    after(gateway, 900)
    stops = [h.task.task_id for h in gateway.take_happenings() if isinstance(h, TaskChanged) and h.task.stop]
    assert len(set(stops)) >= 3
    assert len(gateway.loads) >= 1
    assert gateway.truth()["broken"] == ["litellm crashes in a loop"]
    gateway.mend()
    after(gateway, 2400)
    assert len(gateway.loads) == 2
    assert gateway.truth()["broken"] == []


def test_the_same_seed_and_orders_give_the_same_run():
    """To the last reading; another seed gives another one."""

    def run(seed):
        gateway = gateway_of(2, users=80, seed=seed)
        readings = after(gateway, 600)
        gateway.break_(CrashTask())
        gateway.set_users(120)
        return readings + after(gateway, 600), gateway.take_happenings(), gateway.totals, gateway.truth()

    assert run(3) == run(3)
    assert run(3) != run(4)


def test_how_often_it_is_asked_to_advance_changes_nothing():
    """Whole seconds are played, whether they come one by one, in odd pieces or all at once."""
    runs = []
    for piece in (0.37, 1, 600):
        gateway = gateway_of(2, users=80)
        end = gateway.at + 600
        readings = []
        while gateway.at < end:
            readings += after(gateway, min(piece, end - gateway.at))
        runs.append((readings, gateway.totals))
    assert runs[0] == runs[1] == runs[2]
