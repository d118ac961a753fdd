"""What is printed: a table for each case, the tasks over time as text, and the verdicts."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.scaling.comparison import Played
from bench.scaling.play import AUTOSCALERS
from bench.scaling.verdicts import Verdict

WIDTH = 72
BARS = " ▁▂▃▄▅▆▇█"
COLUMNS = {
    "missed_percent": ("missed %", "{:.2f}"),
    "avoidable_percent": ("avoidable %", "{:.2f}"),
    "throttles": ("throttles", "{:.3g}"),
    "retries": ("retries", "{:.3g}"),
    "completed_tokens": ("tokens", "{:.4g}"),
    "in_objective_tokens": ("in objective", "{:.4g}"),
    "task_hours": ("task-hours", "{:.1f}"),
    "actions": ("actions", "{:.0f}"),
    "usd": ("USD", "{:.2f}"),
}


def show_case(console: Console, case: dict[str, Any], first: Played) -> None:
    load = f"{case['users']:g} users" if case["users"] else f"load {case['load']:g}"
    quota = "" if case["quota_share"] is None else f", quota {case['quota_share']:g} of what is asked for"
    table = Table(title=f"{case['trace']}, {load}{quota}, {case['seeds']} seeds (times tracking 20 s)")
    table.add_column("")
    for heading, _ in COLUMNS.values():
        table.add_column(heading, justify="right")
    for name, figures in case["policies"].items():
        table.add_row(name, *(_cell(figures, key) for key in COLUMNS))
    console.print(table)
    console.print(f"  {'requests':<14}{line(first.asked)}")
    for name in AUTOSCALERS:
        console.print(f"  {name:<14}{line(first.tasks[name])}")


def _cell(figures: dict[str, Any], key: str) -> str:
    ratio = figures["to_tracking_20_s"][key]
    shown = COLUMNS[key][1].format(figures[key])
    return shown if ratio is None else f"{shown} ({ratio:.2f})"


def line(values: Sequence[float]) -> str:
    """As bars from nothing to the highest, each the highest of its part."""
    if not values:
        return ""
    top = max(values) or 1.0
    width = min(WIDTH, len(values))
    parts = [
        max(values[part * len(values) // width : (part + 1) * len(values) // width]) for part in range(width)
    ]
    return "".join(BARS[round((len(BARS) - 1) * part / top)] for part in parts) + f" {top:.3g}"


def show_verdicts(console: Console, found: Sequence[Verdict]) -> None:
    for verdict in found:
        word = "at least" if verdict.least else "at most"
        outcome = "held" if verdict.held else "MISSED"
        console.print(f"  {verdict.name:<52}{verdict.value:8.3f}  ({word} {verdict.bound:g})  {outcome}")
