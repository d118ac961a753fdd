"""`stargate approvals`, `approve`, `refuse`: what people are asked, and the answer of whoever calls."""

from typing import Annotated, Any

import typer

from cli.answers import document_of
from cli.connection import connect
from cli.options import Api, Json, Region
from cli.output import emit
from cli.pages import all_of
from cli.views.approvals import show_answer, show_approval, show_approvals

MOST = 1000  # that anybody reads
Identifier = Annotated[str, typer.Argument(help="Its id, as `stargate approvals` and the message show it.")]


def register(app: typer.Typer) -> None:
    app.command("approvals")(approvals)
    app.command("approve")(approve)
    app.command("refuse")(refuse)


def approvals(
    identifier: Annotated[str | None, typer.Argument(help="One alone, also when it is over.")] = None,
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """What people are asked at this moment, of any environment; or one approval with all that is known."""
    client = connect(api, region)
    if identifier is not None:
        asked = document_of(client.get(f"/approvals/{identifier}"))
        emit(asked, lambda console: show_approval(console, asked), as_json=as_json)
        return
    listed = all_of(client, "/approvals", "approvals", {}, MOST)
    emit(listed, lambda console: show_approvals(console, listed), as_json=as_json)


def approve(
    identifier: Identifier,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads the ledger.")] = "",
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Allow what is asked: it is examined again at once, and done if it is still needed."""
    _answer(identifier, "grant", reason, api, region, as_json=as_json)


def refuse(
    identifier: Identifier,
    reason: Annotated[str, typer.Option(help="Why; a refusal needs it.")],
    api: Api = None,
    region: Region = None,
    as_json: Json = False,
) -> None:
    """Refuse what is asked: it is not done, and not asked again for four hours unless it gets worse."""
    _answer(identifier, "refuse", reason, api, region, as_json=as_json)


def _answer(
    identifier: str, answer: str, reason: str, api: str | None, region: str | None, *, as_json: bool
) -> None:
    request: dict[str, Any] = {"answer": answer, "reason": reason}
    answered = document_of(connect(api, region).post(f"/approvals/{identifier}", request))
    emit(answered, lambda console: show_answer(console, answered), as_json=as_json)
