"""Environments for people: the list, one with its stacks, and what to do next."""

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from stargate.domain.moments import spoken

Document = dict[str, Any]

BAR_WIDTH = 24
AT_REST = frozenset({"sleep", "wake"})
COLOURS = {
    "READY": "green",
    "STANDING": "green",
    "DEGRADED": "yellow",
    "PROVISIONING": "cyan",
    "SUBMITTED": "cyan",
    "UPDATING": "cyan",
    "WAKING": "cyan",
    "ASLEEP": "blue",
    "RETIRING": "magenta",
    "DELETING": "magenta",
    "FAILED": "red",
}
NEXT_STEPS = {
    "PROVISIONING": "`stargate env watch {name}` follows it",
    "UPDATING": "`stargate env watch {name}` follows it",
    "WAKING": "`stargate env watch {name}` follows it",
    "ASLEEP": "`stargate env wake {name}` wakes it as it was",
    "RETIRING": "`stargate env watch {name}` follows it",
    "FAILED": "`stargate ledger {name}` tells how it came; `stargate env resume {name}` goes on from there",
    "DEGRADED": "`stargate env resume {name}` measures again once the cause is mended",
    "RETIRED": "the name is free: `stargate env create {name} --preset …`",
}


def list_environments(console: Console, environments: Iterable[Document]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("name", "preset", "region", "status", "progress", "to go", "created"):
        table.add_column(column)
    for one in environments:
        table.add_row(
            one["name"],
            one["preset"],
            one["region"],
            status_text(one["status"]),
            f"{one['progress']:.0%}",
            spoken(one["eta_seconds"]),
            one["created_at"],
        )
    if table.row_count:
        console.print(table)
    else:
        console.print("there is no environment; `stargate env create NAME --preset sandbox` makes one")


def show_environment(console: Console, document: Document) -> None:
    console.print(board(document))
    for line in _particulars(document):
        console.print(line)
    say_next(console, document)


def say_next(console: Console, document: Document) -> None:
    step = NEXT_STEPS.get(document["status"])
    if document["status"] == "RETIRED" and any(one["kind"] == "secret" for one in document["kept"]):
        step = (
            "`stargate env delete {name} --no-recovery` gives up the secrets that hold the name: until then "
            "no other {name} can be made"
        )
    if step:
        console.print(f"next: {step.format(name=document['name'])}")
    failure = document["failure"] or {}
    if document["status"] == "FAILED" and failure.get("stuck"):
        named = " ".join(f"--skip {failure['stack']}.{resource}" for resource in failure["stuck"])
        console.print(f"or, leaving what it is stuck at: `stargate env resume {document['name']} {named}`")


def headline(document: Document) -> Text:
    """One line: what it is, how far it is, and how long it will take."""
    line = Text(f"{document['name']} ({document['preset']}, {document['region']}) is ")
    line.append_text(status_text(document["status"]))
    if document["eta_seconds"] is not None:
        line.append(f", {document['progress']:.0%} done, about {spoken(document['eta_seconds'])} to go")
    if document["running"]:
        line.append(f": {', '.join(document['running'])}")
    return line


def board(document: Document) -> RenderableType:
    """What the work goes through, with a bar each; drawn once by `show`, again and again by `watch`."""
    at_rest = (document["held_by"] or {}).get("work") in AT_REST
    return Group(headline(document), _checks(document) if at_rest else _stacks(document))


def _stacks(document: Document) -> RenderableType:
    """Words stay whole on a terminal of 80 columns: what it lacks is taken from the bars."""
    table = Table(box=None, pad_edge=False)
    table.add_column("stack", no_wrap=True)
    table.add_column("", max_width=BAR_WIDTH)
    for column in ("resources", "status", "took", "to go"):
        table.add_column(column, no_wrap=True)
    for stack in document["stacks"]:
        done, total = stack["resources_done"], stack["resources_total"]
        table.add_row(
            stack["name"],
            ProgressBar(total=max(total, 1), completed=done),
            f"{done}/{total}",
            status_text(stack["status"]),
            spoken(stack["seconds"]),
            "" if stack["eta_seconds"] is None else spoken(stack["eta_seconds"]),
        )
    return Group(table, *_reasons(document))


def _reasons(document: Document) -> Iterator[Text]:
    """In lines of their own: AWS's words are as long as they are."""
    for stack in document["stacks"]:
        if stack.get("reason"):
            yield Text(f"{stack['name']}: {stack['reason']}", style="red")


def _checks(document: Document) -> Table:
    """Falling asleep and waking touch no stack: what is measured tells how far they are."""
    table = Table(box=None, pad_edge=False)
    for column in ("what", "", "measured", "asked"):
        table.add_column(column)
    for check in document["checks"]:
        bar = ProgressBar(total=1, completed=int(check["ok"]), width=BAR_WIDTH)
        table.add_row(check["name"], bar, check["measured"], check["bound"])
    return table


def _particulars(document: Document) -> Iterator[str]:
    if document["held_by"]:
        holder = document["held_by"]
        yield f"{holder['work']} since {holder['since']}, asked for by {holder['asked_by'] or 'nobody known'}"
    yield f"mode {document['mode']}, gateway {document['gateway_version']}, id {document['id']}"
    if document["deletion_protection"]:
        yield "protected from deletion (`env update --no-protection` lifts it)"
    if document["schedule"]:
        yield f"awake {_hours(document['schedule'])}"
    if document.get("budget"):
        yield from _budget(document["budget"])
    if document.get("recovery"):
        yield from _proven(document["recovery"])
    if document["ends_at"]:
        yield f"retires by itself at {document['ends_at']}"
    yield from _kept_lines(document["kept"])
    for name, value in document["outputs"].items():
        yield f"{name}: {value}"
    failing = [check for check in document["checks"] if not check["ok"]]
    for check in failing:
        yield f"check {check['name']} does not hold: {check['measured']}, asked {check['bound']}"
    if document["failure"]:
        failure = document["failure"]
        where = " ".join(part for part in (failure["stack"], failure["resource"]) if part)
        yield f"failed{f' at {where}' if where else ''}: {failure['reason']}"


def _hours(schedule: Document) -> str:
    holidays = f", but for {', '.join(schedule['holidays'])}" if schedule["holidays"] else ""
    days = ", ".join(schedule["days"])
    return f"{days} {schedule['from']}-{schedule['until']} {schedule['time_zone']}{holidays}"


def _budget(budget: Document) -> Iterator[str]:
    if budget["monthly"] is not None:
        thresholds = ", ".join(f"{percent} %" for percent in budget["thresholds"])
        yield f"may spend ${budget['monthly']:,.2f} a month, told at {thresholds}"
    if budget["ceiling"] is not None:
        yield f"no change may take its price above ${budget['ceiling']:,.2f} a month"


def _proven(recovery: Document) -> Iterator[str]:
    """What its drills proved, kind by kind."""
    for kind, told in recovery["kinds"].items():
        days = told["last_proven_days_ago"]
        ago = "never proven" if days is None else f"last proven {days} days ago"
        yield f"recovery from {kind}: {ago}, the newest drill {told['last_verdict']}"
    if not recovery["kinds"]:
        yield "recovery: never drilled"


def _kept_lines(kept: list[Document]) -> Iterator[str]:
    secrets = [one for one in kept if one["kind"] == "secret" and one["until"]]
    if secrets:
        last = max(one["until"] for one in secrets)
        counted = "1 secret" if len(secrets) == 1 else f"{len(secrets)} secrets"
        yield f"kept on purpose: {counted}, which AWS deletes by {last} without a charge"
    for one in (one for one in kept if one not in secrets):
        until = f"until {one['until']}" if one["until"] else "until somebody deletes it"
        price = (
            "price not known" if one["monthly_usd"] is None else f"at most ${one['monthly_usd']:,.2f} a month"
        )
        yield f"kept on purpose: {one['kind']} {one['name']} {until}, {price}"


def status_text(status: str) -> Text:
    return Text(status, style=COLOURS.get(status, ""))
