"""`stargate env …` over HTTP, against an API played by a server of ours."""

import io
import json

import pytest
from rich.console import Console

from cli.app import main
from cli.failure import FailedError
from cli.watching import watch
from tests.cli.api_stand_in import HANGS_UP
from tests.cli.documents import environment, making

FAILURE = {"stack": "data", "resource": "Database", "resource_type": "", "reason": "the quota is used up"}


def last(api):
    return api.asked[-1]


def test_what_is_asked_for_is_sent_and_the_next_step_said(api, capsys):
    """`create` sends name, preset and settings under a key of its own, and says how to follow the work."""
    api.answers("POST", "/environments", 202, making(5))
    arguments = ["--set", "litellm.max_tasks=4", "--set", "network.cidr=10.9.0.0/16", "--mode", "advise"]

    assert main(["env", "create", "blue", "--preset", "sandbox", *arguments]) == 0

    assert last(api).document == {
        "name": "blue",
        "preset": "sandbox",
        "overrides": {"litellm": {"max_tasks": 4}, "network": {"cidr": "10.9.0.0/16"}},
        "mode": "advise",
    }
    assert last(api).headers["Idempotency-Key"]
    assert "stargate env watch blue" in capsys.readouterr().out


@pytest.mark.parametrize("setting", ["max_tasks=4", "litellm.max_tasks", ".x=1", "litellm.=1"])
def test_a_setting_of_another_form_is_bad_input(api, capsys, setting):
    """A setting that is no part.name=value is refused before anything is sent."""
    assert main(["env", "create", "blue", "--preset", "sandbox", "--set", setting]) == 2

    assert "part.name=value" in capsys.readouterr().err
    assert api.asked == []


def test_creating_with_watch_follows_until_it_is_ready(api, capsys):
    """With --watch the command ends when the work does, telling each stack's change on the way."""
    api.answers("POST", "/environments", 202, making(4))
    api.answers("GET", "/environments/blue", 200, making(5))
    api.answers("GET", "/environments/blue", 200, environment())

    assert main(["env", "create", "blue", "--preset", "sandbox", "--watch", "--every", "0"]) == 0

    told = capsys.readouterr().out
    assert told.index("data SUBMITTED") < told.index("data STANDING") < told.index("is READY")


def test_watching_what_fails_exits_1_with_its_reason(api, capsys):
    """An environment that ends FAILED makes `watch` fail, with the reason that the API gave."""
    api.answers("GET", "/environments/blue", 200, environment(status="FAILED", failure=FAILURE))

    assert main(["env", "watch", "blue"]) == 1

    said = capsys.readouterr()
    assert "the quota is used up" in said.err
    assert "stargate env resume blue" in said.out


def test_watching_for_a_program_tells_the_end_alone(api, capsys):
    """With --json standard output is the last document and nothing else."""
    api.answers("GET", "/environments/blue", 200, making(5))
    api.answers("GET", "/environments/blue", 200, environment())

    assert main(["env", "watch", "blue", "--every", "0", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["status"] == "READY"


def test_a_moment_in_which_the_api_fails_does_not_end_the_watch(api, capsys):
    """A 5xx between two good answers is looked past."""
    api.answers("GET", "/environments/blue", 200, making(5))
    api.answers("GET", "/environments/blue", 502, {"message": "Internal server error"})
    api.answers("GET", "/environments/blue", 200, environment())

    assert main(["env", "watch", "blue", "--every", "0"]) == 0

    assert "is READY" in capsys.readouterr().out


def test_a_connection_that_is_lost_for_a_moment_does_not_end_the_watch(api, capsys):
    """Neither does a network that is away; one that stays away does, in words."""
    api.answers("GET", "/environments/blue", 200, making(5))
    api.answers("GET", "/environments/blue", HANGS_UP, None)
    api.answers("GET", "/environments/blue", 200, environment())
    api.answers("GET", "/environments/blue", HANGS_UP, None)

    assert main(["env", "watch", "blue", "--every", "0"]) == 0
    assert main(["env", "watch", "blue", "--every", "0"]) == 1

    told = capsys.readouterr()
    assert "is READY" in told.out
    assert "the API does not answer" in told.err


def test_whoever_stops_watching_is_told_that_the_work_goes_on():
    """Ctrl-C ends the eyes, not the workflow."""

    class Interrupted:
        def get(self, _path):
            raise KeyboardInterrupt

    with pytest.raises(FailedError, match="the work on blue goes on, and `stargate env watch blue`"):
        watch(Interrupted(), "blue", 0, Console(file=io.StringIO()))


def test_an_api_that_goes_on_failing_ends_the_watch(api):
    """After a few 5xx in a row `watch` gives up."""
    api.answers("GET", "/environments/blue", 502, {"message": "Internal server error"})

    assert main(["env", "watch", "blue", "--every", "0"]) == 1


def test_one_environment_is_shown_with_what_is_wrong(api, capsys):
    """`show` prints stacks, addresses and the checks that do not hold."""
    failing = {"name": "service grafana", "ok": False, "measured": "1 running", "bound": ">= 2 running"}
    proven = {"database-failover": {"last_proven_days_ago": 3, "last_verdict": "missed"}}
    shown = environment(status="DEGRADED", checks=[failing], recovery={"kinds": proven})
    api.answers("GET", "/environments/blue", 200, shown)

    assert main(["env", "show", "blue"]) == 0

    told = capsys.readouterr().out
    for word in ("network", "4/4", "1 min 3 s", "https://d1.cloudfront.net", "service grafana", "asked >= 2"):
        assert word in told
    assert "recovery from database-failover: last proven 3 days ago, the newest drill missed" in told


def test_what_runs_is_shown_with_its_time_to_go(api, capsys):
    """Of the whole and of each stack, with who asked for it."""
    api.answers("GET", "/environments/blue", 200, making(5))

    assert main(["env", "show", "blue"]) == 0

    told = " ".join(capsys.readouterr().out.split())
    for words in ("about 5 min to go: data", "1/4 SUBMITTED 1 min 3 s 4 min", "asked for by ann"):
        assert words in told


def test_falling_asleep_is_shown_by_what_is_measured(api, capsys):
    """No stack is touched: the checks tell how far it is."""
    holder = {"work": "sleep", "since": "2026-11-24T03:00:00Z", "asked_by": "ann", "execution": "e1-2"}
    check = {"name": "service litellm", "ok": False, "measured": "2 running", "bound": "0 running"}
    falling = {"status": "UPDATING", "held_by": holder, "running": ["service litellm"], "eta_seconds": 90}
    api.answers("GET", "/environments/blue", 200, environment(**falling, progress=0.5, checks=[check]))

    assert main(["env", "show", "blue"]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "50% done, about 1 min 30 s to go: service litellm" in told
    assert "2 running 0 running" in told
    assert "network" not in told


def test_the_list_comes_whole_over_several_pages(api, capsys):
    """`list` goes on while the API names a next page."""
    api.answers("GET", "/environments", 200, {"environments": [environment()], "next": "mark"})
    api.answers("GET", "/environments", 200, {"environments": [environment(name="green")], "next": None})

    assert main(["env", "list"]) == 0

    told = capsys.readouterr().out
    assert "blue" in told
    assert "green" in told
    assert [asked.query.get("next") for asked in api.asked] == [None, "mark"]


def test_an_empty_list_says_how_to_begin(api, capsys):
    """Where there is nothing, the list says how to make the first."""
    api.answers("GET", "/environments", 200, {"environments": [], "next": None})

    assert main(["env", "list"]) == 0

    assert "stargate env create" in capsys.readouterr().out


def test_a_change_is_sent(api):
    """`update --mode` sends exactly the field that changes."""
    api.answers("PATCH", "/environments/blue", 200, environment(mode="observe"))

    assert main(["env", "update", "blue", "--mode", "observe"]) == 0

    assert last(api).document == {"mode": "observe"}


def test_protection_and_time_to_live_are_changed(api):
    """Spans are sent as seconds, never as null."""
    api.answers("PATCH", "/environments/blue", 200, environment())

    assert main(["env", "update", "blue", "--no-protection", "--ttl", "8h"]) == 0
    assert last(api).document == {"deletion_protection": False, "ttl": 28800}

    assert main(["env", "update", "blue", "--ttl", "never"]) == 0
    assert last(api).document == {"ttl": None}


@pytest.mark.parametrize("work", ["resume", "sleep", "wake"])
def test_work_is_begun_and_followed(api, capsys, work):
    """One POST, then the end is waited for."""
    api.answers("POST", f"/environments/blue/{work}", 202, environment(status="UPDATING"))
    api.answers("GET", "/environments/blue", 200, environment(status="UPDATING"))
    api.answers("GET", "/environments/blue", 200, environment(status="ASLEEP"))

    assert main(["env", work, "blue", "--watch", "--every", "0"]) == 0

    told = capsys.readouterr().out
    assert "is ASLEEP" in told
    assert "stargate env wake blue" in told


def test_what_is_to_be_passed_over_is_named_by_stack(api):
    """Each once, whatever order they come in."""
    api.answers("POST", "/environments/blue/resume", 202, environment(status="UPDATING"))
    named = ["--skip", "data.Database", "--skip", "edge.Distribution", "--skip", "data.Database"]

    assert main(["env", "resume", "blue", *named]) == 0

    assert last(api).document == {"skip": {"data": ["Database"], "edge": ["Distribution"]}}


@pytest.mark.parametrize("named", ["Database", "data.", ".Database"])
def test_a_resource_without_its_stack_is_bad_input(api, capsys, named):
    """Refused before anything is sent, with an example."""
    assert main(["env", "resume", "blue", "--skip", named]) == 2

    assert "data.Database" in " ".join(capsys.readouterr().err.split())
    assert api.asked == []


def test_what_is_stuck_is_shown_with_the_way_out(api, capsys):
    """The very command that would leave it behind."""
    stuck = {**FAILURE, "stuck": ["Database", "SubnetGroup"]}
    api.answers("GET", "/environments/blue", 200, environment(status="FAILED", failure=stuck))

    assert main(["env", "show", "blue"]) == 0

    told = " ".join(capsys.readouterr().out.split())
    assert "stargate env resume blue --skip data.Database --skip data.SubnetGroup" in told


def test_working_hours_are_sent_as_a_schedule(api):
    """Days as a range or one by one, hours, a time zone, and the days off."""
    api.answers("PATCH", "/environments/blue", 200, environment())
    hours = "mon-wed,fri 08:00-19:00 Europe/Berlin"

    assert main(["env", "update", "blue", "--awake", hours, "--holiday", "2026-12-25"]) == 0

    assert last(api).document["schedule"] == {
        "days": ["mon", "tue", "wed", "fri"],
        "from": "08:00",
        "until": "19:00",
        "time_zone": "Europe/Berlin",
        "holidays": ["2026-12-25"],
    }
    assert main(["env", "update", "blue", "--awake", "always"]) == 0
    assert last(api).document == {"schedule": None}


@pytest.mark.parametrize(
    "hours",
    ["nights", "mon-someday 08:00-19:00 UTC", "fri-mon 08:00-19:00 UTC", "mon 8-19 UTC"],
)
def test_hours_of_another_form_are_bad_input(api, capsys, hours):
    """Refused before anything is sent, with an example."""
    assert main(["env", "update", "blue", "--awake", hours]) == 2

    assert "mon-fri 08:00-19:00 Europe/Berlin" in " ".join(capsys.readouterr().err.split())
    assert api.asked == []


def test_limits_of_money_are_sent_as_a_budget(api):
    """Those that are given; none takes one back."""
    api.answers("PATCH", "/environments/blue", 200, environment())
    assert main(["env", "update", "blue", "--budget", "900.50"]) == 0
    assert last(api).document == {"budget": {"monthly": 900.5}}
    assert main(["env", "update", "blue", "--budget", "none", "--ceiling", "1000"]) == 0
    assert last(api).document == {"budget": {"monthly": None, "ceiling": 1000.0}}


def test_a_limit_that_is_no_amount_is_bad_input(api, capsys):
    """Refused before anything is sent, with what was meant."""
    assert main(["env", "update", "blue", "--budget", "much"]) == 2
    assert "dollars, for example 900" in capsys.readouterr().err
    assert api.asked == []


def test_a_span_of_another_form_is_bad_input(api, capsys):
    """Refused before anything is sent, with the form that is taken."""
    assert main(["env", "create", "blue", "--preset", "poc", "--ttl", "soon"]) == 2

    assert "a number with s, m, h or d" in capsys.readouterr().err
    assert api.asked == []


def test_what_shall_not_be_kept_is_said_with_the_removal(api, capsys):
    """Each wish is a word of the query; what was kept in the end is listed."""
    known = {"arn": "a", "until": None, "monthly_usd": 9.5}
    secret = {**known, "kind": "secret", "name": "stargate-blue/salt", "until": "2026-12-24T03:00:00Z"}
    kept = [secret, {**known, "kind": "snapshot", "name": "stargate-blue-1"}]
    api.answers("DELETE", "/environments/blue", 202, environment(status="RETIRING"))
    api.answers("GET", "/environments/blue", 200, environment(status="RETIRED", kept=kept))

    assert main(["env", "delete", "blue", "--no-snapshot"]) == 0
    assert last(api).query == {"final_snapshot": "no"}

    assert main(["env", "show", "blue"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "kept on purpose: 1 secret, which AWS deletes by 2026-12-24T03:00:00Z without a charge",
        "kept on purpose: snapshot stargate-blue-1 until somebody deletes it, at most $9.50 a month",
        "next: `stargate env delete blue --no-recovery` gives up the secrets that hold the name",
    ):
        assert words in told


def test_a_change_of_nothing_is_bad_input(api, capsys):
    """`update` without any option is refused before anything is sent."""
    assert main(["env", "update", "blue"]) == 2

    assert "nothing is to be changed" in capsys.readouterr().err
    assert api.asked == []


def test_removal_is_asked_for_and_followed(api, capsys):
    """`delete --watch` ends when the environment is RETIRED."""
    api.answers("DELETE", "/environments/blue", 202, environment(status="RETIRING"))
    api.answers("GET", "/environments/blue", 200, environment(status="RETIRING", progress=0.5))
    api.answers("GET", "/environments/blue", 200, environment(status="RETIRED"))

    assert main(["env", "delete", "blue", "--watch", "--every", "0"]) == 0

    assert "is RETIRED" in capsys.readouterr().out


def test_a_name_that_nobody_has_is_a_failure(api, capsys):
    """A 404 exits 1 with the API's own words."""
    problem = {"title": "There is no such environment", "detail": "there is no environment blue"}
    api.answers("GET", "/environments/blue", 404, problem)

    assert main(["env", "show", "blue"]) == 1

    assert "there is no environment blue" in capsys.readouterr().err


def test_the_ledger_is_read_as_asked(api, capsys):
    """`ledger` passes moment and kind on and prints what happened."""
    entry = {
        "at": "2026-11-24T03:00:00Z",
        "kind": "step",
        "summary": "network stands",
        "actor": "notice_progress",
    }
    api.answers("GET", "/environments/blue/ledger", 200, {"entries": [entry], "next": None})

    assert main(["ledger", "blue", "--since", "2026-11-24T02:00:00Z", "--kind", "step"]) == 0

    assert "network stands" in capsys.readouterr().out
    assert last(api).query == {"since": "2026-11-24T02:00:00Z", "kind": "step", "limit": "100"}


def test_what_disturbs_is_tried_only_when_it_is_named(api, capsys):
    """`check --rate-limit` asks for that one check; without a name nothing is sent."""
    assert main(["env", "check", "blue"]) == 2
    assert "--rate-limit" in capsys.readouterr().err
    assert api.asked == []
    api.answers("POST", "/environments/blue/checks", 202, environment())

    assert main(["env", "check", "blue", "--rate-limit"]) == 0

    assert last(api).document == {"check": "rate limit"}
