"""Remembers replies by idempotency key, with Powertools over the table. Only the API imports this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyValidationError,
)

from stargate.adapters.aws import CONFIG, client
from stargate.errors import IdempotencyKeyReusedError, RequestInProgressError

if TYPE_CHECKING:
    from collections.abc import Callable

REMEMBERED_SECONDS = 24 * 3600


@dataclass(frozen=True)
class TableReplies:
    table_name: str
    context: Any  # Lambda's own: it says how long the work may take, so a crash blocks its key no longer

    def once(self, key: str, body: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        config = IdempotencyConfig(
            event_key_jmespath="key",
            payload_validation_jmespath="body",
            expires_after_seconds=REMEMBERED_SECONDS,
            lambda_context=self.context,
        )
        layer = DynamoDBPersistenceLayer(
            table_name=self.table_name,
            key_attr="pk",
            sort_key_attr="sk",
            static_pk_value="idempotency",
            expiry_attr="expires_at",
            boto_config=CONFIG,
            boto3_client=client("dynamodb"),
        )

        def answer(request: dict[str, str]) -> dict[str, Any]:  # noqa: ARG001  (Powertools keys on it)
            return work()

        remembered = idempotent_function(
            answer, data_keyword_argument="request", persistence_store=layer, config=config, key_prefix="api"
        )
        try:
            reply: dict[str, Any] = remembered(request={"key": key, "body": body})
        except IdempotencyValidationError as error:
            raise IdempotencyKeyReusedError("this Idempotency-Key came with another body before") from error
        except IdempotencyAlreadyInProgressError as error:
            raise RequestInProgressError(
                "the first request with this Idempotency-Key is not answered yet"
            ) from error
        return reply
