"""How the billing services are spoken to: JSON 1.1, the operation in a header, refusals by their name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack import app
from ministack.core import iam_actions

Document = dict[str, Any]
Operation = Callable[[Document], Document]
Response = tuple[int, dict[str, str], bytes]


class Refusal(Exception):  # noqa: N818  (what AWS answers, and no error of ours)
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def installed(service: str, target: str, operations: Mapping[str, Operation]) -> None:
    """Answer the service's requests by these operations, each under its own IAM action."""

    async def answer(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> Response:
        operation = operations.get(headers.get("x-amz-target", "").removeprefix(target))
        if operation is None:
            return _told(400, {"__type": "UnknownOperationException", "message": "Unknown operation"})
        try:
            return _told(200, operation(json.loads(body or b"{}")))
        except Refusal as refusal:
            return _told(400, {"__type": refusal.code, "message": str(refusal)})

    app.SERVICE_HANDLERS[service] = answer
    iam_actions.SERVICE_TO_IAM_NAMESPACE[service] = service


def _told(status: int, document: Document) -> Response:
    return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode()
