"""What a gateway that runs has, wants and may use: its bounds with the reason, and Bedrock's quotas."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.views import capacity as what_if


def capacity(console: Console, document: dict[str, Any]) -> None:
    limits = document["limits"]
    console.print(
        f"{document['environment']}: {document['service']}, {limits['minimum']} to {limits['maximum']} tasks"
    )
    _loop(console, document["loop"])
    _request(console, document["usual_request"])
    _quotas(console, document["quotas"])
    if document["what_if"] is not None:
        console.print()
        what_if.capacity(console, document["what_if"])


def _loop(console: Console, loop: dict[str, Any] | None) -> None:
    if loop is None:
        console.print("bounds   nobody has looked yet")
        return
    wanted = loop["wanted"]
    bounds = f"{wanted['minimum']} to {wanted['maximum']} wanted" if wanted else "nothing wanted yet"
    marks = [
        word for word, holds in {"at the quota": loop["at_quota"], "blind": loop["blind"]}.items() if holds
    ]
    console.print(f"bounds   {bounds}{''.join(f', {mark}' for mark in marks)}, at {loop['looked_at']}")
    console.print(f"         {escape(loop['reason'])}")


def _request(console: Console, usual: dict[str, Any] | None) -> None:
    if usual is not None:
        console.print(
            f"request  {usual['input_tokens']:g} tokens in, {usual['output_tokens']:g} out of"
            f" {usual['reserved_tokens']:g} reserved, {usual['seconds']:g} s"
        )


def _quotas(console: Console, quotas: dict[str, Any] | None) -> None:
    if quotas is None:
        console.print("quotas   nobody has looked yet")
        return
    late = ", which is too long ago: nothing goes by it" if quotas["late"] else ""
    console.print(f"quotas   as of {quotas['looked_at']}{late}; the account's, tokens a minute")
    table = Table(box=None, pad_edge=False)
    table.add_column("model")
    for name in ("limit", "used", "held", "%", "ours %", "min left"):
        table.add_column(name, justify="right")
    table.add_column("")
    for one in quotas["models"]:
        table.add_row(
            one["model"],
            f"{one['limit']['tokens']:,.0f}",
            f"{one['used']['tokens']:,}",
            f"{one['held']['tokens']:,}",
            f"{one['percent']:g}",
            f"{one['share_percent']:g}",
            "" if one["minutes_left"] is None else f"{one['minutes_left']:g}",
            one["level"] if one["level"] != "ok" else "",
        )
    console.print(table)
