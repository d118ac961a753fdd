"""The playbook of every environment that has none of its own: `default.json`, beside this module."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from stargate.domain.playbook.document import rules_of

WRITTEN = (Path(__file__).parent / "default.json").read_text(encoding="utf-8")
DEFAULT = rules_of(json.loads(WRITTEN))
# Another default has another: an environment's own playbook says which one it was made from.
IDENTITY = hashlib.sha256(WRITTEN.encode()).hexdigest()[:12]
