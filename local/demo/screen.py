"""What the demo shows: bars that move on a terminal, plain lines anywhere else."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from local.demo.report import Check

POLL_SECONDS = 0.8
STYLES = {
    "WAITING": "dim",
    "SUBMITTED": "yellow",
    "STANDING": "green",
    "FAILED": "bold red",
    "DELETING": "yellow",
    "GONE": "dim",
    "PROVISIONING": "yellow",
    "READY": "bold green",
    "RETIRING": "yellow",
    "RETIRED": "bold green",
}

Document = dict[str, Any]
Ask = Callable[[], Document]


class Screen:
    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False, soft_wrap=False)
        self._is_live = self._console.is_terminal and not self._console.is_dumb_terminal

    def title(self, text: str) -> None:
        self._console.print(f"\n[bold]{text}[/bold]")

    def say(self, text: str) -> None:
        self._plain("  " + text)

    def checked(self, check: Check) -> None:
        mark = "[green]held  [/green]" if check.ok else "[bold red]BROKE [/bold red]"
        self._console.print("  " + mark, Text(f"{check.name}: {check.measured}"), sep="", soft_wrap=True)

    def summary(self, checks: Sequence[Check]) -> None:
        self.title("What was measured, beside what was asked")
        if not self._is_live:
            for check in checks:
                verdict = "held " if check.ok else "BROKE"
                self._plain(f"  {verdict}  {check.name}: {check.measured} (asked: {check.bound})")
            return
        table = Table()
        table.add_column("check", overflow="fold", ratio=3)
        table.add_column("measured", overflow="fold", ratio=4)
        table.add_column("asked", overflow="fold", ratio=3)
        table.add_column("")
        for check in checks:
            mark = Text("held", "green") if check.ok else Text("BROKE", "bold red")
            table.add_row(Text(check.name), Text(check.measured), Text(check.bound), mark)
        self._console.print(table)

    def watch(self, ask: Ask, until: Callable[[Document], bool], patience: float) -> Document:
        """Show an environment until something holds of it, or for `patience` real seconds."""
        deadline = time.monotonic() + patience
        document = ask()
        if self._is_live:
            with Live(_picture(document), console=self._console, refresh_per_second=8) as live:
                while not until(document) and time.monotonic() < deadline:
                    time.sleep(POLL_SECONDS)
                    document = ask()
                    live.update(_picture(document))
            return document
        seen = {stack["name"]: stack["status"] for stack in document["stacks"]}
        standing = [name for name, status in seen.items() if status == "STANDING"]
        if standing:
            self.say(f"standing: {', '.join(standing)}")
        self._tell_changes(document, seen)
        while not until(document) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
            document = ask()
            self._tell_changes(document, seen)
        return document

    def _plain(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)

    def _tell_changes(self, document: Document, seen: dict[str, str]) -> None:
        for stack in document["stacks"]:
            if seen.get(stack["name"]) != stack["status"]:
                self.say(_line(stack))
            seen[stack["name"]] = stack["status"]
        if seen.get("") != document["status"]:
            self.say(f"{document['name']} is {document['status']}, attempt {document['attempt']}")
        seen[""] = document["status"]


def _line(stack: Document) -> str:
    count = f"{stack['resources_done']}/{stack['resources_total']}"
    line = f"{stack['name']:<18}{stack['status']:<11}{count:>7}  {clock(stack.get('seconds')):>6}"
    return f"{line}  {stack['reason']}" if stack.get("reason") else line


def _picture(document: Document) -> Group:
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=16)
    table.add_column(width=28)
    table.add_column(justify="right", min_width=7)
    table.add_column(min_width=9)
    table.add_column(justify="right", min_width=6)
    table.add_column(justify="right", min_width=14)
    for stack in document["stacks"]:
        style = STYLES.get(stack["status"], "")
        total, done = max(stack["resources_total"], 1), stack["resources_done"]
        if stack["status"] == "STANDING":
            done = total
        table.add_row(
            Text(f"  {stack['name']}", style=style),
            ProgressBar(total=total, completed=done, width=28, complete_style=style or "bar.complete"),
            Text(f"{stack['resources_done']}/{stack['resources_total']}", style="dim"),
            Text(stack["status"], style=style),
            Text(clock(stack.get("seconds"))),
            Text(f"typically {clock(stack['typical_seconds'])}", style="dim"),
        )
    return Group(_header(document), table)


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
