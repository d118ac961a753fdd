"""A ledger for people: one line for each entry, oldest first."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table


def show_entries(console: Console, entries: Iterable[dict[str, Any]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("at", "kind", "what", "by"):
        table.add_column(column)
    for entry in entries:
        table.add_row(entry["at"], entry["kind"], entry["summary"], entry["actor"])
    if table.row_count:
        console.print(table)
    else:
        console.print("the ledger has no such entry")
