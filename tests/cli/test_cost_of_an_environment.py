"""`stargate cost NAME`: the numbers of the API, for people and for programs."""

import json

import pytest

from cli.app import main
from stargate.domain.costs.money import plain
from tests.unit.costs.cost_play import FIRST, CostPlay, as_billed


@pytest.fixture(scope="module")
def document():
    """As the API answers it: nine days, the first of them billed."""
    play = CostPlay().until(FIRST.replace(day=10))
    play.bill(*as_billed(FIRST, play), beside=[(FIRST, "Credit", "-3.5")])
    return json.loads(json.dumps(plain(play.stated())))


def test_a_program_gets_the_document_as_it_is(api, capsys, document):
    """And may ask for another month."""
    api.answers("GET", "/environments/blue/costs", 200, document)
    assert main(["cost", "blue", "--month", "2026-11", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == document
    assert api.asked[-1].query == {"month": "2026-11"}


def test_a_person_gets_the_number_first_and_what_it_rests_on(api, capsys, document):
    """With the range of the forecast, days that are not billed yet, and what differs from the bill."""
    api.answers("GET", "/environments/blue/costs", 200, document)
    assert main(["cost", "blue"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"${document['number']['month_to_date']:,.2f} in 2026-11 so far" in told
    assert "expected at the end of the month" in told
    assert "not billed yet" in told
    assert "beside it credits: -3.50" in told
    assert "tasks on Spot" in told


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["blue", "--preset", "poc"], "NAME"),
        (["--month", "2026-11"], "--month"),
        (["blue", "--reconcile-spec"], "--reconcile-spec"),
        (["--reports"], "--reports"),
        (["blue", "--reports", "--month", "2026-11"], "--reports"),
    ],
)
def test_questions_that_exclude_each_other_are_bad_input(api, capsys, arguments, named):
    """Nothing is asked of anybody."""
    assert main(["cost", *arguments]) == 2
    assert named in capsys.readouterr().err
    assert api.asked == []


def test_a_refusal_of_the_api_is_told_in_its_words(api, capsys):
    """A month that is still to come."""
    fault = {"path": "?month", "fault": "2027-01 is in the future", "allowed": "a month such as 2026-11"}
    problem = {"title": "The request has faults", "faults": [fault]}
    api.answers("GET", "/environments/blue/costs", 400, problem)
    assert main(["cost", "blue", "--month", "2027-01"]) == 2
    assert "2027-01 is in the future" in capsys.readouterr().err


def test_reports_are_listed_with_their_pages(api, capsys):
    """What each day cost, and where its files are to be had for how long."""
    files = {"2026-11-27": {ending: f"https://x/2026-11-27.{ending}" for ending in ("html", "csv", "json")}}
    one = {"day": "2026-11-27", "usd": 31.5, "month_to_date": 800.25, "forecast": 910.0, "files": files}
    answer = {"reports": [one], "expires_at": "2026-11-28T06:15:00Z", "next": None}
    api.answers("GET", "/environments/blue/costs/reports", 200, answer)
    assert main(["cost", "blue", "--reports"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "2026-11-27 31.50 800.25 910.00" in told
    assert "2026-11-27 html https://x/2026-11-27.html" in told
    assert "until 2026-11-28T06:15:00Z" in told


def test_no_report_yet_says_when_there_will_be_one(api, capsys):
    """From six in the morning on."""
    empty = {"reports": [], "expires_at": "2026-11-28T06:15:00Z", "next": None}
    api.answers("GET", "/environments/blue/costs/reports", 200, empty)
    assert main(["cost", "blue", "--reports"]) == 0
    assert "after 06:00 UTC" in " ".join(capsys.readouterr().out.split())
