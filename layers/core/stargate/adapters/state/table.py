"""The calls that are made on the one table, with plain values, and the writes of a transaction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.state.attributes import decode_row, encode, encode_row
from stargate.errors import AwsThrottledError, ConflictError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stargate.adapters.state.rows import Row
    from stargate.errors import StargateError

BATCH, BATCH_ATTEMPTS = 100, 4  # AWS takes no more keys in one BatchGetItem
CONDITION_FAILED = "ConditionalCheckFailed"


@dataclass(frozen=True)
class Table:
    """The calls we make on the table, with plain values."""

    name: str

    @property
    def _client(self) -> Any:
        return client("dynamodb")

    def get(self, key: Row) -> Row | None:
        found = self._client.get_item(TableName=self.name, Key=encode_row(key), ConsistentRead=True)
        return decode_row(found["Item"]) if "Item" in found else None

    def get_each(self, keys: Sequence[Row]) -> list[Row | None]:
        """One row for each key as it is now, a hundred in one call."""
        found: dict[tuple[str, str], Row] = {}
        for first in range(0, len(keys), BATCH):
            rows = self._get_batch(keys[first : first + BATCH])
            found.update({(row["pk"], row["sk"]): row for row in rows})
        return [found.get((key["pk"], key["sk"])) for key in keys]

    def _get_batch(self, keys: Sequence[Row]) -> list[Row]:
        asked: Row = {self.name: {"Keys": [encode_row(key) for key in keys], "ConsistentRead": True}}
        found: list[Row] = []
        for _ in range(BATCH_ATTEMPTS):
            answer = self._client.batch_get_item(RequestItems=asked)
            found += [decode_row(item) for item in answer["Responses"].get(self.name, [])]
            asked = answer.get("UnprocessedKeys", {})
            if not asked:
                return found
        raise AwsThrottledError("BatchGetItem left keys unread, again and again")

    def every(self, **arguments: Any) -> list[Row]:
        """All rows of a query, however many pages they come in."""
        found: list[Row] = []
        start: Row = {}
        while True:
            rows, last = self.query(**arguments, **start)
            found.extend(rows)
            if last is None:
                return found
            start = {"ExclusiveStartKey": encode_row(last)}

    def query(self, **arguments: Any) -> tuple[list[Row], Row | None]:
        answer = self._client.query(TableName=self.name, **arguments)
        last = answer.get("LastEvaluatedKey")
        return [decode_row(item) for item in answer["Items"]], decode_row(last) if last else None

    def write(self, *writes: Row) -> None:
        """All or nothing; ConflictError if a condition does not hold."""
        items = [{kind: {"TableName": self.name, **rest} for kind, rest in write.items()} for write in writes]
        try:
            self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if code_of(error) in {"TransactionCanceledException", "TransactionConflictException"}:
                raise ConflictError(str(error)) from error
            raise

    def write_unless(self, puts: Sequence[Row]) -> list[bool]:
        """Put all or nothing, and tell of each `{row, condition, values?}` whether its condition refused.

        ConflictError if others were writing the same rows at that moment, or AWS did not say which it was.
        """
        items = [put_write(put["row"], put["condition"], put.get("values")) for put in puts]
        for item in items:
            item["Put"]["TableName"] = self.name
        try:
            self._client.transact_write_items(TransactItems=items)
        except ClientError as error:
            if code_of(error) == "TransactionConflictException":
                raise ConflictError(str(error)) from error
            if code_of(error) != "TransactionCanceledException":
                raise
            codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", [])]
            if CONDITION_FAILED not in codes:
                raise _cancelled(codes, str(error)) from error
            return [code == CONDITION_FAILED for code in codes]
        return [False] * len(items)

    def put(self, row: Row) -> None:
        self._client.put_item(TableName=self.name, Item=encode_row(row))

    def put_if(self, row: Row, condition: str, values: Row) -> None:
        """ConflictError if the condition does not hold."""
        given = {name: encode(value) for name, value in values.items()}
        item = {"TableName": self.name, "Item": encode_row(row), "ConditionExpression": condition}
        try:
            self._client.put_item(**item, ExpressionAttributeValues=given)
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                raise ConflictError(str(error)) from error
            raise

    def update(self, key: Row, values: Row, **arguments: Any) -> Row | None:
        """The row as it was before, or None if the condition did not hold."""
        if values:
            arguments["ExpressionAttributeValues"] = {name: encode(value) for name, value in values.items()}
        try:
            answer = self._client.update_item(
                TableName=self.name, Key=encode_row(key), ReturnValues="ALL_OLD", **arguments
            )
        except ClientError as error:
            if code_of(error) == "ConditionalCheckFailedException":
                return None
            raise
        return decode_row(answer.get("Attributes", {}))

    def delete(self, key: Row, condition: str, values: Row) -> None:
        """Unless the condition refuses: then somebody else has dealt with it."""
        try:
            self._client.delete_item(
                TableName=self.name,
                Key=encode_row(key),
                ConditionExpression=condition,
                ExpressionAttributeValues={name: encode(value) for name, value in values.items()},
            )
        except ClientError as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise


def _cancelled(codes: Sequence[str | None], told: str) -> StargateError:
    if {"ThrottlingError", "ProvisionedThroughputExceeded"} & set(codes):
        return AwsThrottledError(told)
    return ConflictError(told)


def put_write(row: Row, condition: str | None = None, values: Row | None = None) -> Row:
    """For a transaction; names that are words of DynamoDB's own stand in the condition with a #."""
    put: Row = {"Item": encode_row(row)}
    if condition is not None:
        put["ConditionExpression"] = condition
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", condition or "")}
    if names:
        put["ExpressionAttributeNames"] = names
    if values:
        put["ExpressionAttributeValues"] = {name: encode(value) for name, value in values.items()}
    return {"Put": put}


def first_write(key: Row, fields: Row) -> Row:
    """Written only where nothing is yet, field by field: an earlier try may have left its row."""
    given = {name: value for name, value in fields.items() if value is not None}
    sets = ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in given)
    return {
        "Update": {
            "Key": encode_row(key),
            "UpdateExpression": f"SET {sets}",
            "ExpressionAttributeNames": {f"#{name}": name for name in given},
            "ExpressionAttributeValues": {f":{name}": encode(value) for name, value in given.items()},
        }
    }
