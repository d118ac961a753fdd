"""A report as one page that stands alone: the number, what it is made of, and how sure it is."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stargate.domain.costs.actuals.month import Month
from stargate.domain.costs.assumptions import HOURS
from stargate.domain.costs.reports import charts
from stargate.domain.costs.reports.periods import Kind
from stargate.domain.pages import cards, page, shown, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Document = Mapping[str, Any]

DAYS_OF_MONTH = HOURS / 24
LONGEST_BAR = 160
STYLE = f"""{charts.STYLE}
.bar{{height:.75em;border-radius:2px;background:#0969da;display:inline-block}}
table.money td,table.money th{{text-align:right}}
table.money td:first-child,table.money th:first-child,
table.money td:last-child,table.money th:last-child{{text-align:left}}
"""


def page_of(report: Document) -> str:
    """HTML; `report` is the document of a report."""
    statement = report["statement"]
    parts = [
        _head(report),
        _notes(report),
        _cards(report),
        _charts(statement),
        _changes(report),
        _groups(statement),
        _tokens(statement),
        _bill(statement),
        _savings(statement),
        _origin(statement),
    ]
    return page(f"Costs of {report['environment']}: {report['of']}", parts, STYLE)


def _head(report: Document) -> str:
    of, statement = report["of"], report["statement"]
    when = f"on {of}" if report["kind"] == Kind.DAILY else f"in {of}"
    told = f"{report['environment']} cost {_usd(report['usd'])} {when}"
    about = f"{_against(report)} · {statement['month']} as of {statement['as_of']}"
    return f"<h1>{shown(told)}</h1><p class='dim'>{shown(about)}</p>"


def _against(report: Document) -> str:
    before = report["before"]
    if before["usd"] is None:
        return "nothing is known of the time before"
    days = (
        before["since"] if before["since"] == before["until"] else f"{before['since']} to {before['until']}"
    )
    return f"{report['difference']:+,.2f} against {_usd(before['usd'])} of {days}"


def _notes(report: Document) -> str:
    said = list(report["statement"]["notes"])
    if report["bill"].get("failed"):
        said.insert(0, f"AWS's bill could not be read today: {report['bill']['failed']}")
    said += [f"AWS restated {day}: {how}" for day, how in report["bill"].get("restated", {}).items()]
    return "".join(f"<p class='note'>{shown(one)}</p>" for one in said)


def _cards(report: Document) -> str:
    number, forecast = report["statement"]["number"], report["statement"]["forecast"]
    figures = [
        (_usd(number["month_to_date"]), f"{report['statement']['month']} to date"),
        (_usd(number["infrastructure"]), "infrastructure"),
        (_usd(number["tokens"]), "tokens"),
        (_usd(number["control_plane"]), "its share of the control plane"),
    ]
    if forecast["by_day"]:
        band = f"{_usd(forecast['low'])} to {_usd(forecast['high'])}"
        figures.append((_usd(forecast["expected"]), f"at the end of the month, {band}"))
    if number["budget"] is not None:
        told = f"of the budget of {_usd(number['budget'])}, {number['forecast_percent']:.0f} % expected"
        figures.append((f"{number['budget_percent']:.0f} %", told))
    if number["per_1000_calls"] is not None:
        figures.append(
            (_usd(number["per_1000_calls"]), f"for each of {number['calls'] / 1000:,.1f} thousand calls")
        )
    if number["per_user"] is not None:
        figures.append((_usd(number["per_user"]), f"for each of {number['users']} keys"))
    return cards(figures)


def _charts(statement: Document) -> str:
    if not statement["days"]:
        return ""
    month = [day.isoformat() for day in Month.read(statement["month"]).days]
    groups = [name for name in charts.COLORS if name in statement["groups"]]
    key = "".join(
        f"<span class='key' style='background:{charts.COLORS[name]}'></span>{shown(name)}" for name in groups
    )
    a_day = float(statement["estimate"]["monthly"] / DAYS_OF_MONTH)
    words = "pale: not billed yet; dotted: the estimate of what is declared, without tokens"
    forecast = statement["forecast"]
    band = f"dashed: expected; shaded: {forecast['range_percent']} of 100 such months; {forecast['words']}"
    return (
        f"<h2>Each day</h2><p class='dim'>{key}</p>{charts.by_day(statement['days'], month, a_day)}"
        f"<p class='dim'>{shown(words)}</p>"
        f"<h2>To the end of the month</h2>{charts.to_the_end(statement, month)}"
        f"<p class='dim'>{shown(band)}</p>"
    )


def _changes(report: Document) -> str:
    if not report["changes"]:
        return ""
    rows = (
        (shown(one["part"]), _usd(one["before"]), _usd(one["now"]), f"{one['difference']:+,.2f}", "")
        for one in report["changes"]
    )
    names = ("part", "before", "now", "difference", "")
    return f"<h2>What changed most</h2>{table(names, rows, 'money')}"


def _groups(statement: Document) -> str:
    """The estimate for the hours that were metered, beside what they came to."""
    planned = {one["group"]: one["to_date"] for one in statement["estimate"]["groups"]}
    most = max(statement["groups"].values(), default=Decimal(0)) or Decimal(1)
    rows = []
    for group in dict.fromkeys([*statement["groups"], *planned]):
        usd, estimate = statement["groups"].get(group, Decimal(0)), planned.get(group)
        told = ("", "") if estimate is None else (_usd(estimate), f"{usd - estimate:+,.2f}")
        rows.append((shown(group), _usd(usd), *told, _bar(usd / most)))
    hours = f"{statement['estimate']['hours']:,.0f} hours"
    names = ("", "actual", "estimate", "difference", "")
    words = f"What is declared now, estimated for the {hours} that were metered, against actual"
    return f"<h2>{words}</h2>{table(names, rows, 'money')}{_control_plane(statement)}"


def _control_plane(statement: Document) -> str:
    items = statement["control_plane"]
    told = ", ".join(f"{shown(one['item'])} {_usd(one['usd'])}" for one in items)
    return f"<p class='dim'>The control plane's share: {told}.</p>" if items else ""


def _tokens(statement: Document) -> str:
    models, keys = statement["models"], statement["keys"]
    if not models and not keys:
        return "<h2>Tokens</h2><p>No model was called.</p>"
    most = max((one["usd"] for one in models), default=Decimal(0)) or Decimal(1)
    parts = ("input", "output", "cache_read", "cache_write")
    rows = (
        (
            shown(one["model"]),
            _usd(one["usd"]),
            *(f"{one[f'{part}_millions']:,.3f}" for part in parts),
            _bar(one["usd"] / most),
        )
        for one in models
    )
    names = ("model", "dollars", "input", "output", "cache read", "cache write", "")
    told = f"<h2>Tokens by model, in millions</h2>{table(names, rows, 'money')}"
    if not keys:
        return told
    spenders = (
        (
            shown(one["key"]),
            shown(one["team"]),
            shown(one["model"]),
            _usd(one["usd"]),
            _usd(one["litellm_usd"]),
        )
        for one in keys
    )
    heads = ("key", "team", "model", "dollars", "by LiteLLM")
    return f"{told}<h2>Tokens by key</h2>{table(heads, spenders)}"


def _bill(statement: Document) -> str:
    bill, whole = statement["bill"], statement["accuracy"]["month"]
    if not bill["days"]:
        return "<h2>AWS's bill</h2><p>It is not there yet: every amount is use times list price.</p>"
    lead = (
        f"{bill['days']} days through {bill['through']}: {_usd(bill['amortized'])} amortised,"
        f" {_usd(bill['unblended'])} unblended."
    )
    if whole["error_percent"] is not None:
        lead += f" What was metered of these days is off by {whole['error_percent']:+.2f} %."
    rows = (
        (
            shown(one["part"]),
            _usd(one["metered"]),
            _usd(one["billed"]),
            f"{one['difference']:+,.2f}",
            shown(one["why"]),
        )
        for one in statement["reconciliation"]
    )
    names = ("part", "metered", "billed", "difference", "why")
    return f"<h2>Reconciled with AWS's bill</h2><p>{lead}</p>{table(names, rows, 'money')}"


def _savings(statement: Document) -> str:
    def one(saving: Document) -> Iterator[str]:
        yield f"<p><b>{_usd(saving['saves'])} a month less</b>: {shown(saving['what'])}"
        yield f" ({_usd(saving['now'])} to {_usd(saving['then'])}, estimated)</p>"
        yield f"<details><summary>arithmetic</summary><ol>{_listed(saving['arithmetic'])}</ol></details>"

    told = "".join(part for saving in statement["savings"] for part in one(saving))
    return f"<h2>What would change it</h2>{told}" if told else ""


def _listed(rows: Sequence[str]) -> str:
    return "".join(f"<li><code>{shown(row)}</code></li>" for row in rows)


def _origin(statement: Document) -> str:
    estimate = statement["estimate"]
    words = (
        "US dollars; days and months are UTC."
        f" What is declared is estimated at {_usd(estimate['monthly'])} for a month of 730 hours;"
        f" {_usd(estimate['unconfirmed'])} of it rest on prices that nobody confirmed."
        f" Prices are of {estimate['prices_as_of']} or newer."
    )
    return f"<p class='dim'>{words}</p>"


def _usd(amount: Decimal) -> str:
    return f"-${-amount:,.2f}" if amount < 0 else f"${amount:,.2f}"


def _bar(share: Decimal) -> str:
    width = max(0.0, min(1.0, float(share))) * LONGEST_BAR
    return f"<span class='bar' style='width:{width:.0f}px'></span>"
