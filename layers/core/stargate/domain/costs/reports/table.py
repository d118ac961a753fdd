"""A report for spreadsheets: one row for each part of each day; the rows add up to the report's sum."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("environment", "day", "state", "group", "part", "usd")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def table_of(report: Mapping[str, Any]) -> str:
    """CSV as RFC 4180 has it, amounts with their cents; of a report's document."""
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow(NAMES)
    for cell in report["cells"]:
        told = (report["environment"], cell["day"], cell["state"], cell["group"], cell["part"])
        rows.writerow([*map(_text, told), f"{cell['usd']:.2f}"])
    return written.getvalue()


def _text(value: str) -> str:
    """Part names may come from AWS: none of them is to be taken for a formula."""
    return f"'{value}" if value.startswith(FORMULAS) else value
