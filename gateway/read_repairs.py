"""Read the repairs of the specification out of the document that tells people of them.

Words about a gateway are no part of it: they do not count into its version.
"""

from __future__ import annotations

import re

HEADER = ["Place", "Part", "The specification says", "We do", "Because"]
FIELDS = ("place", "part", "says", "does", "because")
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


def read_repairs(document: str) -> list[dict[str, str]]:
    """Each row of every table with that header, links reduced to their words."""
    found, inside = [], False
    for line in document.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if cells == HEADER:
            inside = True
        elif not cells:
            inside = False
        elif inside and len(cells) == len(FIELDS):
            words = (LINK.sub(r"\1", cell) for cell in cells)
            found.append(dict(zip(FIELDS, words, strict=True)))
    return found
