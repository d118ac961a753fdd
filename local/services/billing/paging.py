"""Tokens of pages, as Cost Explorer and the Price List API give them out: opaque to whoever asks."""

from __future__ import annotations

import base64

from local.services.billing.wire import Refusal


def token_of(place: int) -> str:
    return base64.b64encode(str(place).encode()).decode()


def place_of(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except ValueError:
        raise Refusal("InvalidNextTokenException", "The pagination token is invalid.") from None
