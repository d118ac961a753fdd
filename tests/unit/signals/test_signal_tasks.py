"""Tasks that stop, in every wording of ECS: which are trouble, and of which cause."""

from __future__ import annotations

import pytest

from stargate.domain.signals.reading import read_signal
from stargate.domain.signals.signal import Ignored, Severity, Signal, Turn
from tests.unit.signals.senders import task

OOM = "OutOfMemoryError: Container killed due to memory usage"
PULL = "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref"
SECRETS = "ResourceInitializationError: unable to pull secrets or registry auth: retrieval failed"
EFS = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes"
LOGS = "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times"
TARGETS = (
    "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x)"
)

TROUBLE = [
    (task(), "essential container exited", ""),
    (task(reason="Essential container in task exited", codes=(0,)), "essential container exited", ""),
    (task("", "Essential container in task exited"), "essential container exited", ""),
    (task(codes=(139,)), "essential container exited", ""),
    (task(codes=(137,), said=OOM), "out of memory", ""),
    (task(reason=OOM, codes=(137,)), "out of memory", ""),
    (task(codes=(137, 143), said=OOM), "out of memory", ""),
    (task(codes=(1, 143)), "essential container exited", ""),
    (task("ServiceSchedulerInitiated", TARGETS, codes=(143,)), "failed health check", ""),
    (
        task("ServiceSchedulerInitiated", "Task failed ELB health checks in (elb x)"),
        "failed health check",
        "",
    ),
    (task("ServiceSchedulerInitiated", "Task failed container health checks"), "failed health check", ""),
    (task("TaskFailedToStart", PULL, codes=()), "failed to start", "its image cannot be pulled"),
    (
        task("TaskFailedToStart", SECRETS, codes=()),
        "failed to start",
        "a secret or the registry's key cannot be read",
    ),
    (task("TaskFailedToStart", EFS, codes=()), "failed to start", "its file system cannot be mounted"),
    (
        task("TaskFailedToStart", LOGS, codes=()),
        "failed to start",
        "what it needs cannot be fetched: secrets, logs or network",
    ),
    (
        task("TaskFailedToStart", "Timeout waiting for network interface provisioning to complete."),
        "failed to start",
        "no network interface in time",
    ),
    (
        task("TaskFailedToStart", "Timeout waiting for EphemeralStorage provisioning to complete."),
        "failed to start",
        "no storage in time",
    ),
    (task("TaskFailedToStart", "CannotStartContainerError: x"), "failed to start", "its container cannot be"),
    (task("TaskFailedToStart", "CannotCreateVolumeError: x"), "failed to start", "its volume cannot be made"),
    (task("TaskFailedToStart", ""), "failed to start", ""),
    (task("", "", codes=(1,)), "", ""),
]


@pytest.mark.parametrize(("told", "cause", "hindrance"), TROUBLE)
def test_a_stop_that_nobody_asked_for_is_a_signal_with_its_cause(told, cause, hindrance):
    """A warning: ECS replaces one task by itself, and several in a row are a condition's to count."""
    signal = read_signal(told)
    assert isinstance(signal, Signal), signal
    assert (signal.kind, signal.severity, signal.turn) == ("task-stopped", Severity.WARNING, Turn.TELLS)
    assert (signal.subject, signal.source) == ("litellm", "t1")
    assert signal.facts.get("cause", "") == cause
    assert signal.facts.get("hindrance", "").startswith(hindrance)


SCALED = "Scaling activity initiated by (deployment ecs-svc/6524458012816012998)"
RENEWED = "ECS is performing maintenance on the underlying infrastructure hosting the task"
NORMAL = [
    (task("ServiceSchedulerInitiated", SCALED, codes=(143,)), "scaled in or deployed"),
    (task("ServiceSchedulerInitiated", SCALED, codes=(137,)), "scaled in or deployed"),
    (task("", SCALED), "scaled in or deployed"),
    (task("ServiceSchedulerInitiated", RENEWED, codes=(137,)), "AWS renews its host"),
    (task("ServiceSchedulerInitiated", f"Service litellm: {RENEWED}"), "AWS renews its host"),
    (task("UserInitiated", "Task stopped by user"), "somebody stopped it"),
    (task("UserInitiated", "replaced by stargate"), "somebody stopped it"),
    (task("", "Task stopped by user"), "somebody stopped it"),
    (task("ServiceSchedulerInitiated", ""), "scaled in or deployed"),
    (task(codes=(143,)), "SIGTERM"),
    (task(codes=(143, 0)), "SIGTERM"),
]


@pytest.mark.parametrize(("told", "words"), NORMAL)
def test_a_normal_stop_is_no_trouble(told, words):
    """Noted with the environment that it is of, and seen as what it is: information."""
    ignored = read_signal(told)
    assert isinstance(ignored, Ignored), ignored
    assert (ignored.environment, ignored.seen.severity) == ("sandbox", Severity.INFO)
    assert words in ignored.reason


@pytest.mark.parametrize("code", ["SpotInterruption", "TerminationNotice"])
@pytest.mark.parametrize("status", ["RUNNING", "STOPPED"])
def test_an_interruption_is_told_when_it_is_announced_and_when_it_has_come(code, status):
    """By the newer and the older name of the code; in between is nothing new."""
    told = task(code, "Your Spot Task was interrupted.", lastStatus=status)
    signal = read_signal(told)
    assert (signal.kind, signal.severity, signal.turn) == (
        "task-interrupted",
        Severity.WARNING,
        Turn.TELLS,
    )
    assert signal.facts["cause"] == "spot interruption"
    assert "told when it began" in read_signal(task(code, lastStatus="DEPROVISIONING")).reason


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lastStatus": "RUNNING"}, "only its end"),
        ({"lastStatus": "DEPROVISIONING"}, "only its end"),
        ({"startedBy": "stargate/000000000001/1"}, "one-off"),
        ({"group": "family:x"}, "no service"),
        ({"clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/default"}, "not ours"),
        ({"clusterArn": "arn:aws:ecs:us-east-1:1:cluster/stargate-sandbox-more"}, "not ours"),
    ],
)
def test_other_tasks_and_other_states_say_why(changes, words):
    """Our own one-off tasks, others' tasks, tasks on their way."""
    assert words in read_signal(task(**changes)).reason
