"""A check says what was measured beside what was asked, and one that broke breaks the run."""

import json

from local.demo.report import Report


def test_checks_are_written_with_measure_and_bound(tmp_path):
    """The report is a list of named checks."""
    report = Report()
    report.same("stacks left", [], [])
    report.at_most("share", 6.0, 5, " %")
    report.write(tmp_path / "out" / "report.json")
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == {
        "checks": [
            {"name": "stacks left", "ok": True, "measured": "none", "bound": "none"},
            {"name": "share", "ok": False, "measured": "6 %", "bound": "at most 5 %"},
        ]
    }


def test_a_run_is_good_only_if_every_check_held():
    """Nothing measured is no success either."""
    report = Report()
    assert not report.ok
    report.same("status", "READY", "READY")
    assert report.ok
    report.broke("the story reaches its end", "interrupted")
    assert not report.ok
