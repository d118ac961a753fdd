"""The tables of the documents that are also tables of the code: one row for each, and the same words."""

from __future__ import annotations

import re
from pathlib import Path

from stargate.domain.operating.playbook import ANY
from stargate.domain.operating.predicates import PREDICATES
from stargate.domain.playbook.default import DEFAULT
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


def condition_cell(rule):
    about, _, subject = rule.condition.partition("#")
    words = [
        "" if rule.is_open else "after",
        "any condition" if about == ANY else f"`{about}`",
        f"of {subject}" if subject else "",
        f"is {rule.severity.value}" if rule.severity else "",
        f"for {rule.for_seconds / 60:g} min" if rule.for_seconds else "",
        f"when {', '.join(rule.when)}" if rule.when else "",
    ]
    return " ".join(word for word in words if word)


def rung_cell(rung):
    words = [
        f"`{rung.action}`",
        f"on {rung.subject}" if rung.subject else "",
        f"with {', '.join(f'{name} {value}' for name, value in rung.parameters.items())}"
        if rung.parameters
        else "",
        f"up to {rung.tries} times" if rung.tries > 1 else "",
        "and undo it if it misses" if rung.undo else "",
    ]
    return " ".join(word for word in words if word)


def rule_row(rule):
    within = (
        [f"{rule.cool_down / 60:g} min", f"{rule.most_in_an_hour} an hour", *rule.guards]
        if rule.rungs
        else []
    )
    cells = [
        f"`{rule.name}`",
        condition_cell(rule),
        ", else ".join(rung_cell(rung) for rung in rule.rungs) or "nothing",
        ", ".join(within),
        rule.reason,
    ]
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def test_every_rule_of_the_default_playbook_is_documented():
    """In its order, which decides."""
    head = "| rule | while | do | within | why |"
    assert rows_of("playbook.md", head) == [rule_row(rule) for rule in DEFAULT]


def question_row(name):
    return f"| `{name}` | {PREDICATES[name].says} |"


def test_every_question_that_a_rule_may_ask_is_documented():
    """With what answers it."""
    rows = [question_row(name) for name in PREDICATES]
    assert rows_of("playbook.md", "| question | answered yes if |") == rows
