"""`stargate capacity`: what so many users need, without a cloud."""

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
    [["--users", "0"], ["--users", "5", "--model", "nobody"], ["--users", "5", "--quota-share", "nan"]],
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
