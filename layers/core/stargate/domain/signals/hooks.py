"""A hook: an address of one environment to which alerts are posted, and the secret that opens it.

The secret is all that there is of it: one in Secrets Manager, of the environment's own, so that it goes with
the environment. The address says whose it is and where its secret lies: there is nothing to be looked up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stargate.domain.environment import NAME_PATTERN, Status
from stargate.domain.faults import Fault
from stargate.domain.moments import told
from stargate.domain.signals.scope import REGIONS

if TYPE_CHECKING:
    from stargate.domain.environment import Environment

KEY = re.compile(r"[0-9a-f]{12}\Z")
PREFIX = "hook-"
LONGEST_NOTE = 200
# Before, there are no secrets of the environment's; afterwards, nobody takes them away any more.
HAVING_SECRETS = frozenset({Status.READY, Status.DEGRADED, Status.UPDATING, Status.ASLEEP, Status.WAKING})


@dataclass(frozen=True)
class Hook:
    environment: str
    region: str
    key: str
    note: str = ""
    made_at: float | None = None

    @property
    def hook_id(self) -> str:
        return f"{self.environment}.{self.region}.{self.key}"

    @property
    def secret_name(self) -> str:
        return f"stargate-{self.environment}/{PREFIX}{self.key}"

    def document(self) -> dict[str, Any]:
        """For people: where to post, and where the secret lies; never the secret."""
        return {
            "id": self.hook_id,
            "environment": self.environment,
            "note": self.note,
            "path": f"/hooks/{self.hook_id}",
            "secret": {"name": self.secret_name, "region": self.region},
            "made_at": None if self.made_at is None else told(self.made_at),
        }


def hook_of(hook_id: str) -> Hook | None:
    """None of what no hook can be called."""
    environment, _, rest = hook_id.partition(".")
    region, _, key = rest.partition(".")
    if not re.match(NAME_PATTERN, environment) or region not in REGIONS or not KEY.match(key):
        return None
    return Hook(environment, region, key)


def is_hooks_secret(name: str) -> bool:
    _, ours, key = name.rpartition(f"/{PREFIX}")
    return bool(ours) and bool(KEY.match(key))


def faults_of_hook(request: Any) -> list[Fault]:
    if not isinstance(request, dict):
        return [Fault("/", "is no JSON object", '{"environment": "…", "note": "…"}')]
    faults = [
        Fault(f"/{name}", "is not known", "environment, note")
        for name in sorted(request)
        if name not in {"environment", "note"}
    ]
    if not isinstance(request.get("environment"), str):
        faults.append(Fault("/environment", "is missing or no text", "the name of an environment"))
    note = request.get("note", "")
    if not isinstance(note, str) or len(note) > LONGEST_NOTE:
        faults.append(
            Fault("/note", "is not allowed", f"a text of up to {LONGEST_NOTE} characters: who posts to it")
        )
    return faults


def may_have_hooks(environment: Environment) -> bool:
    return environment.status in HAVING_SECRETS
