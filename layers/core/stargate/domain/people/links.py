"""A one-time link: by it one named approver answers one approval. Only the hash of its secret is kept.

What follows `/links/` is the approval's name, a dot, and the secret: so it is found without an index, and a
guess costs one read.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stargate.domain.people.approvals import Approval

SECRET_BYTES = 32
TOKEN = re.compile(r"([0-9a-f]{12}-[0-9]{13}-[0-9a-f]{12})\.([\w-]{20,100})", re.ASCII)


def token_of(name: str, secret: str) -> str:
    return f"{name}.{secret}"


def read_token(token: str) -> tuple[str, str] | None:
    """The approval's name and the secret; None if it is no link of ours."""
    found = TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def holder_of(approval: Approval, secret: str) -> str | None:
    """The approver whom the link was made for; each is compared, so that the time taken tells nothing."""
    given = hashed(secret)
    held = [who for who, kept in approval.links.items() if hmac.compare_digest(kept, given)]
    return held[0] if held else None
