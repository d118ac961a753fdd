"""Whether a delivery comes from somebody who has its hook's secret.

Alertmanager can show the secret itself, as a bearer token or as the password of HTTP Basic. Grafana can do
so, too, or sign: the header X-Grafana-Alerting-Signature has HMAC-SHA256 of the body in hexadecimal or, where
the contact point names a header for the time, of `<seconds since 1970>:<body>` (its documentation of its
webhook integration).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SIGNATURE = "x-grafana-alerting-signature"
TIMESTAMP = "x-grafana-alerting-timestamp"
OLDEST_SECONDS = 300.0  # so that nobody sends again what he once overheard


def is_authentic(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """`headers` in lower case. All that is shown must be right: no good token mends a bad signature."""
    shown = [
        *([_is_signed(secret, headers, body, now)] if SIGNATURE in headers else []),
        *([_is_shown(secret, headers["authorization"])] if "authorization" in headers else []),
    ]
    return bool(secret) and bool(shown) and all(shown)


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    stamp = headers.get(TIMESTAMP)
    if stamp is not None and not _is_fresh(stamp, now):
        return False
    signed = body if stamp is None else stamp.encode() + b":" + body
    return _same(hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest(), headers[SIGNATURE].lower())


def _is_fresh(stamp: str, now: float) -> bool:
    return stamp.isdecimal() and len(stamp) < 13 and abs(now - int(stamp)) <= OLDEST_SECONDS


def _is_shown(secret: str, authorization: str) -> bool:
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() == "basic":
        return _same(secret, _password(credentials))
    return scheme.lower() == "bearer" and _same(secret, credentials.strip())


def _password(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode(errors="replace").partition(":")[2]
    except ValueError:  # no base64, or no ASCII
        return ""


def _same(expected: str, shown: str) -> bool:
    return hmac.compare_digest(expected.encode(), shown.encode(errors="replace"))
