"""Pages for people that stand alone: HTML without script and without anything from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STYLE = """
:root{--ink:#1c2128;--dim:#59636e;--line:#d1d9e0;--good:#2da44e;--bad:#cf222e;--blue:#0550ae;--amber:#9a6700}
body{font:15px/1.5 system-ui,sans-serif;max-width:1120px;margin:2.2em auto;padding:0 1.2em;color:var(--ink)}
h1{font-size:1.55em;margin:0}h2{font-size:1.1em;margin:2.2em 0 .6em}p{margin:.3em 0}.dim{color:var(--dim)}
.note{background:#fff8c5;border-left:4px solid #d4a72c;padding:.5em 1em;margin:1em 0}
.cards{display:flex;gap:12px;flex-wrap:wrap;margin:1.2em 0}
.card{border:1px solid var(--line);border-radius:8px;padding:.7em 1em;min-width:8.5em}
.card b{display:block;font-size:1.5em;font-variant-numeric:tabular-nums}
.card span{color:var(--dim);font-size:.87em}
table{border-collapse:collapse;width:100%}th{text-align:left;color:var(--dim);font-weight:600}
td,th{padding:.32em .9em .32em 0;border-bottom:1px solid var(--line);vertical-align:top}
td{font-variant-numeric:tabular-nums}
table.pairs td:first-child{width:17em;color:var(--dim)}
svg{width:100%;height:auto}.grid{stroke:var(--line)}.tick{font-size:11px;fill:var(--dim);text-anchor:middle}
ol{padding-left:1.8em}code{font-size:.9em;overflow-wrap:anywhere}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .35em 0 1em}
"""


def page(title: str, parts: Iterable[str], style: str = "") -> str:
    """`parts` are HTML already, `style` is what only this page has."""
    view = "<meta name='viewport' content='width=device-width'>"
    head = f"<meta charset='utf-8'>{view}<title>{shown(title)}</title><style>{STYLE}{style}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def cards(pairs: Iterable[tuple[str, str]]) -> str:
    """Each a figure, and words for it."""
    each = (
        f"<div class='card'><b>{shown(value)}</b><span>{shown(words)}</span></div>" for value, words in pairs
    )
    return f"<div class='cards'>{''.join(each)}</div>"


def table(names: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    """Cells are HTML already; without names it is one of pairs."""
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    if not head:
        return f"<table class='pairs'>{body}</table>"
    return (
        f"<table class='{kind}'><tr>{head}</tr>{body}</table>"
        if kind
        else f"<table><tr>{head}</tr>{body}</table>"
    )


def shown(value: object) -> str:
    """As text that means nothing to a browser."""
    return escape(str(value), quote=True)
