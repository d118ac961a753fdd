"""The tables of the documents that are also tables of the code: one row for each, and the same words."""

from __future__ import annotations

import re
from pathlib import Path

from stargate.domain.signals.kinds import KINDS

DOCS = Path(__file__).resolve().parents[2] / "docs"


def rows_of(document, head):
    """The rows of the document's table that has this head."""
    text = (DOCS / document).read_text(encoding="utf-8")
    found = re.search(rf"^{re.escape(head)}\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    assert found, f"{document} has no table {head}"
    return found[1].splitlines()


def kind_row(kind):
    about = f"none: {kind.why}" if kind.condition is None else f"`{kind.condition}`"
    return f"| `{kind.name}` | {kind.source}: {kind.says} | {about} |"


def test_every_kind_of_signal_is_documented():
    """What it says, and which condition it is about."""
    assert rows_of("signals.md", "| kind | says | condition |") == [kind_row(kind) for kind in KINDS.values()]
