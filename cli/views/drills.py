"""Drills as people read them."""

from typing import Any

from rich.console import Console
from rich.table import Table

MOMENTS = (
    ("requested_at", "asked for"),
    ("steady_at", "steady"),
    ("injected_at", "broken"),
    ("rescued_at", "rescued: litellm deployed anew"),
    ("recovered_at", "well again"),
    ("ended_at", "over"),
)


def show_dry_run(console: Console, told: dict[str, Any]) -> None:
    console.print(f"{told['kind']}: {'would run' if told['would_run'] else 'would be refused'}")
    for check in told["preconditions"]:
        mark = "ok" if check["ok"] else "no"
        console.print(f"  {mark}  {check['name']}: {check['measured']} (asked: {check['bound']})")
    for number, step in enumerate(told["steps"], 1):
        console.print(f"  {number}. {step['step']}: {step['does']}")


def say_progress(console: Console, told: dict[str, Any], said: str) -> str:
    """Print what is new; the text that was said last is given back."""
    reached = [words for field, words in MOMENTS if told[field]]
    ill = [component for component, well in told["well"].items() if not well]
    waiting = f"; not well: {', '.join(ill)}" if ill and told["injected_at"] else ""
    words = f"{reached[-1]}{waiting}"
    if words != said:
        console.print(words)
    return words


def show_drill(console: Console, told: dict[str, Any]) -> None:
    console.print(f"{told['kind']} of {told['environment']}: {told['status']}  {told['id']}")
    if told["simulated"]:
        console.print(f"SIMULATED: {'; '.join(told['assumptions'])}")
    result = told["result"]
    if not result:
        console.print(told["reason"] or "it has no result yet")
        return
    table = Table("component", "verdict", "seconds", "objective", "failed of asked", box=None)
    for one in result["components"]:
        seconds = "never" if one["seconds"] is None else f"{one['seconds']:.1f}"
        asked = f"{one['requests_failed']} of {one['requests_asked']}"
        objective = f"< {one['objective_seconds']:.0f}"
        table.add_row(one["component"], one["verdict"], seconds, objective, asked)
    console.print(table)
    console.print(f"verdict: {result['verdict']}; lost {result['data_loss']['lost']} acknowledged records")
    console.print(result["explanation"])
    if result["wedge"]:
        console.print(f"litellm lived and refused every key for {result['wedge']['seconds']:.0f} s")


def list_drills(console: Console, told: dict[str, Any]) -> None:
    for one in told["drills"]:
        verdict = one["verdict"] or one["reason"]
        console.print(f"{one['id']}  {one['requested_at']}  {one['kind']}  {one['status']}  {verdict}")
    days = told["history"]["last_proven_days_ago"]
    console.print("never proven" if days is None else f"last proven {days} days ago")
    for component, trend in told["history"]["components"].items():
        console.print(
            f"  {component}: latest {_of(trend['latest_seconds'])}, worst {_of(trend['worst_seconds'])}"
        )


def _of(seconds: float | None) -> str:
    return "never recovered" if seconds is None else f"{seconds:.1f} s"
