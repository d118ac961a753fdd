"""Secrets that a preset shares, a row for each set: who shares it, and who takes it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stargate.adapters.state.rows import shared_key
from stargate.errors import CommonNotReadyError

if TYPE_CHECKING:
    from stargate.adapters.state.table import Table
    from stargate.domain.gateway.shared import SharedSecrets


@dataclass(frozen=True)
class SharerRows:
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
