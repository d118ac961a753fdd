"""`stargate capacity`: what so many users need, without a cloud, or what a gateway has and wants."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer

from cli.answers import document_of
from cli.client import ApiClient
from cli.connection import connect
from cli.failure import BadInputError
from cli.options import Api, Json, Region
from cli.output import emit
from cli.views import capacity as view
from cli.views import running_capacity
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.faults import Fault
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.service_model import MODELS, REQUESTS_PER_USER, RequestFigures
from stargate.domain.scaling.what_if import Question, answer
from stargate.domain.scaling.what_if_told import told

USUAL = RequestFigures()
USUAL_MODEL = "sonnet"


def register(app: typer.Typer) -> None:
    app.command("capacity")(capacity)


def capacity(
    name: Annotated[
        str | None, typer.Argument(help="An environment that runs: its loop, its quotas, its usual request.")
    ] = None,
    users: Annotated[int | None, typer.Option(help="Concurrent users.")] = None,
    model: Annotated[str | None, typer.Option(help="The model that they ask; sonnet if not said.")] = None,
    input_tokens: Annotated[float | None, typer.Option(help="Of a usual request.")] = None,
    output_tokens: Annotated[float | None, typer.Option(help="Of a usual answer.")] = None,
    max_tokens: Annotated[float | None, typer.Option(help="That callers reserve.")] = None,
    requests_per_user: Annotated[float | None, typer.Option(help="A second, of each user.")] = None,
    quota_share: Annotated[
        float | None, typer.Option(help="Of the account's quota, for this gateway.")
    ] = None,
    api: Api = None,
    api_region: Region = None,
    as_json: Json = False,
) -> None:
    """Tell the tasks and the quota that so many users need, what breaks first, and what it costs an hour."""
    assumed = {
        "--input-tokens": input_tokens,
        "--output-tokens": output_tokens,
        "--max-tokens": max_tokens,
        "--requests-per-user": requests_per_user,
        "--quota-share": quota_share,
    }
    given = {option: number for option, number in assumed.items() if number is not None}
    _check(name, users, model, given)
    if name is not None:
        _running(name, users, model, connect(api, api_region), as_json=as_json)
        return
    question = _question(users or 0, model or USUAL_MODEL, given)
    document = told(answer(question), question, SNAPSHOT)
    emit(document, lambda console: view.capacity(console, document), as_json=as_json)


def _check(name: str | None, users: int | None, model: str | None, given: Mapping[str, float]) -> None:
    """BadInputError with every fault."""
    faults = list(_faults(name, users, model, given))
    if faults:
        raise BadInputError("this cannot be reckoned as it was asked for", faults)


def _faults(
    name: str | None, users: int | None, model: str | None, given: Mapping[str, float]
) -> Iterator[Fault]:
    numbers = dict(given) if users is None else {"--users": users, **given}
    for option, value in numbers.items():
        if not 0 < value < 1e9:
            yield Fault(option, f"is {value:g}", "more than zero, and less than a billion")
    if model is not None and model not in MODELS:
        yield Fault("--model", f"{model!r} is not known", f"one of {', '.join(MODELS)}")
    if name is None and users is None:
        yield Fault("--users", "is missing", "how many there are, or the name of an environment that runs")
    if name is not None and model is not None and users is None:
        yield Fault("--users", "is missing", "how many would use that model")
    if name is not None:
        for option in given:
            yield Fault(
                option, "is measured of an environment that runs", "--users and --model with its name"
            )


def _running(name: str, users: int | None, model: str | None, client: ApiClient, *, as_json: bool) -> None:
    asked = {"users": None if users is None else str(users), "model": model}
    query: dict[str, Any] = {option: value for option, value in asked.items() if value is not None}
    document = document_of(client.get(f"/environments/{name}/capacity", **query))
    emit(document, lambda console: running_capacity.capacity(console, document), as_json=as_json)


def _question(users: int, model: str, given: Mapping[str, float]) -> Question:
    service = PRESETS["sandbox"].spec.litellm
    return Question(
        users=users,
        model=model,
        limits=Bounds(service.min_tasks, service.max_tasks),
        share=given.get("--quota-share", 1.0),
        per_user=given.get("--requests-per-user", REQUESTS_PER_USER),
        request=RequestFigures(
            given.get("--input-tokens", USUAL.input_tokens),
            given.get("--output-tokens", USUAL.output_tokens),
            given.get("--max-tokens", USUAL.reserved_tokens),
        ),
    )
