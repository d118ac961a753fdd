"""What answers approvals: the API for those it knows, and the links for those who were sent one."""

from __future__ import annotations

from stargate import settings
from stargate.adapters.clock import SystemClock
from stargate.adapters.state.operations import OperationsTable
from stargate.adapters.state.table import Table
from stargate.adapters.workflows.events import EventBridgeExaminations
from stargate.api.links import LinksApi
from stargate.usecases.people.answer_approval import AnswerApproval
from stargate.usecases.people.follow_link import FollowLink
from stargate.wiring.shared import narrator_of


def answering(table: Table, actor: str) -> AnswerApproval:
    return AnswerApproval(
        OperationsTable(table), EventBridgeExaminations(), SystemClock(), narrator_of(actor)
    )


def links() -> LinksApi:
    """Whose link it is becomes the actor of what it answers."""
    table = Table(settings.read(settings.TableSettings).table_name)
    return LinksApi(FollowLink(answering(table, "answer_link")))
