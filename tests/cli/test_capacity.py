"""`stargate capacity`: what so many users need, without a cloud, and what one that runs has and wants."""

import json

import pytest

from cli.app import main


def asked(capsys, *arguments):
    assert main(["capacity", *arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_hundred_users_fit_the_specification(capsys):
    """They are what the gateway is for: within two to six tasks and the quota, with a cost for an hour."""
    document = asked(capsys, "--users", "100", "--model", "haiku")
    assert document["fits"]
    assert 2 <= document["tasks"]["needed"] <= 6
    assert document["usd_per_hour"]["tasks"] > 0
    assert document["limits"][0]["name"] == document["breaks_first"]


def test_the_quota_breaks_first_where_the_share_is_small(capsys):
    """More tasks would not help, so fewer are of use than demand alone would ask for."""
    document = asked(capsys, "--users", "300", "--model", "sonnet", "--quota-share", "0.2")
    assert document["breaks_first"] == "quota-tokens"
    assert not document["fits"]
    assert document["served_users"] < 300
    assert document["tasks"]["useful"] < document["tasks"]["needed"]


def test_longer_reservations_need_more_quota(capsys):
    """`max_tokens` is taken off the quota when a request starts, whatever the answer is."""
    short, long = (
        asked(capsys, "--users", "100", "--max-tokens", most)["quota_needed"]["tokens_per_minute"]
        for most in ("256", "64000")
    )
    assert long > 3 * short


def test_twice_the_users_need_twice_the_quota(capsys):
    """Everything that runs out grows with the users, and the place where it does stays."""
    one, two = (asked(capsys, "--users", users) for users in ("100", "200"))
    needed = [document["quota_needed"]["requests_per_minute"] for document in (one, two)]
    assert needed[1] == pytest.approx(2 * needed[0], rel=0.001)
    assert one["limits"][0]["users"] == pytest.approx(two["limits"][0]["users"], abs=1)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--users", "0"],
        ["--users", "5", "--model", "nobody"],
        ["--users", "5", "--quota-share", "nan"],
        ["blue", "--users", "5", "--quota-share", "0.5"],
    ],
)
def test_what_makes_no_sense_is_bad_input(wrong, capsys):
    """With exit code 2, naming the option."""
    assert main(["capacity", *wrong]) == 2
    assert wrong[-2] in capsys.readouterr().err


def test_people_read_a_few_lines(capsys):
    """Tasks, quota, cost, and what breaks first."""
    assert main(["capacity", "--users", "300", "--model", "sonnet"]) == 0
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("tasks", "quota", "costs", "simulated"))


def test_without_a_name_or_users_there_is_nothing_to_reckon(capsys):
    """And it says what would do."""
    assert main(["capacity"]) == 2
    assert "--users" in capsys.readouterr().err


RUNNING = {
    "environment": "blue",
    "service": "litellm",
    "limits": {"minimum": 2, "maximum": 6},
    "loop": {
        "looked_at": "2026-11-28T10:00:00Z",
        "wanted": {"minimum": 3, "maximum": 3},
        "reason": "60 requests a second [of which some wait]",
        "blind": False,
        "at_quota": True,
        "in_flight": 80.0,
        "move": None,
    },
    "usual_request": {"input_tokens": 400.0, "output_tokens": 40.0, "reserved_tokens": 512.0, "seconds": 2.0},
    "quotas": {
        "looked_at": "2026-11-28T10:00:00Z",
        "late": False,
        "models": [
            {
                "model": "claude-sonnet-4-5",
                "limit": {"tokens": 5_000_000.0, "requests": 10_000.0, "told_by": "Service Quotas"},
                "used": {"tokens": 4_500_000, "requests": 900},
                "held": {"tokens": 100_000},
                "percent": 92.0,
                "level": "warning",
                "share_percent": 60.0,
                "minutes_left": None,
            }
        ],
    },
    "what_if": None,
}


def test_a_program_gets_what_the_api_tells_of_an_environment(api, capsys):
    """As it is, with what was asked for."""
    api.answers("GET", "/environments/blue/capacity", 200, RUNNING)
    assert asked(capsys, "blue", "--users", "300", "--model", "haiku") == RUNNING
    assert api.asked[-1].query == {"users": "300", "model": "haiku"}


def test_a_person_reads_bounds_with_their_reason_and_quotas(api, capsys):
    """What is wanted and why, a usual request, and how much of each quota is used, by whom."""
    api.answers("GET", "/environments/blue/capacity", 200, RUNNING)
    assert main(["capacity", "blue"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "3 to 3 wanted, at the quota" in told
    assert "[of which some wait]" in told
    assert "512 reserved" in told
    assert "5,000,000 4,500,000 100,000 92 60 warning" in told


def test_before_the_first_look_there_is_nothing_to_tell_and_it_says_so(api, capsys):
    """An environment that has just come to stand."""
    fresh = {**RUNNING, "loop": None, "usual_request": None, "quotas": None}
    api.answers("GET", "/environments/blue/capacity", 200, fresh)
    assert main(["capacity", "blue"]) == 0
    assert capsys.readouterr().out.count("nobody has looked yet") == 2


def test_what_is_late_is_told_to_be_late(api, capsys):
    """Nobody takes figures of an hour ago for those of now."""
    late = {**RUNNING, "quotas": {**RUNNING["quotas"], "late": True}}
    api.answers("GET", "/environments/blue/capacity", 200, late)
    assert main(["capacity", "blue"]) == 0
    assert "too long ago" in " ".join(capsys.readouterr().out.split())
