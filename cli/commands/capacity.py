"""`stargate capacity`: what so many users need, from the model of the gateway and without a cloud."""

from typing import Annotated

import typer

from cli.failure import BadInputError
from cli.options import Json
from cli.output import emit
from cli.views import capacity as view
from stargate.domain.costs.snapshot import SNAPSHOT
from stargate.domain.faults import Fault
from stargate.domain.gateway.presets import PRESETS
from stargate.domain.scaling.outer_loop import Bounds
from stargate.domain.scaling.service_model import MODELS, REQUESTS_PER_USER, RequestFigures
from stargate.domain.scaling.what_if import Question, answer
from stargate.domain.scaling.what_if_told import told

USUAL = RequestFigures()


def register(app: typer.Typer) -> None:
    app.command("capacity")(capacity)


def capacity(
    users: Annotated[int, typer.Option(help="Concurrent users.")],
    model: Annotated[str, typer.Option(help="The model that they ask.")] = "sonnet",
    input_tokens: Annotated[float, typer.Option(help="Of a usual request.")] = USUAL.input_tokens,
    output_tokens: Annotated[float, typer.Option(help="Of a usual answer.")] = USUAL.output_tokens,
    max_tokens: Annotated[float, typer.Option(help="That callers reserve.")] = USUAL.reserved_tokens,
    requests_per_user: Annotated[float, typer.Option(help="A second, of each user.")] = REQUESTS_PER_USER,
    quota_share: Annotated[float, typer.Option(help="Of the account's quota, for this gateway.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Tell the tasks and the quota that so many users need, what breaks first, and what it costs an hour."""
    numbers = {
        "--users": users,
        "--input-tokens": input_tokens,
        "--output-tokens": output_tokens,
        "--max-tokens": max_tokens,
        "--requests-per-user": requests_per_user,
        "--quota-share": quota_share,
    }
    _check(model, numbers)
    service = PRESETS["sandbox"].spec.litellm
    request = RequestFigures(input_tokens, output_tokens, max_tokens)
    question = Question(
        users=users,
        model=model,
        limits=Bounds(service.min_tasks, service.max_tasks),
        share=quota_share,
        per_user=requests_per_user,
        request=request,
    )
    document = told(answer(question), question, SNAPSHOT)
    emit(document, lambda console: view.capacity(console, document), as_json=as_json)


def _check(model: str, numbers: dict[str, float]) -> None:
    faults = [
        Fault(name, f"is {value:g}", "more than zero, and less than a billion")
        for name, value in numbers.items()
        if not 0 < value < 1e9
    ]
    if model not in MODELS:
        faults.append(Fault("--model", f"{model!r} is not known", f"one of {', '.join(MODELS)}"))
    if faults:
        raise BadInputError("this cannot be reckoned as it was asked for", faults)
