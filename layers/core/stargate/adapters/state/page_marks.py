"""Where a page of rows ended, as a mark that a caller hands back for the next one."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from stargate.adapters.aws import code_of
from stargate.adapters.state.attributes import encode_row
from stargate.domain.paging import NO_MARK
from stargate.errors import InvalidRequestError

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row
    from stargate.adapters.state.table import Table


def page_mark(key: Row | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def query_behind(table: Table, mark: str | None, **arguments: Any) -> tuple[list[Row], Row | None]:
    """As the table's query, from a mark on; InvalidRequestError of one that is none of this list's."""
    start = {} if mark is None else {"ExclusiveStartKey": _key_of(mark)}
    try:
        return table.query(**arguments, **start)
    except ClientError as error:
        if mark is not None and code_of(error) == "ValidationException":
            raise InvalidRequestError([NO_MARK]) from error
        raise


def _key_of(mark: str) -> Row:
    try:
        padded = mark + "=" * (-len(mark) % 4)
        key = json.loads(base64.urlsafe_b64decode(padded))
        return encode_row({str(name): str(value) for name, value in key.items()})
    except (ValueError, AttributeError) as error:
        raise InvalidRequestError([NO_MARK]) from error
