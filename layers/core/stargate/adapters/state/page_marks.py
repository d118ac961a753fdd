"""Where a page of rows ended, as a mark that a caller hands back for the next one."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from stargate.adapters.state.attributes import encode_row
from stargate.domain.faults import Fault
from stargate.errors import InvalidRequestError

if TYPE_CHECKING:
    from stargate.adapters.state.rows import Row


def page_mark(key: Row | None) -> str | None:
    if key is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def page_start(after: str | None) -> Row:
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
