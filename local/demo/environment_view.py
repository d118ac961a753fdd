"""How an environment in the making, or on its way out, looks: its stacks, and how far each is."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

STYLES = {
    "WAITING": "dim",
    "SUBMITTED": "yellow",
    "STANDING": "green",
    "FAILED": "bold red",
    "DELETING": "yellow",
    "GONE": "dim",
    "PROVISIONING": "yellow",
    "READY": "bold green",
    "DEGRADED": "bold yellow",
    "RETIRING": "yellow",
    "RETIRED": "bold green",
}

Document = dict[str, Any]


class EnvironmentView:
    """Of the document that the API gives for one environment."""

    tells_beside_picture = False

    def __init__(self) -> None:
        self._seen: dict[str, str] | None = None

    def changes(self, document: Document) -> Iterator[str]:
        stacks = {stack["name"]: stack["status"] for stack in document["stacks"]}
        if self._seen is None:
            self._seen = stacks
            standing = [name for name, status in stacks.items() if status == "STANDING"]
            if standing:
                yield f"standing: {', '.join(standing)}"
        for stack in document["stacks"]:
            if self._seen.get(stack["name"]) != stack["status"]:
                yield _line(stack)
        if self._seen.get("") != document["status"]:
            yield f"{document['name']} is {document['status']}, attempt {document['attempt']}"
        self._seen = {**self._seen, **stacks, "": document["status"]}

    def picture(self, document: Document) -> Group:
        table = Table.grid(padding=(0, 2))
        table.add_column(min_width=18, no_wrap=True)
        table.add_column(max_width=28)  # alone gives way where the terminal is narrow
        table.add_column(justify="right", min_width=7, no_wrap=True)
        table.add_column(min_width=9, no_wrap=True)
        table.add_column(justify="right", min_width=6, no_wrap=True)
        table.add_column(justify="right", min_width=14, no_wrap=True)
        for stack in document["stacks"]:
            style = STYLES.get(stack["status"], "")
            total, done = max(stack["resources_total"], 1), stack["resources_done"]
            if stack["status"] == "STANDING":
                done = total
            table.add_row(
                Text(f"  {stack['name']}", style=style),
                ProgressBar(total=total, completed=done, complete_style=style or "bar.complete"),
                Text(f"{stack['resources_done']}/{stack['resources_total']}", style="dim"),
                Text(stack["status"], style=style),
                Text(clock(stack.get("seconds"))),
                Text(f"typically {clock(stack['typical_seconds'])}", style="dim"),
            )
        return Group(_header(document), table)


def _line(stack: Document) -> str:
    count = f"{stack['resources_done']}/{stack['resources_total']}"
    line = f"{stack['name']:<18}{stack['status']:<11}{count:>7}  {clock(stack.get('seconds')):>6}"
    return f"{line}  {stack['reason']}" if stack.get("reason") else line


def _header(document: Document) -> Text:
    header = Text("  ")
    header.append(document["name"], "bold")
    header.append(f"  {document['status']}", STYLES.get(document["status"], ""))
    header.append(f"  attempt {document['attempt']}  {document['progress']:.0%}")
    if document.get("eta_seconds"):
        header.append(f"  about {clock(document['eta_seconds'])} to go", "dim")
    return header


def clock(seconds: float | None) -> str:
    """Minutes and seconds, as a person says a duration."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
