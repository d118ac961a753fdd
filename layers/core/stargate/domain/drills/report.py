"""A drill as one page that stands alone: verdict, numbers, timeline, and the evidence an auditor asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stargate.domain.drills.timeline import drawn, marks_of, scale_of
from stargate.domain.moments import understood
from stargate.domain.pages import cards, page, table
from stargate.domain.pages import shown as _of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stargate.domain.drills.timeline import Mark, Scale

STYLE = """
.badge{padding:.12em .6em;border-radius:1em;color:#fff;background:var(--dim)}
.badge.met{background:var(--good);color:#fff}.badge.missed{background:var(--bad);color:#fff}
.met{color:#116329}.missed{color:#a40e26}
.name{font-size:13px;text-anchor:end;fill:var(--ink)}.good{fill:var(--good)}.bad{fill:var(--bad)}
.run{fill:transparent}.objective{fill:#ddf4ff}.mark line{stroke:var(--blue);stroke-dasharray:3 2}
.mark circle{fill:var(--blue)}.mark text{font-size:10px;fill:#fff;text-anchor:middle}
.rds line{stroke:var(--amber)}.rds circle{fill:var(--amber)}
.alarm line{stroke:var(--bad)}.alarm circle{fill:var(--bad)}
"""


def page_of(drill: Mapping[str, Any]) -> str:
    """HTML without script and without anything from elsewhere; `drill` has `probes` and `earlier`, too."""
    parts = [_head(drill), _simulated(drill), _said(drill)]
    if drill["result"]:
        parts += [_cards(drill), _timeline(drill), _components(drill["result"]), _beside(drill["result"])]
        parts += [_earlier(drill["result"], drill["earlier"])]
    parts += [_restored(drill["restore"]), _preconditions(drill["preconditions"]), _evidence(drill)]
    return page(f"Drill {drill['kind']} of {drill['environment']}: {_verdict(drill)}", parts, STYLE)


def _verdict(drill: Mapping[str, Any]) -> str:
    return str((drill["result"] or {}).get("verdict", drill["status"]))


def _head(drill: Mapping[str, Any]) -> str:
    verdict = _verdict(drill)
    badge = f"<span class='badge {_of(verdict)}'>{_of(verdict)}</span>"
    about = " · ".join((f"proves: {drill['proves']}", drill["requested_at"], drill["id"]))
    named = f"{_of(drill['kind'])} of {_of(drill['environment'])} {badge}"
    return f"<h1>{named}</h1><p class='dim'>{_of(about)}</p>"


def _simulated(drill: Mapping[str, Any]) -> str:
    if not drill["simulated"]:
        return ""
    return f"<p class='note'><b>Simulated</b> {_of('; '.join(drill['assumptions']))}.</p>"


def _said(drill: Mapping[str, Any]) -> str:
    result = drill["result"] or {}
    lines = [drill["stop_reason"], drill["reason"], result.get("explanation", "")]
    told = "".join(f"<p>{_of(line)}</p>" for line in dict.fromkeys(lines) if line)
    found = "".join(f"<li>{_of(finding)}</li>" for finding in result.get("findings", ()))
    return told + (f"<h2>Findings</h2><ul>{found}</ul>" if found else "")


def _cards(drill: Mapping[str, Any]) -> str:
    result = drill["result"]
    if "components" not in result:
        return ""
    recovery, reported = result["recovery_seconds"], result["reported"]["seconds"]
    failed = sum(one["requests_failed"] for one in result["components"])
    gap = result["series"]["gap_seconds"]
    shown = [
        ("never" if recovery is None else f"{recovery:.1f} s", "until all was well again"),
        (str(failed), "requests failed"),
        (f"{result['data_loss']['lost']} of {result['data_loss']['written']}", "records lost"),
        ("unknown" if gap is None else f"{gap:.0f} s", "longest gap in the metrics"),
    ]
    if reported is not None:
        swapped = " to ".join((result["reported"]["zone_before"], result["reported"]["zone_after"]))
        shown.append((f"{reported:.1f} s", f"by RDS's own events, {swapped}"))
    return cards(shown)


def _timeline(drill: Mapping[str, Any]) -> str:
    probes = drill.get("probes") or []
    if not probes:
        return ""
    marks = marks_of(drill)
    key = (
        "<span class='key' style='background:var(--good)'></span>good answer"
        "<span class='key' style='background:var(--bad)'></span>failed"
        "<span class='key' style='background:#ddf4ff'></span>time that the objective allows"
    )
    return (
        f"<h2>Second by second</h2><p class='dim'>one stroke for each question{key}</p>"
        f"{drawn(drill, probes, marks)}{_happened(marks, scale_of(drill, probes))}"
    )


def _happened(marks: Sequence[Mark], scale: Scale) -> str:
    listed = "".join(f"<li><code>{scale.offset(mark.at)}</code> {_of(mark.words)}</li>" for mark in marks)
    return f"<ol>{listed}</ol>"


def _components(result: Mapping[str, Any]) -> str:
    rows = (
        (
            _of(one["component"]),
            f"<span class='{_of(one['verdict'])}'>{_of(one['verdict'])}</span>",
            _seconds(one["seconds"]),
            f"&lt; {one['objective_seconds']:.0f} s",
            f"&lt; {one['own_objective_seconds']:.0f} s",
            f"{one['by_seconds']:.1f} s {'to spare' if one['verdict'] == 'met' else 'too many'}",
            f"{one['requests_failed']} of {one['requests_asked']}",
            _bounds(one),
        )
        for one in result.get("components", ())
    )
    names = ("component", "verdict", "out for", "asked here", "own promise", "", "requests failed", "bounds")
    return f"<h2>Each component against its promise</h2>{table(names, rows)}"


def _bounds(one: Mapping[str, Any]) -> str:
    """What a question each second cannot tell apart."""
    outages = one["outages"]
    if not outages:
        return ""
    return "; ".join(f"{outage['at_least']} to {outage['at_most'] or 'open'} s" for outage in outages)


def _beside(result: Mapping[str, Any]) -> str:
    """The alarms and the loop, and whether they did as they should."""
    alarms, remediation = result.get("alarms"), result.get("remediation")
    if alarms is None or remediation is None:
        return ""
    rang = ", ".join(f"{one['alarm']} at {one['at']}" for one in alarms["rang"]) or "none"
    rows = (
        ("alarms that rang", _of(rang)),
        ("that should have rung", _of(", ".join(alarms["should_have_rung"]) or "none")),
        ("decisions of the loop that the drill held", _of("; ".join(remediation["held"]) or "none")),
        ("done by others meanwhile", _of("; ".join(remediation["acted"]) or "nothing")),
        ("the loop did as it should", "yes" if remediation["as_it_should"] else "no"),
    )
    return f"<h2>Alarms and remediation</h2>{table((), rows)}"


def _earlier(result: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> str:
    """The trend: what each component took in earlier drills of this kind, beneath this one."""
    names = [one["component"] for one in result.get("components", ())]
    if not names:
        return ""
    now = {one["component"]: one["seconds"] for one in result["components"]}
    rows = [("this one", _of(result["verdict"]), *(_seconds(now[name]) for name in names))]
    for one in earlier:
        took = (_seconds(one["seconds"][name]) if name in one["seconds"] else "" for name in names)
        rows.append((_of(one["at"][:16].replace("T", " ")), _of(one["verdict"]), *took))
    none = "" if earlier else "<p class='dim'>It is the first of its kind here.</p>"
    return (
        f"<h2>Beside earlier drills of this kind</h2>{none}{table(('', 'verdict', *map(_of, names)), rows)}"
    )


def _seconds(took: float | None) -> str:
    return "never" if took is None else f"{took:.1f} s"


def _restored(restore: Mapping[str, Any] | None) -> str:
    if not restore:
        return ""
    rows = ((_of(name.replace("_", " ")), _of(value)) for name, value in restore.items())
    return f"<h2>The restored database</h2>{table((), rows)}"


def _preconditions(checks: Sequence[Mapping[str, Any]]) -> str:
    rows = (
        (_of(one["name"]), "held" if one["ok"] else "did not hold", _of(one["measured"]), _of(one["bound"]))
        for one in checks
    )
    return f"<h2>Asked before it began</h2>{table(('check', '', 'found', 'asked'), rows)}"


def _evidence(drill: Mapping[str, Any]) -> str:
    began, ended = drill["requested_at"], drill["ended_at"]
    lasted = "" if ended is None else f", {understood(ended) - understood(began):.0f} s"
    result = drill["result"] or {}
    rows = [
        ("asked for by", _of(f"{drill['actor']}, {drill['trigger']}")),
        ("from, to", _of(f"{began} to {ended or 'now'}{lasted}")),
        ("done", _of("; ".join(drill["deeds"]) or "nothing was broken")),
        ("database", _of(drill["engine"])),
        ("gateway version", _of(drill["gateway_version"])),
        ("alarms muted meanwhile", _of(", ".join(drill["muted_alarms"]) or "none")),
        ("SHA-256 of the raw record", f"<code>{_of(result.get('record_sha256', ''))}</code>"),
    ]
    return f"<h2>Evidence</h2>{table((), rows)}"
