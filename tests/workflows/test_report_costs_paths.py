"""Every path through the workflow `report_costs`."""

from __future__ import annotations

import pytest

from tests.workflows.stage import answers, in_turn, raises

WORKFLOW = "ReportCostsWorkflow"
GIVEN = {"environment_id": "0123456789ab", "day": "2026-11-27"}
BILL = {"failed": "", "days": 27, "restated": {}}


def play(stage, **parts):
    usual = {
        "collect_bill": answers(BILL),
        "report_costs": answers({"reports": ["2026-11-27"]}),
        "settle_report": answers({"outcome": "failed"}),
    }
    return stage.play(WORKFLOW, GIVEN, **{**usual, **parts})


def test_the_bill_is_read_and_the_report_made_of_it(stage):
    """What came of reading it goes along."""
    run = play(stage)
    assert (run.status, run.path) == ("SUCCEEDED", ["Collect bill", "Report"]), run.cause
    assert run.asked("report-costs") == [{**GIVEN, "bill": BILL}]


def test_a_throttle_and_a_row_that_was_written_meanwhile_are_asked_again(stage):
    """Metering writes the same days."""
    busy = in_turn(raises("AwsThrottledError", "slow down"), raises("ConflictError", "faster"), answers(BILL))
    run = play(stage, collect_bill=busy)
    assert run.status == "SUCCEEDED", run.cause
    assert len(run.asked("collect-bill")) == 3


@pytest.mark.parametrize("part", ["collect_bill", "report_costs"])
def test_whatever_fails_is_told_with_its_reason(stage, part):
    """The ledger hears of it, and the execution ends with the error it began with."""
    run = play(stage, **{part: raises("InvalidRequestError", "no price of balancer")})
    assert (run.status, run.error) == ("FAILED", "InvalidRequestError")
    assert run.path[-2:] == ["Settle failed", "Report failed"]
    (told,) = run.asked("settle-report")
    assert (told["outcome"], told["error"], told["day"]) == ("failed", "InvalidRequestError", "2026-11-27")


def test_a_settling_that_fails_too_ends_with_the_first_error(stage):
    """And not with its own."""
    run = play(stage, collect_bill=raises("OddError", "first"), settle_report=raises("OtherError", "second"))
    assert (run.status, run.error) == ("FAILED", "OddError")
