"""Drills as people read them."""

from typing import Any

from rich.console import Console
from rich.table import Table

MOMENTS = (
    ("requested_at", "asked for"),
    ("begun_at", "announced, alarms and loop muted"),
    ("steady_at", "steady"),
    ("injected_at", "broken"),
    ("rescued_at", "rescued: litellm deployed anew"),
    ("recovered_at", "well again"),
    ("put_back_at", "put back"),
    ("ended_at", "over"),
)


def show_dry_run(console: Console, told: dict[str, Any]) -> None:
    console.print(f"{told['kind']}: {'would run' if told['would_run'] else 'would be refused'}")
    for check in told["preconditions"]:
        mark = "ok" if check["ok"] else "no"
        console.print(f"  {mark}  {check['name']}: {check['measured']} (asked: {check['bound']})")
    for number, step in enumerate(told["steps"], 1):
        console.print(f"  {number}. {step['step']}: {step['does']}")


def show_drill(console: Console, told: dict[str, Any]) -> None:
    console.print(f"{told['kind']} of {told['environment']}: {told['status']}  {told['id']}")
    if told["simulated"]:
        console.print(f"SIMULATED: {'; '.join(told['assumptions'])}")
    result = told["result"]
    if not result:
        console.print(told["reason"] or "it has no result yet")
        return
    if "components" in result:
        console.print(_components(result))
        console.print(f"lost {result['data_loss']['lost']} acknowledged records")
    console.print(f"verdict: {result['verdict']}; {result['explanation']}")
    for finding in result["findings"]:
        console.print(f"finding: {finding}")
    if told["evidence"]:
        console.print(
            f"page, until {told['evidence']['expires_at']}: {told['evidence']['page']}", soft_wrap=True
        )


def _components(result: dict[str, Any]) -> Table:
    table = Table("component", "verdict", "seconds", "objective", "failed of asked", box=None)
    for one in result["components"]:
        seconds = "never" if one["seconds"] is None else f"{one['seconds']:.1f}"
        asked = f"{one['requests_failed']} of {one['requests_asked']}"
        objective = f"< {one['objective_seconds']:.0f}"
        table.add_row(one["component"], one["verdict"], seconds, objective, asked)
    return table


def show_policy(console: Console, policy: dict[str, Any] | None) -> None:
    if policy is None:
        console.print("drilled on request only")
        return
    for kind, days in policy["every_days"].items():
        console.print(f"{kind}: every {days} days")
    if policy["after_change"]:
        console.print("database-failover: when the database has another version or class")
    window = policy["window"]
    if window:
        days = ", ".join(window["days"])
        console.print(f"only {days} {window['from']}-{window['until']} {window['time_zone']}")


def list_drills(console: Console, told: dict[str, Any]) -> None:
    for one in told["drills"]:
        verdict = one["verdict"] or one["reason"]
        console.print(f"{one['id']}  {one['requested_at']}  {one['kind']}  {one['status']}  {verdict}")
    for kind, proven in told["history"]["kinds"].items():
        days = proven["last_proven_days_ago"]
        console.print(f"{kind}: {'never proven' if days is None else f'last proven {days} days ago'}")
        for component, trend in proven["components"].items():
            latest, worst = _of(trend["latest_seconds"]), _of(trend["worst_seconds"])
            change = trend["change_seconds"]
            turned = "" if change is None else f", {change:+.1f} s since the one before"
            console.print(f"  {component}: latest {latest}{turned}; worst {worst}")
    if not told["history"]["kinds"]:
        console.print("never proven")


def _of(seconds: float | None) -> str:
    return "never recovered" if seconds is None else f"{seconds:.1f} s"
