"""What the demo shows fits a terminal of eighty columns, and leaves only what is worth keeping."""

import io

import pytest
from rich.console import Console

from local.demo.environment_view import EnvironmentView
from local.demo.gateway_view import GatewayView, Look
from local.demo.report import Report
from local.demo.running import Alarm, Bounds, Truth
from local.demo.screen import Screen

STACKS = [
    ("network", "STANDING", 46, 46, 212.0, 215.0),
    ("prepare-database", "SUBMITTED", 0, 1, 65.0, 90.0),
    ("victoria-metrics", "WAITING", 0, 6, None, 140.0),
    ("data", "STANDING", 12, 12, 1261.0, 1240.0),
]
ENVIRONMENT = {
    "name": "sandbox",
    "status": "PROVISIONING",
    "attempt": 1,
    "progress": 0.49,
    "eta_seconds": 1392,
    "stacks": [
        {
            "name": name,
            "status": status,
            "resources_done": done,
            "resources_total": total,
            "seconds": seconds,
            "typical_seconds": typical,
        }
        for name, status, done, total, seconds, typical in STACKS
    ],
}
CONDITION = {
    "kind": "task-stopped",
    "subject": "litellm",
    "severity": "critical",
    "status": "open",
    "decision": {"reason": "restart_service held by switch: " + "a long reason " * 10},
}
LOOK = Look(
    Truth(
        at=10.0,
        users=120,
        desired=4,
        serving=("a", "b", "c"),
        states={"RUNNING": 3, "DEPROVISIONING": 1},
        cpu=89.0,
        waiting_seconds=0.1,
    ),
    Bounds(3, 6),
    Alarm("cpu", "ALARM", 0.0),
    (CONDITION,),
)


@pytest.fixture
def written():
    return io.StringIO()


def terminal(written, width=80):
    return Console(file=written, width=width, force_terminal=True, color_system=None, highlight=False)


@pytest.mark.parametrize("width", [80, 120])
def test_the_stacks_of_an_environment_are_readable(written, width):
    """Each on one line, with its whole name and how long it typically takes."""
    terminal(written, width).print(EnvironmentView().picture(ENVIRONMENT))
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert len(lines) == 1 + len(STACKS)
    for line, (name, status, *_) in zip(lines[1:], STACKS, strict=True):
        assert line.split()[0] == name
        assert status in line
        assert "typically" in line
        assert len(line) <= width


def test_a_running_gateway_is_readable_however_long_the_decision(written):
    """The labels stay, and what is too long ends in an ellipsis."""
    view = GatewayView()
    list(view.changes(LOOK))
    terminal(written).print(view.picture(LOOK))
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    assert [line.split()[0] for line in lines[1:]] == ["users", "CPU", "tasks", "alarm", "wrong"]
    assert lines[3].endswith("of 3 to 6: 3 running, 1 deprovisioning")
    assert lines[-1].endswith("…")
    assert max(len(line) for line in lines) <= 80


def test_a_picture_whose_changes_were_told_in_lines_goes_with_its_scene(written):
    """Else the same gateway would stand there once for each thing that was waited for."""
    screen = Screen(terminal(written))
    screen.watch(lambda: LOOK, lambda _: True, 1.0, GatewayView())
    assert "120 users  3 serve, 1 beside" in written.getvalue()
    assert written.getvalue().endswith("\x1b[2K")


def test_a_check_tells_what_was_asked_unless_that_was_measured(written):
    """And at the end stands how many held, with those that did not."""
    screen, report = Screen(terminal(written)), Report()
    screen.checked(report.same("the alarm", "OK", "OK"))
    screen.checked(report.at_most("CPU", 61.45, 80, " %"))
    report.same("bounds", "2 to 6", "3 to 6")
    screen.summary(report.checks)
    assert written.getvalue().splitlines() == [
        "  held  the alarm: OK",
        "  held  CPU: 61.45 % (asked: at most 80 %)",
        "",
        "2 of 3 checks held",
        "  BROKE bounds: 2 to 6 (asked: 3 to 6)",
    ]
