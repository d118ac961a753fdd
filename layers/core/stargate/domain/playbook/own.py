"""An environment's own playbook: one version after the other, none of them ever changed.

An environment follows the default until it has one of its own, and again when it says so. An upgrade that
brings another default changes those that follow it; one that has its own keeps it, and can see which default
it was made from.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from stargate.domain.moments import told
from stargate.domain.operating.playbook import InForce, Playbook
from stargate.domain.playbook.default import DEFAULT, IDENTITY, WRITTEN
from stargate.domain.playbook.document import rules_kept

if TYPE_CHECKING:
    from collections.abc import Mapping

Document = dict[str, Any]
OWN, OF_DEFAULT = "own", "default"


@dataclass(frozen=True)
class OwnPlaybook:
    """One version. `written` are its rules as JSON, None if it follows the default from here on.

    `made_from` is the identity of the default at that time. `version` 0 was never written.
    """

    version: int = 0
    written: str | None = None
    note: str = ""
    actor: str = ""
    at: float | None = None
    made_from: str = IDENTITY

    @property
    def follows(self) -> str:
        return OF_DEFAULT if self.written is None else OWN

    @property
    def rules(self) -> list[Document]:
        rules: list[Document] = json.loads(WRITTEN if self.written is None else self.written)["rules"]
        return rules

    def summary(self) -> Document:
        return {
            "version": self.version,
            "follows": self.follows,
            "note": self.note,
            "actor": self.actor,
            "at": None if self.at is None else told(self.at),
        }

    def document(self) -> Document:
        return {**self.summary(), "made_from": self.made_from, "default": IDENTITY, "rules": self.rules}


UNWRITTEN = OwnPlaybook()


def in_force(own: OwnPlaybook) -> InForce:
    if own.written is None:
        return InForce(DEFAULT, f"default {IDENTITY}")
    return InForce(_rules(own.written), f"version {own.version}")


@lru_cache(maxsize=64)
def _rules(written: str) -> Playbook:
    """Read once for many signals."""
    return rules_kept(json.loads(written))


def differences(before: list[Document], after: list[Document]) -> Mapping[str, list[str]]:
    """The names of rules that are new, changed, gone, or stand elsewhere than they did."""
    was = {rule["rule"]: rule for rule in before}
    now = {rule["rule"]: rule for rule in after}
    stayed = [name for name in now if name in was]
    order = [name for name in was if name in now]
    found = {
        "added": [name for name in now if name not in was],
        "changed": [name for name in stayed if now[name] != was[name]],
        "removed": [name for name in was if name not in now],
        "moved": [name for name, other in zip(stayed, order, strict=True) if name != other],
    }
    return {what: names for what, names in found.items() if names}
