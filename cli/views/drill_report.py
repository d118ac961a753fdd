"""A drill as one page that stands alone: verdict, numbers, and its timeline second by second."""

from html import escape
from typing import Any

from stargate.domain.moments import understood

WIDTH, ROW, LEFT = 960, 26, 130
GOOD, BAD = "#2da44e", "#cf222e"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:1120px;margin:2em auto;padding:0 1em;color:#1b1f24}"
    "table{border-collapse:collapse}td,th{padding:.25em .9em .25em 0;text-align:left}"
    ".note{background:#fff4d6;padding:.5em 1em}.missed{color:#a40e26}.met{color:#116329}"
)


def page_of(drill: dict[str, Any]) -> str:
    """HTML without script and without anything from elsewhere."""
    result = drill["result"] or {}
    verdict = result.get("verdict", drill["status"])
    parts = [
        f"<h1>Drill {_of(drill['kind'])} of {_of(drill['environment'])}: {_coloured(verdict)}</h1>",
        f"<p>{_of(drill['id'])}, asked for by {_of(drill['actor'])} at {_of(drill['requested_at'])}</p>",
    ]
    if drill["simulated"]:
        parts.append(f"<p class='note'>Simulated: {_of('; '.join(drill['assumptions']))}.</p>")
    if result:
        parts += [f"<p>{_of(result['explanation'])}</p>", _components(result), _loss(result["data_loss"])]
    else:
        parts.append(f"<p>{_of(drill['reason'])}</p>")
    if drill["probes"]:
        parts.append(_timeline(drill, result.get("events", [])))
    title = f"Drill of {_of(drill['environment'])}: {_of(verdict)}"
    head = f"<meta charset='utf-8'><title>{title}</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _components(result: dict[str, Any]) -> str:
    rows = "".join(
        f"<tr><td>{_of(one['component'])}</td><td>{_coloured(one['verdict'])}</td>"
        f"<td>{_of('never' if one['seconds'] is None else one['seconds'])}</td>"
        f"<td>&lt; {one['objective_seconds']:.0f}</td>"
        f"<td>{one['requests_failed']} of {one['requests_asked']}</td></tr>"
        for one in result["components"]
    )
    names = ("component", "verdict", "seconds", "objective", "requests failed")
    head = f"<tr>{''.join(f'<th>{name}</th>' for name in names)}</tr>"
    return f"<table>{head}{rows}</table>"


def _loss(loss: dict[str, Any]) -> str:
    return f"<p>{loss['written']} records acknowledged, {loss['lost']} of them lost.</p>"


def _timeline(drill: dict[str, Any], events: list[dict[str, Any]]) -> str:
    """A row for each component, a stroke for each probe; events and actions as lines across."""
    probes = [(understood(one["at"]), one) for one in drill["probes"]]
    first, last = min(at for at, _ in probes), max(at for at, _ in probes)
    scale = WIDTH / max(1.0, last - first)
    names = sorted({one["component"] for _, one in probes})
    strokes = "".join(
        f"<rect x='{LEFT + (at - first) * scale:.1f}' y='{names.index(one['component']) * ROW + 4}' "
        f"width='{max(1.0, scale * 0.8):.1f}' height='{ROW - 8}' fill='{GOOD if one['ok'] else BAD}'>"
        f"<title>{_of(one['at'])} {_of(one['reason'] or 'good')}</title></rect>"
        for at, one in probes
    )
    labels = "".join(f"<text x='0' y='{row * ROW + 18}'>{_of(name)}</text>" for row, name in enumerate(names))
    height = len(names) * ROW
    marks = [
        (drill[field], words) for field, words in (("injected_at", "injected"), ("rescued_at", "rescue"))
    ]
    told = [(at, words) for at, words in marks if at] + [(one["at"], one["message"]) for one in events]
    lines = "".join(
        f"<rect x='{LEFT + (understood(at) - first) * scale:.1f}' width='2' height='{height}' fill='#0550ae'>"
        f"<title>{_of(words)}</title></rect>"
        for at, words in told
    )
    listed = "".join(f"<li>{_of(at)} {_of(words)}</li>" for at, words in sorted(told))
    box = (
        f"<svg viewBox='0 0 {LEFT + WIDTH} {height}' font-size='14' role='img'>{labels}{strokes}{lines}</svg>"
    )
    return f"<h2>Second by second</h2>{box}<ul>{listed}</ul>"


def _coloured(verdict: str) -> str:
    return f"<span class='{_of(verdict)}'>{_of(verdict)}</span>"


def _of(value: object) -> str:
    return escape(str(value), quote=True)
