"""An estimate and the reconciliation as tables; amounts in US dollars a month."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table

UNCONFIRMED = "?"


def estimate(console: Console, document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, title=None)
    for name, kind in (("stack", "left"), ("item", "left"), ("quantity", "right"), ("unit", "left")):
        table.add_column(name, justify=kind)  # type: ignore[arg-type]
    for name in ("unit price", "monthly"):
        table.add_column(name, justify="right")
    table.add_column("")
    before = ""
    for line in document["lines"]:
        stack = "" if line["stack"] == before else line["stack"]
        before = line["stack"]
        table.add_row(
            stack,
            line["item"],
            f"{line['quantity']:,.6g}" if line["quantity"] < 1 else f"{line['quantity']:,.0f}",
            line["unit"],
            f"{line['unit_price'].normalize():f}",
            f"{line['monthly']:,.2f}",
            "" if line["confirmed"] else UNCONFIRMED,
        )
    console.print(table)
    console.print()
    for name in ("fixed", "usage", "tokens"):
        console.print(f"{name:<8}${document[name]:>10,.2f}")
    console.print(
        f"{'total':<8}${document['total']:>10,.2f} a month, {document['preset']} in {document['region']}"
    )
    console.print(
        f"{UNCONFIRMED} ${document['unconfirmed']:,.2f} of it ({document['unconfirmed_percent']} %) rest on"
        " prices that nobody confirmed"
    )
    console.print(
        f"  prices as of {document['prices_as_of']}, {document['prices_age_days']} days old;"
        " free tiers are not counted"
    )
    for line in _price_list(document["price_list"]):
        console.print(line)
    if not document["tokens"]:
        console.print("no model tokens: say how many calls with --assume requests=100000")


def _price_list(told: dict[str, Any]) -> Iterator[str]:
    if told["products"]:
        yield (
            f"  of AWS's price list: {told['products']} products read, {told['prices']} prices of ours,"
            f" {told['used']} reckoned with"
        )
    for doubt in told["doubtful"]:
        yield f"  not taken: {doubt}"


def reconciliation(console: Console, document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("line")
    for name in ("says", "is", "difference"):
        table.add_column(name, justify="right")
    table.add_column("why")
    before = ""
    for line in [*document["lines"], *document["totals"]]:
        if line["section"] != before:
            table.add_row(f"[bold]{line['section']}[/bold]")
            before = line["section"]
        amounts = (f"{line[name]:,.2f}" for name in ("says", "is"))
        table.add_row(f"  {line['line']}", *amounts, f"{line['difference']:+,.2f}", line["why"])
    console.print(table)
    console.print(f"US dollars a month; prices as of {document['prices_as_of']}")
