"""CloudWatch's three protocols to and from one document: JSON, CBOR and the older query parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import escape

from ministack.services import cloudwatch

from local.services.cloudwatch.evaluation import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Document: TypeAlias = dict[str, Any]
Response: TypeAlias = tuple[int, dict[str, str], bytes]
MEMBER = re.compile(r"\.member(?=\.)")


class RefusedError(Exception):
    """Answered to the caller under AWS's name of the error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def served(name: str, operation: Callable[[Document], Document]) -> Callable[..., Response]:
    """The operation as a handler of MiniStack's, which says what protocol the request came in."""

    def handle(
        parameters: Mapping[str, Any],
        data: Document,
        is_cbor: bool,  # noqa: FBT001 - MiniStack's signature
        is_json: bool = False,  # noqa: FBT001, FBT002
    ) -> Response:
        try:
            answer = operation(data if is_cbor or is_json else nested(parameters))
        except RefusedError as refused:
            error: Response = cloudwatch._error(refused.code, str(refused), refused.status, is_json, is_cbor)
            return error
        if is_cbor:
            return cloudwatch._cbor_ok(_with(answer, cloudwatch._cbor_timestamp))  # type: ignore[no-any-return]
        if is_json:
            return cloudwatch._json_ok(answer)  # type: ignore[no-any-return]
        inner = f"<{name}Result>{xml(_with(answer, moment))}</{name}Result>"
        return cloudwatch._xml(200, f"{name}Response", inner)  # type: ignore[no-any-return]

    return handle


def nested(parameters: Mapping[str, Any]) -> Document:
    """Query parameters such as `Dimensions.member.1.Name` as the document that they flatten."""
    document: Document = {}
    for path, values in parameters.items():
        *parents, last = MEMBER.sub("", path).split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = values[0] if isinstance(values, list) else values
    return {name: _listed(value) for name, value in document.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def _with(value: Any, render: Callable[[float], Any], name: str = "") -> Any:
    """The same with each moment rendered: in this service moments are what `…Timestamp(s)` hold."""
    if isinstance(value, dict):
        return {key: _with(one, render, key) for key, one in value.items()}
    if isinstance(value, list):
        return [_with(one, render, name) for one in value]
    if isinstance(value, int | float) and name.endswith(("Timestamp", "Timestamps")):
        return render(value)
    return value


def xml(value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(one)}</{name}>" for name, one in value.items())
    if isinstance(value, list):
        return "".join(f"<member>{xml(one)}</member>" for one in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))
