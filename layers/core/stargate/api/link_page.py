"""What whoever follows a one-time link sees: a page without script and without anything from elsewhere.

To look at it answers nothing: programs that look at links in messages follow them, and send no forms.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em;color:#1c2128}
h1{font-size:1.3em}dt{color:#59636e}dd{margin:0 0 .7em}blockquote{margin:1em 0;padding:.6em 1em;
border-left:4px solid #0550ae;background:#f6f8fa}textarea{width:100%;font:inherit;box-sizing:border-box}
button{font:inherit;padding:.5em 1.4em;margin:.8em .8em 0 0;border:1px solid #59636e;border-radius:6px}
"""
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the address is the secret
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
}


def page_of(approval: Mapping[str, Any], because: Iterable[str], approver: str) -> str:
    """`approval` is its document; the form is there while it can be answered."""
    of = f"{approval['action']} of {approval['subject']} in {approval['environment']}"
    parts = [
        f"<h1>{_of(of)}</h1>",
        f"<p>{_of(approval['requested_by'])} asks to do this:</p>",
        f"<blockquote>{_of(approval['proposal'])}</blockquote>",
        "".join(f"<p>{_of(line)}</p>" for line in because),
        _form(approval, approver) if approval["status"] == "PENDING" else _answered(approval),
    ]
    return _page(of, parts)


def page_of_problem(problem: Mapping[str, Any]) -> str:
    faults = (f"{one['path']}: {one['fault']}; {one['allowed']}" for one in problem["faults"])
    told = "".join(f"<p>{_of(line)}</p>" for line in (problem["detail"], *faults))
    return _page(problem["title"], [f"<h1>{_of(problem['title'])}</h1>{told}"])


def _form(approval: Mapping[str, Any], approver: str) -> str:
    return (
        f"<p>It can be answered until {_of(approval['expires_at'])}; nobody answering means no.</p>"
        f"<form method='post'><p>You answer as <b>{_of(approver)}</b>, once.</p>"
        "<label>Why (needed to refuse it)<textarea name='reason' rows='3' maxlength='500'></textarea></label>"
        "<button name='answer' value='grant'>Grant</button>"
        "<button name='answer' value='refuse'>Refuse</button></form>"
    )


def _answered(approval: Mapping[str, Any]) -> str:
    facts = ("status", "answered_by", "answered_at", "reason")
    rows = ((name.replace("_", " "), approval[name]) for name in facts if approval[name])
    return f"<dl>{''.join(f'<dt>{_of(name)}</dt><dd>{_of(value)}</dd>' for name, value in rows)}</dl>"


def _page(title: str, parts: Iterable[str]) -> str:
    view = "<meta name='viewport' content='width=device-width'>"
    head = f"<meta charset='utf-8'>{view}<title>{_of(title)}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _of(value: Any) -> str:
    return escape(str(value), quote=True)
