"""The table: environments, nodes and ledger. Every write is conditional, so duplicates write once."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.adapters.state.attributes import decode_row, encode, encode_row
from stargate.adapters.state.rows import (
    LISTED,
    Row,
    entry_of,
    entry_row,
    environment_key,
    environment_of,
    environment_row,
    history_key,
    name_key,
    node_fields,
    node_key,
    node_of,
    shared_key,
)
from stargate.domain.faults import Fault
from stargate.domain.paging import Page
from stargate.errors import (
    AwsThrottledError,
    CommonNotReadyError,
    ConflictError,
    EnvironmentNotFoundError,
    InvalidRequestError,
    SupersededError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.environment import Check, Environment
    from stargate.domain.gateway.shared import SharedSecrets
    from stargate.domain.ledger import Entry
    from stargate.domain.life.ends import Kept
    from stargate.domain.provisioning.progress import NodeState, States
    from stargate.errors import StargateError

SAME_ATTEMPT = "#status = :status AND attempt = :attempt"
# A row written before there were revisions has none, which is the first.
SAME_REVISION = "(revision = :revision OR (attribute_not_exists(revision) AND :revision = :first))"
BATCH_ATTEMPTS = 4
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
        """One row for each key, in one call, as they are now."""
        asked: Row = {self.name: {"Keys": [encode_row(key) for key in keys], "ConsistentRead": True}}
        found: dict[tuple[str, str], Row] = {}
        for _ in range(BATCH_ATTEMPTS):
            answer = self._client.batch_get_item(RequestItems=asked)
            rows = [decode_row(item) for item in answer["Responses"].get(self.name, [])]
            found.update({(row["pk"], row["sk"]): row for row in rows})
            asked = answer.get("UnprocessedKeys", {})
            if not asked:
                return [found.get((key["pk"], key["sk"])) for key in keys]
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
        items = [_put(put["row"], put["condition"], put.get("values")) for put in puts]
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


def _first(key: Row, fields: Row) -> Row:
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


def _put(row: Row, condition: str | None = None, values: Row | None = None) -> Row:
    put: Row = {"Item": encode_row(row)}
    if condition is not None:
        put["ConditionExpression"] = condition
    names = {f"#{name}": name for name in re.findall(r"#(\w+)", condition or "")}
    if names:
        put["ExpressionAttributeNames"] = names
    if values:
        put["ExpressionAttributeValues"] = {name: encode(value) for name, value in values.items()}
    return {"Put": put}


def _cancelled(codes: Sequence[str | None], told: str) -> StargateError:
    if {"ThrottlingError", "ProvisionedThroughputExceeded"} & set(codes):
        return AwsThrottledError(told)
    return ConflictError(told)


def _page_mark(key: Row | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _page_start(after: str | None) -> Row:
    if after is None:
        return {}
    try:
        padded = after + "=" * (-len(after) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded))
        start = encode_row({str(name): str(value) for name, value in key.items()})
    except (ValueError, AttributeError) as error:
        fault = Fault("?next", "is no mark of a page", "the `next` of an earlier answer, unchanged")
        raise InvalidRequestError([fault]) from error
    return {"ExclusiveStartKey": start}


@dataclass(frozen=True)
class EnvironmentRows:
    table: Table

    def get(self, environment_id: str) -> Environment:
        row = self.table.get(environment_key(environment_id))
        if row is None:
            raise EnvironmentNotFoundError(f"there is no environment with id {environment_id}")
        return environment_of(row)

    def by_name(self, name: str) -> Environment | None:
        held = self.table.get(name_key(name))
        row = self.table.get(environment_key(held["id"])) if held else None
        return environment_of(row) if row else None

    def page(self, limit: int, after: str | None) -> Page[Environment]:
        rows, last = self.table.query(
            IndexName="gsi1",
            KeyConditionExpression="gsi1pk = :listed",
            ExpressionAttributeValues={":listed": encode(LISTED)},
            Limit=limit,
            **_page_start(after),
        )
        return Page(tuple(environment_of(row) for row in rows), _page_mark(last))

    def create(
        self,
        environment: Environment,
        states: Sequence[NodeState],
        entry: Entry,
        replaces: Environment | None,
    ) -> None:
        identifier = environment.environment_id
        name = {**name_key(environment.name), "id": identifier}
        if replaces is None:
            holder = _put(name, "attribute_not_exists(pk)")
        else:
            holder = {
                "Put": {
                    "Item": encode_row(name),
                    "ConditionExpression": "attribute_not_exists(pk) OR id = :id",
                    "ExpressionAttributeValues": {":id": encode(replaces.environment_id)},
                }
            }
        nodes = [_put({**node_key(identifier, state.name), **node_fields(state)}) for state in states]
        own = _put(environment_row(environment), "attribute_not_exists(pk)")
        self.table.write(holder, own, _put(entry_row(identifier, entry)), *nodes)

    def replace(
        self, before: Environment, after: Environment, entry: Entry, added: Sequence[NodeState] = ()
    ) -> None:
        expected = {
            ":status": before.status.value,
            ":attempt": before.attempt,
            ":revision": before.revision,
            ":first": 0,
        }
        written = replace(after, revision=before.revision + 1)
        self.table.write(
            _put(environment_row(written), f"{SAME_ATTEMPT} AND {SAME_REVISION}", expected),
            _put(entry_row(before.environment_id, entry)),
            *(_first(node_key(before.environment_id, state.name), node_fields(state)) for state in added),
        )

    def record_checks(
        self, environment: Environment, checks: Sequence[Check], kept: Sequence[Kept] = ()
    ) -> None:
        self.table.update(
            environment_key(environment.environment_id),
            {
                ":checks": [check.document() for check in checks],
                ":kept": [one.document() for one in kept],
                ":status": environment.status.value,
                ":attempt": environment.attempt,
            },
            UpdateExpression="SET checks = :checks, kept = :kept",
            ConditionExpression=SAME_ATTEMPT,
            ExpressionAttributeNames={"#status": "status"},
        )

    def note(self, environment: Environment, entry: Entry) -> None:
        self.table.put(entry_row(environment.environment_id, entry))


@dataclass(frozen=True)
class NodeRows:
    table: Table

    def all(self, environment_id: str) -> States:
        rows, _ = self.table.query(
            KeyConditionExpression="pk = :pk AND begins_with(sk, :nodes)",
            ExpressionAttributeValues={":pk": encode(f"env#{environment_id}"), ":nodes": encode("node#")},
            ConsistentRead=True,
        )
        states = [node_of(row) for row in rows]
        return {state.name: state for state in states}

    def park(self, environment_id: str, name: str, attempt: int, token: str) -> NodeState:
        before = self.table.update(
            node_key(environment_id, name),
            {":token": token, ":attempt": attempt},
            UpdateExpression="SET #token = :token, attempt = :attempt",
            ConditionExpression="attempt <= :attempt",
            ExpressionAttributeNames={"#token": "token"},
        )
        if before is None:
            raise SupersededError(f"a later attempt than {attempt} has taken {name} over")
        return node_of(before)

    def claim(self, environment_id: str, name: str, token: str) -> bool:
        before = self.table.update(
            node_key(environment_id, name),
            {":token": token},
            UpdateExpression="REMOVE #token",
            ConditionExpression="#token = :token",
            ExpressionAttributeNames={"#token": "token"},
        )
        return before is not None

    def replace(
        self, environment_id: str, before: NodeState, after: NodeState, entry: Entry | None = None
    ) -> None:
        fields = node_fields(replace(after, attempt=before.attempt))
        names = {f"#{name}": name for name in fields}
        kept = {name: value for name, value in fields.items() if value is not None}
        gone = [f"#{name}" for name in fields if name not in kept]
        # Another stack than the one its resources were counted of: the count begins again.
        fresh_count = after.submitted_attempt != before.submitted_attempt
        removed = [*gone, *(["done"] if fresh_count else [])]
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
        update = {
            "Update": {
                "Key": encode_row(node_key(environment_id, before.name)),
                "UpdateExpression": expression + (f" REMOVE {', '.join(removed)}" if removed else ""),
                "ConditionExpression": "#status = :was_status AND #attempt = :was_attempt",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {
                    **{f":{name}": encode(value) for name, value in kept.items()},
                    ":was_status": encode(before.status.value),
                    ":was_attempt": encode(before.attempt),
                },
            }
        }
        entries = [] if entry is None else [_put(entry_row(environment_id, entry))]
        self.table.write(update, *entries)

    def resource_made(self, environment_id: str, name: str, resource: str) -> None:
        self._count(environment_id, name, resource, "ADD done :resource")

    def resource_gone(self, environment_id: str, name: str, resource: str) -> None:
        self._count(environment_id, name, resource, "DELETE done :resource")

    def _count(self, environment_id: str, name: str, resource: str, expression: str) -> None:
        """A set, not a number: the same event twice counts once."""
        self.table.update(
            node_key(environment_id, name), {":resource": {resource}}, UpdateExpression=expression
        )


@dataclass(frozen=True)
class SharerRows:
    """One row for each set: who shares it, and who takes it away."""

    table: Table

    def join(self, shared: SharedSecrets, environment_id: str) -> None:
        joined = self.table.update(
            shared_key(shared),
            {":me": {environment_id}},
            UpdateExpression="ADD sharers :me",
            ConditionExpression="attribute_not_exists(leaver)",
        )
        if joined is None:
            raise CommonNotReadyError(
                f"{shared.stack_name} in {shared.region} is being removed: it comes anew"
            )

    def leave(self, shared: SharedSecrets, environment_id: str) -> bool:
        """A set that is empty is no attribute: that is how the last one is known."""
        key, known = shared_key(shared), "attribute_exists(pk)"
        nobody_else = "(attribute_not_exists(leaver) OR leaver = :me)"
        self.table.update(
            key, {":me": {environment_id}}, UpdateExpression="DELETE sharers :me", ConditionExpression=known
        )
        last = self.table.update(
            key,
            {":me": environment_id},
            UpdateExpression="SET leaver = :me",
            ConditionExpression=f"{known} AND attribute_not_exists(sharers) AND {nobody_else}",
        )
        return last is not None

    def forget(self, shared: SharedSecrets, environment_id: str) -> None:
        self.table.delete(shared_key(shared), "leaver = :me", {":me": environment_id})


@dataclass(frozen=True)
class HistoryRows:
    table: Table

    def of(self, preset: str) -> dict[str, list[float]]:
        row = self.table.get(history_key(preset))
        return dict(row["seconds"]) if row else {}

    def keep(self, preset: str, history: Mapping[str, list[float]]) -> None:
        self.table.put({**history_key(preset), "seconds": dict(history)})


@dataclass(frozen=True)
class LedgerRows:
    table: Table

    def page(
        self, environment_id: str, since: float | None, kind: str | None, limit: int, after: str | None
    ) -> Page[Entry]:
        values: Row = {":pk": f"env#{environment_id}", ":first": "ledger#", ":last": "ledger#~"}
        if since is not None:
            values[":first"] = f"ledger#{max(0, round(since * 1000)):013d}"
        found: list[Row] = []
        start, arguments = _page_start(after), {}
        if kind is not None:
            values[":kind"] = kind
            arguments = {"FilterExpression": "kind = :kind"}
        while True:
            rows, last = self.table.query(
                KeyConditionExpression="pk = :pk AND sk BETWEEN :first AND :last",
                ExpressionAttributeValues={name: encode(value) for name, value in values.items()},
                Limit=limit - len(found),
                ConsistentRead=True,
                **arguments,
                **start,
            )
            found.extend(rows)
            if last is None or len(found) >= limit:
                return Page(tuple(entry_of(row) for row in found), _page_mark(last))
            start = {"ExclusiveStartKey": encode_row(last)}
