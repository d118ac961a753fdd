"""What an environment costs, for people: the number first, then what it is made of, then how sure it is."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

Document = dict[str, Any]
BAR = 28
MARKS = {"billed": "", "metered": "not billed yet", "partial": "bill not whole yet", "unbilled": "no bill"}


def statement(console: Console, document: Document) -> None:
    for line in _headline(document):
        console.print(line)
    console.print()
    console.print(_groups(document))
    console.print()
    console.print(_days(document))
    for section in (_models, _keys, _savings, _bill):
        for line in section(document):
            console.print(line)
    for note in document["notes"]:
        console.print(f"note: {note}")


def list_reports(console: Console, document: Document) -> None:
    """The newest first; an address is printed in one piece, to be copied."""
    if not document["reports"]:
        console.print("no report yet: each day is reported after 06:00 UTC of the next")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("day", "dollars", "month to date", "expected"):
        table.add_column(name, justify="left" if name == "day" else "right")
    for one in document["reports"]:
        amounts = (f"{one[name]:,.2f}" for name in ("usd", "month_to_date", "forecast"))
        table.add_row(one["day"], *amounts)
    console.print(table)
    newest = document["reports"][0]
    console.print(f"\nfiles of {newest['day']}, for whoever has the address, until {document['expires_at']}:")
    for name, links in newest["files"].items():
        for ending, link in links.items():
            console.print(f"{name} {ending} {link}", soft_wrap=True, highlight=False)


def _headline(document: Document) -> Iterator[str]:
    number, forecast = document["number"], document["forecast"]
    yield (
        f"[bold]${number['month_to_date']:,.2f}[/bold] in {document['month']} so far:"
        f" infrastructure ${number['infrastructure']:,.2f}, tokens ${number['tokens']:,.2f},"
        f" control plane ${number['control_plane']:,.2f}"
    )
    yield (
        f"${forecast['expected']:,.2f} expected at the end of the month;"
        f" {forecast['range_percent']} of 100 such months end between"
        f" ${forecast['low']:,.2f} and ${forecast['high']:,.2f} ({forecast['words']})"
    )
    if number["budget"] is not None:
        passes = f", passed on {number['passes_budget_on']}" if number["passes_budget_on"] else ""
        yield (
            f"budget ${number['budget']:,.2f}: {number['budget_percent']:.0f} % spent,"
            f" {number['forecast_percent']:.0f} % expected{passes}"
        )
    each = [
        f"${number['per_1000_calls']:,.2f} per 1,000 calls" if number["per_1000_calls"] is not None else "",
        f"${number['per_user']:,.2f} for each of {number['users']} keys" if number["users"] else "",
    ]
    if any(each):
        yield ", ".join(one for one in each if one)


def _groups(document: Document) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    most = max(document["groups"].values(), default=0) or 1
    for name, usd in document["groups"].items():
        table.add_row(name, Text(f"{usd:,.2f}", justify="right"), _bar(usd / most))
    return table


def _bar(share: float) -> str:
    return "█" * max(0, round(share * BAR))


def _days(document: Document) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("day", "dollars", "", ""):
        table.add_column(name, justify="right" if name == "dollars" else "left")
    most = max((day["usd"] for day in document["days"]), default=0) or 1
    for day in document["days"]:
        table.add_row(day["day"], f"{day['usd']:,.2f}", _bar(day["usd"] / most), MARKS[day["state"]])
    return table


def _models(document: Document) -> Iterator[str]:
    for one in document["models"]:
        counts = ", ".join(
            f"{one[f'{part}_millions']:,.2f} {part.replace('_', ' ')}"
            for part in ("input", "output", "cache_read", "cache_write")
            if one[f"{part}_millions"]
        )
        yield f"{one['model']}: ${one['usd']:,.2f} ({counts}, in millions of tokens)"


def _keys(document: Document) -> Iterator[str]:
    for one in document["keys"][:10]:
        team = f" of {one['team']}" if one["team"] else ""
        told = f"; LiteLLM says ${one['litellm_usd']:,.2f}" if one["litellm_usd"] else ""
        yield f"key {one['key']}{team} on {one['model']}: ${one['usd']:,.2f}{told}"


def _savings(document: Document) -> Iterator[str]:
    for one in document["savings"]:
        yield f"{one['what']}: ${one['saves']:,.2f} a month less"
        yield from (f"  {row}" for row in one["arithmetic"])


def _bill(document: Document) -> Iterator[str]:
    bill, whole = document["bill"], document["accuracy"]["month"]
    if not bill["days"]:
        yield "AWS's bill is not there yet: every amount is use times list price"
        return
    yield (
        f"AWS's bill of {bill['days']} days through {bill['through']}: ${bill['amortized']:,.2f} amortised,"
        f" ${bill['unblended']:,.2f} unblended; use times price was off by {whole['error_percent']:+.2f} %"
    )
    for kind, usd in bill["beside"].items():
        yield f"  beside it {kind}: {usd:+,.2f}"
    for line in document["reconciliation"]:
        if line["why"] != "agrees" and line["metered"] != line["billed"]:
            amounts = f"{line['metered']:,.2f} metered, {line['billed']:,.2f} billed"
            yield f"  {line['part']}: {amounts}: {line['why']}"
