# ruff: noqa: PLC0415  (late imports are the point: cold starts)
"""The function that brings dead letters back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stargate import settings

if TYPE_CHECKING:
    from stargate.usecases.operating.redrive_letters import RedriveLetters


def redrive_letters() -> RedriveLetters:
    from stargate.adapters.workflows.lambda_functions import LambdaRecipients
    from stargate.adapters.workflows.sqs import SqsDeadLetters
    from stargate.usecases.operating.redrive_letters import RedriveLetters

    given = settings.read(settings.LettersSettings)
    prefix = given.function_prefix
    return RedriveLetters(SqsDeadLetters(given.dead_letters_url), LambdaRecipients(prefix), prefix)
