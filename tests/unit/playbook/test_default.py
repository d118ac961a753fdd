"""The default playbook, as an operator would have it: what each trouble leads to, and whom it wakes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stargate.domain.operating.facts import QuotaFacts
from stargate.domain.operating.leases import Lease
from stargate.domain.operating.operations import Change
from stargate.domain.operating.playbook import ANY, LAST
from stargate.domain.playbook.default import DEFAULT
from stargate.domain.signals.kinds import CONDITIONS
from stargate.domain.signals.signal import Severity, Turn
from tests.unit.operating.loop_play import IDENTIFIER, NAME, LoopPlay
from tests.unit.operating.scenes import told
from tests.unit.operating.test_ladders import kinds

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING
RULES = [rule for rule in DEFAULT if rule not in LAST]
# What nobody is woken for, however bad it calls itself; `quota-warning` wakes for all models once.
SLEPT_THROUGH = {"budget-passed", "control-plane-failing", "quota-high"}


@pytest.fixture
def play():
    playing = LoopPlay()
    playing.operations.outputs["BalancerArn"] = "arn:balancer"
    return playing


def decided(play, key):
    """Rule and action of the newest decision."""
    found = play.condition(key).decided
    return found.rule, found.action


def heard(play, kind, subject, severity=CRITICAL, **facts):
    told(play, kind, subject, severity=severity, **facts)
    return decided(play, f"{kind}#{subject}")


# All of it.


@pytest.mark.parametrize("kind", sorted(CONDITIONS))
def test_every_condition_has_a_rule_of_its_own_for_every_severity(kind):
    """None is left to the row that fits everything."""
    ours = [rule for rule in RULES if rule.condition.partition("#")[0] == kind and rule.is_open]
    always = [rule for rule in ours if not rule.when and not rule.for_seconds]
    named = {rule.condition.partition("#")[2] for rule in always}
    for subject in named if "" not in named else {""}:
        fits = [rule for rule in always if rule.condition in {kind, f"{kind}#{subject}"}]
        severities = {rule.severity for rule in fits}
        assert None in severities or severities == {CRITICAL, WARNING}, kind


@pytest.mark.parametrize("kind", sorted(CONDITIONS - SLEPT_THROUGH))
def test_what_stays_critical_is_mended_or_wakes_somebody(kind):
    """At once or after its wait; the rest is recorded with what a person may do by day."""
    ours = [rule for rule in RULES if rule.condition.partition("#")[0] == kind and rule.is_open]
    assert any(rule.rungs for rule in ours if rule.severity in {None, CRITICAL}) or kind in {
        "deployment-failed",  # at most a warning, as are drifts
        "drift-detected",
    }


def test_no_warning_wakes_anybody_at_once():
    """A page is the first thing that is done about critical conditions only, or after a wait."""
    first = [rule for rule in RULES if rule.rungs and rule.rungs[0].action == "page"]
    for rule in first:
        critical_only = {
            "database-failed", "database-stopped", "database-deleted", "database-key-lost", "security-risk",
            "rotation-failed", "secret-deleted",
        }  # fmt: skip
        assert rule.severity is CRITICAL or rule.for_seconds or rule.condition in critical_only, rule.name


def test_no_rule_is_hidden_behind_another():
    """Each of them has conditions that reach it."""
    for place, rule in enumerate(RULES):
        for before in RULES[:place]:
            same = before.condition in {ANY, rule.condition, rule.condition.partition("#")[0]}
            wider = before.severity in {None, rule.severity} and before.is_open == rule.is_open
            hides = same and wider and not before.when and before.for_seconds <= rule.for_seconds
            assert not hides, f"{before.name} hides {rule.name}"


# The specification's table of alerts.


@pytest.mark.parametrize(
    ("alarm", "rule", "action"),
    [
        ("litellm-cpu-warning", "litellm-cpu-warning", None),
        ("litellm-cpu-critical", "litellm-cpu-critical", "raise_bound"),
        ("litellm-memory-warning", "memory-warning", None),
        ("litellm-memory-critical", "memory-critical", "restart_service"),
        ("litellm-errors-warning", "errors-warning", None),
        ("litellm-errors-critical", "errors-critical", "page"),
        ("litellm-first-token-warning", "latency-warning", None),
        ("litellm-first-token-critical", "latency-critical", "page"),
        ("database-cpu-warning", "database-cpu", None),
        ("database-cpu-critical", "database-cpu", None),
        ("database-connections-warning", "connections-warning", None),
        ("database-connections-critical", "connections-critical", "limit_connections"),
    ],
)
def test_each_row_of_the_table_at_both_levels(play, alarm, rule, action):
    """Scale out, investigate, page, look at quotas, scale up, pool connections: or why not yet."""
    play.load(88)
    play.alarm(f"stargate-{NAME}-{alarm}", "ALARM")
    (condition,) = play.operations.by_id(IDENTIFIER).operations.conditions.values()
    assert (condition.decided.rule, condition.decided.action) == (rule, action)


def test_a_database_that_stays_short_of_cpu_is_told_and_its_larger_class_waits_for_a_person(play):
    """The page first: a window may be days away."""
    play.alarm(f"stargate-{NAME}-database-cpu-critical", "ALARM")
    play.tick(600)
    assert kinds(play) == ["page"]
    play.pager.delivered.append(play.clock.now())
    assert play.runs() == "reached"
    play.tick()
    assert decided(play, "cpu-high#database") == ("database-cpu-critical", "change_database_class")
    assert play.condition("cpu-high#database").decided.guard in {"window", "approval"}


def test_errors_of_a_release_that_rolls_out_stop_it(play):
    """What came with it goes with it; without a release a person is called."""
    play.services.deploy("d-2", "t:2")
    play.alarm(f"stargate-{NAME}-litellm-errors-critical", "ALARM")
    assert decided(play, "errors-high#litellm") == ("errors-of-a-release", "stop_deployment")


# Its first scenario: a zone fails.


@pytest.mark.parametrize("zone", ["use1-az1", "us-east-1a"])
def test_a_zone_that_fails_is_taken_out_of_use(play, zone):
    """By its id or its name, for what tasks need."""
    assert heard(play, "health-issue", "ec2", zones=[zone]) == ("zone-of-tasks", "evacuate_zone")
    assert play.actions()[0].target["zone"] == "use1-az1"


@pytest.mark.parametrize("zone", ["use1-az1", "us-east-1a"])
def test_a_zone_whose_databases_fail_is_left_by_ours(play, zone):
    """It is in us-east-1a, and its standby is elsewhere."""
    found = heard(play, "health-issue", "rds", zones=[zone])
    assert found == ("zone-of-the-database", "fail_over_database")
    assert kinds(play) == ["fail_over_database"]


@pytest.mark.parametrize(("service", "zone"), [("ec2", "use1-az6"), ("rds", "use1-az2"), ("rds", "use1-az6")])
def test_a_zone_that_nothing_of_ours_is_in_is_left_alone(play, service, zone):
    """Recorded, and nobody is woken for it."""
    heard(play, "health-issue", service, zones=[zone])
    assert play.condition(f"health-issue#{service}").decided.verdict == "none"
    assert play.actions() == []


@pytest.mark.parametrize(
    ("service", "facts", "severity", "found"),
    [
        ("ecs", {}, CRITICAL, ("health-critical", "page")),
        ("lambda", {"zones": ["use1-az1"]}, CRITICAL, ("health-critical", "page")),
        ("ec2", {"zones": ["use1-az1"]}, WARNING, ("health-issue", None)),
    ],
)
def test_an_issue_that_no_zone_explains_is_for_a_person(play, service, facts, severity, found):
    """One that AWS only looks into is for nobody yet."""
    assert heard(play, "health-issue", service, severity, **facts) == found


# Its second: a task crashes.


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"cause": "out of memory"}, ("tasks-out-of-memory", "page")),
        ({"cause": "failed to start", "hindrance": "no capacity"}, ("tasks-never-start", "page")),
        ({"cause": "failed health check"}, ("crash-loop", "restart_service")),
        ({"cause": "essential container exited"}, ("crash-loop", "restart_service")),
        ({}, ("crash-loop", "restart_service")),
    ],
)
def test_one_crash_is_left_to_ecs_and_a_loop_is_answered_by_its_cause(play, facts, found):
    """A restart helps neither who has too little memory nor who cannot start."""
    reported = [heard_of_a_stop(play, number, facts) for number in range(3)]
    assert reported == [("task-stopped", None), ("task-stopped", None), found]


def heard_of_a_stop(play, number, facts):
    reasons = {
        "failed to start": "CannotPullContainerError: no such image",
        "out of memory": "OutOfMemoryError",
    }
    cause = facts.get("cause", "")
    reason = reasons.get(cause, "Task failed ELB health checks" if "health" in cause else "it ended")
    code = "TaskFailedToStart" if cause == "failed to start" else "EssentialContainerExited"
    play.clock.pass_seconds(60)
    play.take(play.task_event(f"t{number}", code, stoppedReason=reason, containers=[{"exitCode": 1}]))
    return decided(play, "task-stopped#litellm")


def test_what_ecs_says_of_a_loop_does_not_hide_why_its_tasks_cannot_start(play):
    """SERVICE_TASK_START_IMPAIRED names no cause, and comes in the midst of stops that do."""
    for number in range(3):
        heard_of_a_stop(play, number, {"cause": "failed to start"})
    play.take(play.service_event("SERVICE_TASK_START_IMPAIRED"))
    play.tick()
    assert decided(play, "task-stopped#litellm")[0] == "tasks-never-start"
    assert play.services.done == []


# Its third: the database fails.


def test_a_failover_is_waited_for_with_its_alarms_muted_and_a_person_called_if_it_does_not_end(play):
    """RDS does it by itself in one to two minutes."""
    play.repose.sounding_alarms.add(f"stargate-{NAME}-litellm-errors-critical")
    told(play, "failover-started", "database")
    assert decided(play, "database-failover#database") == ("database-failover", "mute_alarms")
    assert play.runs() == "reached"
    play.tick(600)
    assert decided(play, "database-failover#database") == ("database-failover-on", "page")


def test_alarms_are_heard_again_after_a_failover(play):
    """What was muted for it is taken back by the loop."""
    play.repose.sounding_alarms.add(f"stargate-{NAME}-litellm-errors-critical")
    told(play, "failover-started", "database")
    play.runs()
    play.clock.pass_seconds(90)
    told(play, "failover-started", "database", Turn.CLOSES)
    play.tick(1000)
    assert play.runs() == "reached"
    assert [call for call in play.repose.calls if call in {"mute", "unmute"}] == ["mute", "unmute"]


# Quotas.


@pytest.mark.parametrize("adjustable", [True, False])
def test_more_of_a_quota_is_asked_for_in_time_and_wakes_nobody(play, adjustable):
    """Once; one that AWS raises for nobody is recorded."""
    play.quotas.facts = QuotaFacts("bedrock", "L-1", "Tokens per minute", 1000.0, adjustable=adjustable)
    told(play, "quota-warning", "bedrock", severity=WARNING, quota="Tokens per minute", percent=84.0)
    if adjustable:
        assert play.runs() == "reached"
    play.tick(3600)
    play.tick(3600)
    assert kinds(play) == (["request_quota"] if adjustable else [])


@pytest.mark.parametrize("adjustable", [True, False])
def test_a_quota_that_is_nearly_used_up_wakes_somebody_too(play, adjustable):
    """An answer takes days: meanwhile somebody must use less."""
    play.quotas.facts = QuotaFacts("bedrock", "L-1", "Tokens per minute", 1000.0, adjustable=adjustable)
    told(play, "quota-warning", "bedrock", quota="Tokens per minute", percent=97.0)
    if adjustable:
        assert play.runs() == "reached"
        play.tick()
    assert kinds(play)[-1] == "page"


# What happens once, and what may pass by itself.


def test_a_new_secret_is_brought_to_who_reads_it_and_that_is_the_end_of_it(play):
    """Nothing tells that it is over: that it was done does."""
    assert heard(play, "secret-rotated", "grafana-database", WARNING) == (
        "secret-rotated",
        "redeploy_readers",
    )
    play.performs()
    play.services.settle()
    assert play.awaits() == "reached"
    play.settles("reached")
    play.tick()
    assert not play.condition("secret-rotated#grafana-database").open
    assert "redeploy_readers has reached" in " ".join(
        map(str, (one.detail for one in play.entries("signal")))
    )


def test_a_secret_that_is_rotated_again_meanwhile_is_brought_again(play):
    """What was done before the newest word of it does not count."""
    heard(play, "secret-rotated", "grafana-database", WARNING)
    play.performs()
    play.clock.pass_seconds(30)
    told(play, "secret-rotated", "grafana-database", severity=WARNING)
    play.services.settle()
    assert play.awaits() == "reached"
    play.settles("reached")
    play.tick()
    assert play.condition("secret-rotated#grafana-database").open


def test_tasks_that_aws_retires_are_renewed_in_the_maintenance_window(play):
    """Not before: nothing is broken."""
    assert heard(play, "task-retirement", "litellm", WARNING) == ("task-retirement", "restart_service")
    assert play.held_by("task-retirement#litellm") == "window"


@pytest.mark.parametrize(
    ("kind", "subject", "severity", "minutes"),
    [
        ("placement-failed", "litellm", CRITICAL, 10),
        ("storage-low", "database", WARNING, 60),
        ("model-throttled", "bedrock", CRITICAL, 5),
    ],
)
def test_what_mends_itself_is_waited_for_and_then_told(play, kind, subject, severity, minutes):
    """Not a minute earlier, and once."""
    play.services.facts = replace(play.services.facts, running=1)
    assert heard(play, kind, subject, severity)[1] is None
    play.tick(60 * (minutes - 1))
    assert kinds(play) == []
    play.tick(60)
    assert kinds(play) == ["page"]


def test_a_page_waits_while_a_drill_runs_and_comes_when_it_is_over(play):
    """If its condition is still open then."""
    now = play.clock.now()
    lease = Lease("drill", "a-drill", 1, now, now + 900)
    play.operations.record(IDENTIFIER, Change((lease,)))
    heard(play, "errors-high", "litellm")
    assert play.held_by("errors-high#litellm") == "lease"
    play.operations.record(IDENTIFIER, Change((replace(lease, holder=None, version=1),)))
    play.tick()
    assert kinds(play) == ["page"]
