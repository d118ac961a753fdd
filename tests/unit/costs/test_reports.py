"""Reports: of a day, a week, a month; told once, adding up, and saying what is not sure."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO

import pytest

from stargate.domain.costs.actuals.keys import key_uses
from stargate.domain.costs.budget import Budget
from stargate.domain.costs.reports.periods import periods_of
from stargate.domain.costs.reports.table import table_of
from stargate.domain.environment import Status
from stargate.errors import EnvironmentNotFoundError, InvalidRequestError
from tests.unit.costs.cost_play import FIRST, ID, CostPlay, as_billed, moment

SECOND, SUNDAY = FIRST + timedelta(days=1), date(2026, 11, 8)
READ = {"failed": "", "restated": {}}


@pytest.fixture
def play():
    return CostPlay().until(SECOND, 6)


def reported(play, day=FIRST, bill=READ):
    play.report(ID, day.isoformat(), bill)
    return play.reports.files


def entries(play):
    return [entry.summary for entry in play.table.entries[ID].values() if entry.kind == "cost"]


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2026, 11, 27), ["2026-11-27"]),
        (date(2026, 11, 29), ["2026-11-29", "2026-11-23-week"]),
        (date(2026, 11, 30), ["2026-11-30", "2026-11"]),
        (date(2026, 12, 8), ["2026-12-08", "2026-11"]),
        (date(2027, 2, 28), ["2027-02-28", "2027-02-22-week", "2027-02"]),
    ],
)
def test_what_is_told_once_a_day_is_over(day, names):
    """The day; on Sundays the week; on its last day the month, and once more when AWS has closed it."""
    assert [period.name for period in periods_of(day)] == names


def test_a_period_is_held_against_the_one_before():
    """As many days of the same kind: February against January, a week against the seven days before it."""
    day, week, month = periods_of(date(2027, 2, 28))
    assert [one.before.name for one in (day, week, month)] == ["2027-02-27", "2027-02-15-week", "2027-01"]
    assert (len(week.before.days), len(month.before.days)) == (7, 31)


def test_a_day_is_reported_when_it_is_over_and_metered(play):
    """From six in the morning on, by an execution that has the hour in its name."""
    play.clock.at = moment(SECOND, 5, 59)
    assert play.order() == {}
    play.clock.at = moment(SECOND, 6)
    assert play.order() == {"sandbox": "2026-11-01"}
    assert play.workflow.started == {f"{ID}-2026-11-01-06": {"environment_id": ID, "day": "2026-11-01"}}


def test_a_report_that_failed_is_ordered_again_and_one_that_was_told_is_not(play):
    """Twice in an hour is one execution; the next hour is another."""
    play.order()
    play.order()
    play.clock.pass_seconds(3600)
    play.order()
    assert list(play.workflow.started) == [f"{ID}-2026-11-01-06", f"{ID}-2026-11-01-07"]
    reported(play)
    assert play.order() == {}


def test_days_that_nobody_ordered_are_made_up_for_once_each(play):
    """The control plane was away for three mornings: all of their days are told of at the next look."""
    play.until(date(2026, 11, 4), 9)
    assert play.order() == {"sandbox": "2026-11-01, 2026-11-02, 2026-11-03"}
    assert list(play.workflow.started) == [
        f"{ID}-2026-11-01-on-2026-11-04",
        f"{ID}-2026-11-02-on-2026-11-04",
        f"{ID}-2026-11-03-09",
    ]
    play.clock.pass_seconds(1800)
    play.order()
    assert len(play.workflow.started) == 3
    for number in (1, 2, 3):
        reported(play, date(2026, 11, number))
    play.clock.pass_seconds(3600)
    assert play.order() == {}
    assert [subject.split()[-1] for subject, _ in play.people.pages] == [f"2026-11-0{n}" for n in (1, 2, 3)]


def test_a_late_day_that_fails_is_tried_once_a_day_and_given_up_after_a_fortnight(play):
    """It is told in the ledger each time, so not each hour; the newest day is not kept waiting by it."""
    play.until(date(2026, 11, 4), 9)
    for number in (1, 3):
        reported(play, date(2026, 11, number))
    for _ in range(20):
        play.order()
        play.clock.pass_seconds(3600)
    late = [name for name in play.workflow.started if "2026-11-02" in name]
    assert late == [f"{ID}-2026-11-02-on-2026-11-04", f"{ID}-2026-11-02-on-2026-11-05"]
    play.until(date(2026, 11, 17), 7)
    assert not any("2026-11-02" in day for day in play.order().values())


def test_a_day_that_is_not_metered_to_its_end_waits_until_it_is(play):
    """After an outage reports may be ordered before anything is metered: they would tell too little."""
    play.clock.at = moment(date(2026, 11, 4), 9)
    assert play.order() == {"sandbox": "2026-11-01"}
    play.until(date(2026, 11, 4), 10)
    assert play.order() == {"sandbox": "2026-11-01, 2026-11-02, 2026-11-03"}


def test_one_that_is_gone_has_a_last_report_and_no_more(play):
    """Of its last day; after that nothing of it was there."""
    play.stands(replace(play.environment, status=Status.RETIRED, updated_at=moment(FIRST, 20)))
    assert play.order() == {"sandbox": "2026-11-01"}
    for day in (FIRST, SECOND):
        reported(play, day)
    play.clock.at = moment(date(2026, 11, 5), 7)
    assert play.order() == {}


def test_page_table_and_document_have_the_same_sum():
    """The rows of the table add up to the number on the page, to the cent."""
    play = CostPlay().until(date(2026, 11, 9), 6)
    files = reported(play, SUNDAY)
    assert list(files) == ["2026-11-08", "2026-11-02-week", "2026-11"][:2]
    for name, one in files.items():
        document = one["json"]
        rows = list(csv.DictReader(StringIO(one["csv"])))
        assert sum(Decimal(row["usd"]) for row in rows) == document["usd"] == sum(document["groups"].values())
        assert f"sandbox cost ${document['usd']:,.2f}" in one["html"], name
    week = files["2026-11-02-week"]["json"]
    assert (week["since"], week["until"], len({cell["day"] for cell in week["cells"]})) == (
        "2026-11-02",
        "2026-11-08",
        7,
    )


def test_days_of_two_months_make_one_week():
    """Each from its own month's account: sums stay sums."""
    play = CostPlay().until(date(2026, 12, 7), 6)
    files = reported(play, date(2026, 12, 6))
    week = files["2026-11-30-week"]["json"]
    november, december = play.stated("2026-11"), play.stated("2026-12")
    days = {day["day"]: day["usd"] for day in (*november["days"], *december["days"])}
    assert week["usd"] == sum(days[f"2026-{day}"] for day in ("11-30", *(f"12-0{n}" for n in range(1, 7))))
    assert week["statement"]["month"] == "2026-12"


def test_what_changed_most_is_told_and_explains_the_difference():
    """A database twice as large shows as itself."""
    play = CostPlay().until(SECOND)
    spec = play.environment.spec.overridden({"database": {"class": "db.r6g.xlarge"}})
    play.stands(replace(play.environment, spec=spec))
    play.until(date(2026, 11, 3), 6)
    document = reported(play, SECOND)["2026-11-02"]["json"]
    first = document["changes"][0]
    assert (first["part"], first["now"] - first["before"]) == ("database", first["difference"])
    assert first["difference"] == pytest.approx(24 * Decimal("0.45"), abs=Decimal("0.1"))
    assert document["difference"] == document["usd"] - document["before"]["usd"]


def test_the_first_day_is_held_against_nothing(play):
    """And says so, rather than that it costs more."""
    document = reported(play)["2026-11-01"]["json"]
    assert (document["difference"], document["changes"]) == (None, [])
    assert "nothing is known of the time before" in play.reports.files["2026-11-01"]["html"]


def test_people_are_told_once(play):
    """With the month, its end and its budget; a repeated step tells nobody again."""
    play.stands(replace(play.environment, budget=Budget(monthly=Decimal(100))))
    reported(play)
    play.report(ID, FIRST.isoformat(), READ)
    ((subject, text),) = play.people.pages
    usd = play.reports.files["2026-11-01"]["json"]["usd"]
    assert subject == f"Costs of sandbox: ${usd:,.2f} on 2026-11-01"
    assert "2026-11 to date: $" in text
    assert "expected at its end: $" in text
    assert "of its budget of $100.00, which it is expected to pass on 2026-11-0" in text
    assert entries(play) == [f"2026-11-01 cost ${usd:,.2f}; the week from 2026-10-26 cost ${usd:,.2f}"]


def test_a_message_that_is_not_taken_leaves_the_report_and_says_so(play):
    """It lies there to be read; the ledger knows that nobody was told."""
    play.people.refuse = "Publish: no such topic"
    reported(play)
    assert "2026-11-01" in play.reports.files
    assert entries(play)[0].endswith("nobody was told: Publish: no such topic")


def test_a_bill_that_could_not_be_read_is_told_everywhere(play):
    """On the page and in the message, before all else that is not sure."""
    files = reported(play, bill={"failed": "GetCostAndUsage: not authorized", "restated": {}})
    assert "bill could not be read today: GetCostAndUsage: not authorized" in files["2026-11-01"]["html"]
    assert "AWS's bill could not be read: GetCostAndUsage" in play.people.pages[0][1]


def test_restated_days_are_told_on_the_page(play):
    """What AWS changed its mind about."""
    files = reported(play, bill={"failed": "", "restated": {"2026-11-01": "30.00 -> 31.00"}})
    assert "AWS restated 2026-11-01: 30.00 -&gt; 31.00" in files["2026-11-01"]["html"]


def test_a_failure_is_in_the_ledger_with_its_reason(play):
    """Whoever asks why there is no report finds it."""
    play.report.failed(ID, "2026-11-01", "InvalidRequestError: no price of balancer")
    (told,) = entries(play)
    assert told.startswith("the costs of 2026-11-01 could not be reported, which is tried again each hour: ")


def test_the_page_reconciles_and_draws(play):
    """Each part with its reason; the days that are billed and those that are not; the budget's line."""
    play.stands(replace(play.environment, budget=Budget(monthly=Decimal(900))))
    play.bill(*as_billed(FIRST, play), beside=[(FIRST, "Credit", -3)])
    page = reported(play)["2026-11-01"]["html"]
    assert "1 days through 2026-11-01" in page
    assert "credits of the account" in page
    assert page.count("<svg") == 2
    assert "class='limit'" in page
    assert "tokens: $39.60, billed" in page
    assert "<script" not in page


def test_names_from_elsewhere_mean_nothing_to_browsers_and_spreadsheets(play):
    """Keys bear whatever name their owner gave them, and AWS its usage types."""
    row = {"alias": "<b>x", "team": "=1+1", "model": "claude-haiku-4-5", "input": 10**6}
    play.days.put(ID, play.day(FIRST).with_keys(key_uses([row])))
    page = reported(play)["2026-11-01"]["html"]
    assert "&lt;b&gt;x" in page
    assert "<b>x" not in page
    cell = {"day": "2026-11-01", "state": "billed", "group": "other", "part": "=cmd: x", "usd": Decimal(1)}
    assert table_of({"environment": "sandbox", "cells": [cell]}).splitlines()[1].split(",")[4] == "'=cmd: x"


def test_reports_are_listed_newest_first_with_addresses_of_their_files(play):
    """Page by page."""
    reported(play)
    play.until(date(2026, 11, 3), 6)
    reported(play, SECOND)
    first = play.show("sandbox", 1, None)
    assert [one["day"] for one in first["reports"]] == ["2026-11-02"]
    assert first["reports"][0]["files"]["2026-11-02"]["csv"] == f"{ID}/2026-11-02.csv"
    second = play.show("sandbox", 1, first["next"])
    assert ([one["day"] for one in second["reports"]], second["next"]) == (["2026-11-01"], None)


def test_a_list_of_nobodys_and_a_mark_of_nothing_are_refused(play):
    """By name."""
    with pytest.raises(EnvironmentNotFoundError):
        play.show("other", 1, None)
    with pytest.raises(InvalidRequestError, match="next: is no mark of a page"):
        play.show("sandbox", 1, "soon")
