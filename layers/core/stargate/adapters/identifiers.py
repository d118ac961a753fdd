"""Ids that nobody else has: the one place where the product is random."""

from __future__ import annotations

import secrets
import uuid

from stargate.domain.people.links import SECRET_BYTES


class RandomIdentifiers:
    def environment_id(self) -> str:
        return uuid.uuid4().hex[:12]

    def entry_id(self, at: float) -> str:
        """Milliseconds in front, so that ids sort as they were written."""
        return f"{round(at * 1000):013d}-{uuid.uuid4().hex[:12]}"


class RandomSecrets:
    def secret(self) -> str:
        return secrets.token_urlsafe(SECRET_BYTES)
