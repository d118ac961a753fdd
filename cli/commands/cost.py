"""`stargate cost`: what an environment would cost, without a cloud, or what one that runs does cost."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import published
from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import BadInputError
from cli.options import Api, Json, Region
from cli.output import emit
from cli.overrides import overrides_of
from cli.price_answers import read_answers
from cli.views import costs as view
from cli.views.statement import list_reports, statement
from stargate.domain.costs.assumptions import DEFAULTS, USUAL, Usage, usage_of
from stargate.domain.costs.estimate import Estimate
from stargate.domain.costs.materials import UnpricedError, estimated
from stargate.domain.costs.prices import PriceBook
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.costs.specification import reconciled, totals
from stargate.domain.faults import Fault
from stargate.domain.gateway.presets import PRESETS, Preset, Spec
from stargate.domain.life.requests import faults_of

NAME = "estimate"  # an environment needs a name to be asked for; its price does not depend on it


def register(app: typer.Typer) -> None:
    app.command("cost")(cost)


def cost(
    name: Annotated[
        str | None, typer.Argument(help="An environment that runs: what it costs this month.")
    ] = None,
    month: Annotated[str | None, typer.Option(help="Another month of it, such as 2026-11.")] = None,
    reports: Annotated[
        bool, typer.Option("--reports", help="Its daily, weekly and monthly reports, with their files.")
    ] = False,
    preset: Annotated[str | None, typer.Option(help="poc or sandbox.")] = None,
    override: Annotated[
        list[str] | None, typer.Option(help="part.name=value, as for an environment; may be repeated.")
    ] = None,
    assume: Annotated[
        list[str] | None, typer.Option(help="name=number of the assumed use; may be repeated.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Another region's prices than the preset's own.")] = None,
    price_list: Annotated[
        list[Path] | None,
        typer.Option(help="An answer of `aws pricing get-products`, for newer prices; may be repeated."),
    ] = None,
    reconcile_spec: Annotated[
        bool, typer.Option("--reconcile-spec", help="The specification's cost table, line by line.")
    ] = False,
    api: Api = None,
    api_region: Region = None,
    as_json: Json = False,
) -> None:
    """Tell what an environment costs, or estimate what one would, or set the specification's table right."""
    estimating = bool(preset or override or assume or price_list or region)
    faults = _mixed(name, month, estimating=estimating, reconciling=reconcile_spec, reports=reports)
    _refuse(list(faults))
    if reconcile_spec:
        _reconcile(as_json=as_json)
        return
    if name is not None and reports:
        _list_reports(name, connect(api, api_region), as_json=as_json)
        return
    if name is not None:
        _state(name, month, connect(api, api_region), as_json=as_json)
        return
    chosen, spec, usage = _meant(preset, override or [], assume or [])
    place = region or chosen.region
    read = read_answers(price_list or [], {place, chosen.bedrock_region})
    estimate = _estimate(chosen, spec, usage, region or "", SNAPSHOT.with_newer(read.prices))
    document = {
        "preset": chosen.name,
        "region": place,
        "overrides": overrides_of(override or []),
        **estimate.document(),
        "assumptions": [
            {"name": one.name, "value": usage[one.name], "unit": one.unit, "meaning": one.meaning}
            for one in DEFAULTS
        ],
        **_age(estimate),
        "price_list": read.document(estimate),
    }
    emit(document, lambda console: view.estimate(console, document), as_json=as_json)


def _mixed(
    name: str | None, month: str | None, *, estimating: bool, reconciling: bool, reports: bool
) -> Iterator[Fault]:
    """Four questions of one command: each has options of its own."""
    if reconciling and (name or month or estimating or reports):
        yield Fault("--reconcile-spec", "takes no other option", "it alone, or with --json")
    elif name and estimating:
        yield Fault(
            "NAME", "is no option of an estimate", "a name with --month, or --preset with its options"
        )
    elif reports and (month or not name):
        yield Fault("--reports", "are of an environment that runs", "the name of one before it, no --month")
    elif month and not name:
        yield Fault("--month", "is of an environment that runs", "the name of one before it")


def _state(name: str, month: str | None, client: ApiClient, *, as_json: bool) -> None:
    query = {"month": month} if month else {}
    document = document_of(client.get(f"/environments/{name}/costs", **query))
    emit(document, lambda console: statement(console, document), as_json=as_json)


def _list_reports(name: str, client: ApiClient, *, as_json: bool) -> None:
    document = document_of(client.get(f"/environments/{name}/costs/reports"))
    emit(document, lambda console: list_reports(console, document), as_json=as_json)


def _meant(preset: str | None, override: list[str], assume: list[str]) -> tuple[Preset, Spec, Usage]:
    """What the options ask for; BadInputError with every fault in them."""
    overrides = overrides_of(override)
    faults = []
    if preset is None:
        faults.append(Fault("--preset", "is missing", f"one of {', '.join(sorted(PRESETS))}"))
    else:
        request = {"name": NAME, "preset": preset, **({"overrides": overrides} if overrides else {})}
        faults += [_of_option(fault) for fault in faults_of(request)]
    usage, wrong = usage_of(_pairs(assume, faults))
    faults += [Fault(f"--assume {fault.path}", fault.fault, fault.allowed) for fault in wrong]
    _refuse(faults)
    chosen = PRESETS[str(preset)]
    return chosen, chosen.spec.overridden(overrides), usage


def _of_option(fault: Fault) -> Fault:
    path = fault.path.removeprefix("/overrides/").replace("/", ".")
    return Fault("--preset" if fault.path == "/preset" else f"--override {path}", fault.fault, fault.allowed)


def _pairs(assume: list[str], faults: list[Fault]) -> Mapping[str, str]:
    found = {}
    for one in assume:
        name, equals, value = one.partition("=")
        if not equals:
            faults.append(
                Fault("--assume", f"{one!r} is no assumption", "name=number, for example nat_gb=200")
            )
        else:
            found[name] = value
    return found


def _refuse(faults: list[Fault]) -> None:
    if faults:
        raise BadInputError("this cannot be priced as it was asked for", faults)


def _estimate(preset: Preset, spec: Spec, usage: Usage, region: str, book: PriceBook) -> Estimate:
    try:
        return estimated(published.manifest(), preset, spec, book, usage, region)
    except UnpricedError as error:
        faults = [
            Fault(
                place, f"there is no price of {item}", "another class or region, or a price in the snapshot"
            )
            for item, place in error.missing
        ]
        raise BadInputError("not everything has a price", faults) from error


def _reconcile(*, as_json: bool) -> None:
    presets = (PRESETS[name] for name in ("sandbox", "poc"))
    sandbox, poc = (_estimate(preset, preset.spec, USUAL, "", SNAPSHOT) for preset in presets)
    lines = reconciled(sandbox)
    document = {
        "currency": "USD",
        "lines": [line.document() for line in lines],
        "totals": [line.document() for line in totals(lines, poc)],
        **_age(sandbox),
    }
    emit(document, lambda console: view.reconciliation(console, document), as_json=as_json)


def _age(estimate: Estimate) -> dict[str, Any]:
    """Of the oldest price that was reckoned with."""
    taken = estimate.oldest
    return {"prices_as_of": taken.isoformat(), "prices_age_days": (datetime.now(UTC).date() - taken).days}
