"""What so many users need, as a few lines and a table of what runs out."""

from typing import Any

from rich.console import Console
from rich.table import Table


def capacity(console: Console, document: dict[str, Any]) -> None:
    tasks, quota, usd = document["tasks"], document["quota_needed"], document["usd_per_hour"]
    console.print(
        f"{document['users']} users of {document['model']}: {document['requests_per_second']:g} requests a"
        f" second of {document['seconds_per_request']:g} s, {document['in_flight']:g} in flight"
    )
    console.print(
        f"tasks    {tasks['needed']} needed, {tasks['useful']} of use"
        f" (limits {tasks['minimum']} to {tasks['maximum']})"
    )
    console.print(
        f"quota    {quota['tokens_per_minute']:,} tokens"
        f" and {quota['requests_per_minute']:,} requests a minute"
    )
    console.print(
        f"costs    ${usd['tasks']:.2f} of tasks and ${usd['tokens']:.2f} of tokens an hour, at list price"
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("runs out")
    for name in ("used", "of", "%", "at users"):
        table.add_column(name, justify="right")
    table.add_column("")
    for limit in document["limits"]:
        table.add_row(
            limit["name"],
            f"{limit['used']:,.4g}" if limit["used"] < 100 else f"{limit['used']:,.0f}",
            f"{limit['limit']:,.0f}",
            f"{limit['used_percent']:g}",
            f"{limit['users']:,}",
            limit["reason"],
        )
    console.print(table)
    first = document["breaks_first"]
    if document["fits"]:
        console.print(f"all are served; {first} would break first")
    else:
        console.print(f"{first} breaks first: {document['served_users']} users can be served")
    console.print("simulated: list quotas and the twin's figures, not this account's")
