"""`stargate drill …` over HTTP, against an API played by a server of ours."""

import io
import json

from rich.console import Console

from cli.app import main
from cli.views.live_drill import picture

DRILLS = "/environments/sandbox/drills"
AT = "2026-11-24T03:00:{:02d}.000Z"


def drill(status, verdict=None, **more):
    component = {
        "component": "litellm", "verdict": verdict, "seconds": 64.0, "objective_seconds": 120.0,
        "requests_failed": 64, "requests_asked": 90, "own_objective_seconds": 30.0, "by_seconds": 56.0,
        "outages": [{"at_least": 63.0, "at_most": 65.0}],
    }  # fmt: skip
    result = None
    if verdict:
        result = {
            "verdict": verdict, "components": [component], "data_loss": {"written": 60, "lost": 0},
            "explanation": "users felt 64.0 s, RDS reports 60.0 s", "wedge": None, "findings": ["a finding"],
            "events": [{"at": AT.format(3), "message": "Multi-AZ instance failover started."}],
            "recovery_seconds": 64.0, "series": {"gap_seconds": 30.0}, "record_sha256": "0f",
            "reported": {"seconds": 60.0, "zone_before": "a", "zone_after": "b"},
            "alarms": {"rang": [], "should_have_rung": []},
            "remediation": {"held": [], "acted": [], "as_it_should": True},
        }  # fmt: skip
    return {
        "id": "d-1", "environment": "sandbox", "kind": "database-failover", "status": status,
        "actor": "ann", "requested_at": AT.format(0), "steady_at": AT.format(1), "injected_at": AT.format(2),
        "begun_at": AT.format(0), "whole_at": None, "put_back_at": None, "trigger": "request",
        "proves": "RTO of RDS", "stop_reason": "", "restore": None, "preconditions": [], "deeds": [],
        "broken": ["database"], "muted_alarms": [], "database_statuses": [], "engine": "postgres",
        "gateway_version": "0123456789ab", "evidence": None,
        "rescued_at": None, "recovered_at": None, "ended_at": None, "well": {"litellm": False},
        "reason": "litellm 64.0 s of 120 s", "simulated": True, "assumptions": ["60 s, on the <twin>"],
        "result": result, "probes": [
            {"at": AT.format(5), "component": "litellm", "ok": False, "reason": "503 instead of 200"},
            {"at": AT.format(9), "component": "litellm", "ok": True, "reason": ""},
        ], "earlier": [], **more,
    }  # fmt: skip


def test_a_drill_is_followed_to_its_verdict(api, capsys):
    """What is new is said as it comes; met exits 0, and a simulated result says so."""
    api.answers("POST", DRILLS, 202, drill("REQUESTED"))
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("RUNNING"))
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("SCORED", "met"))

    assert main(["drill", "run", "sandbox", "--every", "0"]) == 0

    said = capsys.readouterr().out
    assert "not well: litellm" in said
    assert "SIMULATED: 60 s" in said
    assert "users felt 64.0 s" in said
    posted = api.asked[0]
    assert posted.document == {"kind": "database-failover"}
    assert posted.headers["Idempotency-Key"]


def test_a_missed_objective_is_a_failure(api, capsys):
    """So that a pipeline notices; the result is printed all the same."""
    api.answers("POST", DRILLS, 202, drill("REQUESTED"))
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("SCORED", "missed"))

    assert main(["drill", "run", "sandbox", "--json"]) == 1

    told = capsys.readouterr()
    assert json.loads(told.out)["result"]["verdict"] == "missed"
    assert "missed" in told.err


def test_a_refused_drill_tells_each_reason(api, capsys):
    """Nothing was done, and the answer says why."""
    fault = {"path": "standby", "fault": "us-east-1a", "allowed": "Multi-AZ, with a standby"}
    api.answers("POST", DRILLS, 409, {"title": "A drill cannot begin now", "faults": [fault]})

    assert main(["drill", "run", "sandbox"]) == 1

    assert "Multi-AZ, with a standby" in capsys.readouterr().err


def test_a_dry_run_lists_preconditions_and_steps(api, capsys):
    """And asks for nothing else."""
    check = {"name": "standby", "ok": False, "measured": "us-east-1a", "bound": "Multi-AZ"}
    answer = {
        "kind": "database-failover", "would_run": False, "preconditions": [check],
        "steps": [{"step": "Inject", "does": "reboot the database with failover"}],
    }  # fmt: skip
    api.answers("POST", DRILLS, 200, answer)

    assert main(["drill", "run", "sandbox", "--dry-run"]) == 0

    said = capsys.readouterr().out
    assert "no  standby: us-east-1a (asked: Multi-AZ)" in said
    assert "1. Inject" in said


def test_the_newest_is_shown_and_reported(api, tmp_path, capsys):
    """A page that stands alone, with every probe, and nothing in it that was not escaped."""
    history = {"last_proven_days_ago": 3, "kinds": {}}
    api.answers("GET", DRILLS, 200, {"drills": [drill("SCORED")], "history": history, "next": None})
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("SCORED", "met"))
    page = tmp_path / "drill.html"

    assert main(["drill", "show", "sandbox", "--report", str(page)]) == 0

    text = page.read_text()
    assert text.count("<path") == 2
    assert "503 instead of 200" in text
    assert "failover started" in text
    assert "&lt;twin&gt;" in text
    assert "http" not in text
    said = capsys.readouterr().out
    assert "verdict: met" in said
    assert "finding: a finding" in said


def test_what_drills_prove_is_listed(api, capsys):
    """Latest and worst of each component, and how long ago it was proven."""
    trend = {"latest_seconds": 64.0, "worst_seconds": None, "change_seconds": 4.0}
    kinds = {"database-failover": {"last_proven_days_ago": 3, "components": {"litellm": trend}}}
    history = {"last_proven_days_ago": 3, "kinds": kinds}
    listed = {**drill("SCORED"), "verdict": "met"}
    api.answers("GET", DRILLS, 200, {"drills": [listed], "history": history, "next": None})

    assert main(["drill", "list", "sandbox"]) == 0

    said = capsys.readouterr().out
    assert "database-failover: last proven 3 days ago" in said
    assert "litellm: latest 64.0 s, +4.0 s since the one before; worst never recovered" in said


def test_an_environment_that_was_never_drilled(api, capsys):
    """There is nothing to show."""
    api.answers("GET", DRILLS, 200, {"drills": [], "history": {}, "next": None})

    assert main(["drill", "show", "sandbox"]) == 1

    assert "never drilled" in capsys.readouterr().err


def test_a_drill_is_stopped(api, capsys):
    """The newest, with the reason that goes to the ledger."""
    api.answers("GET", DRILLS, 200, {"drills": [drill("RUNNING")], "history": {}, "next": None})
    api.answers("POST", f"{DRILLS}/d-1/stop", 202, drill("RUNNING", stop_reason="stopped by ann: release"))

    assert main(["drill", "stop", "sandbox", "--reason", "release"]) == 0

    assert api.asked[-1].document == {"reason": "release"}
    assert "stopped by ann: release" in capsys.readouterr().out


def test_a_stopped_drill_is_no_success(api, capsys):
    """Whoever waits for its verdict hears that there is none, and why."""
    api.answers("POST", DRILLS, 202, drill("REQUESTED"))
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("STOPPED", reason="stopped by ann"))

    assert main(["drill", "run", "sandbox", "--kind", "litellm-task"]) == 1

    assert "the drill was stopped: stopped by ann" in capsys.readouterr().err


def test_a_drill_of_somebody_else_is_watched(api, capsys):
    """The same lines as for one's own, to its end."""
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("RUNNING"))
    api.answers("GET", f"{DRILLS}/d-1", 200, drill("SCORED", "met"))

    assert main(["drill", "watch", "sandbox", "d-1", "--every", "0"]) == 0

    assert "broken; not well: litellm" in capsys.readouterr().out


def test_on_a_terminal_a_table_shows_who_is_well():
    """Each component, each moment relative to the failure, and why it stops."""
    console = Console(width=100, file=io.StringIO())
    console.print(picture(drill("RUNNING", stop_reason="stopped by ann")))
    said = console.file.getvalue()
    assert "not well" in said
    assert "+0 s" in said
    assert "stopped by ann" in said


def test_a_calendar_is_set_and_taken_back(api, capsys):
    """Kinds with their days, within hours; without options drills run on request only."""
    window = {
        "days": ["tue"], "from": "09:00", "until": "16:00", "time_zone": "UTC", "holidays": ["2026-12-25"],
    }  # fmt: skip
    policy = {"every_days": {"litellm-task": 7}, "window": window, "after_change": True}
    api.answers("PATCH", "/environments/sandbox", 200, {"drills": policy})
    options = ["--every", "litellm-task=7", "--window", "tue 09:00-16:00 UTC", "--holidays", "2026-12-25"]

    assert main(["drill", "schedule", "sandbox", *options, "--after-change"]) == 0

    assert api.asked[-1].document == {"drills": policy}
    said = capsys.readouterr().out
    assert "litellm-task: every 7 days" in said
    assert "only tue 09:00-16:00 UTC" in said
    assert main(["drill", "schedule", "sandbox"]) == 0
    assert api.asked[-1].document == {"drills": None}


def test_a_calendar_that_cannot_be_read_changes_nothing(api, capsys):
    """With what is allowed."""
    assert main(["drill", "schedule", "sandbox", "--every", "meteorite=7"]) == 2
    assert main(["drill", "schedule", "sandbox", "--window", "sometimes"]) == 2
    assert api.asked == []
    assert "--window" in capsys.readouterr().err
