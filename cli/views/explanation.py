"""An explanation for people: what was seen, what would be decided, and the rules that were asked."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape

LABEL, LONGEST_FACT = 10, 100


def explanations(console: Console, told: Sequence[dict[str, Any]]) -> None:
    for number, one in enumerate(told):
        if number:
            console.print()
        if "ignored" in one:
            _ignored(console, one)
        else:
            _signal(console, one["signal"])
            _decision(console, one["decision"])


def _ignored(console: Console, one: dict[str, Any]) -> None:
    _say(console, "ignored", one["ignored"]["reason"])
    if seen := one.get("seen"):
        _say(console, "seen", f"{seen['kind']} of {seen['subject']}, {seen['severity']}")


def _signal(console: Console, signal: dict[str, Any]) -> None:
    place = f"{signal['severity']}, in {signal['environment']}"
    _say(console, "signal", f"{signal['kind']} of {signal['subject']}, {place}")
    for name, value in signal["facts"].items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        short = text if len(text) <= LONGEST_FACT else f"{text[: LONGEST_FACT - 1]}…"
        _more(console, f"[dim]{escape(name)}: {escape(short)}[/dim]")


def _decision(console: Console, decision: dict[str, Any]) -> None:
    _say(console, "decision", f"{_action(decision)}: {decision['reason']}")
    for expected in decision.get("expected", ()):
        _more(console, f"expects {escape(expected)}")
    if decision["otherwise"]:
        _more(console, f"else {', else '.join(decision['otherwise'])}")
    for one in decision["later"]:
        _more(console, f"{_then(one)}: {one['action']}, by {escape(one['rule'])}")
    if decision["guards"]:
        _more(console, f"within the guards {', '.join(decision['guards'])}")
    _more(console, f"[dim]by {escape(decision['by'])}[/dim]")
    _rules(console, decision["rules"])


def _rules(console: Console, rules: Sequence[dict[str, Any]]) -> None:
    """Those about the condition; the others are counted."""
    if not rules:
        return
    others = sum(not rule["about"] for rule in rules)
    _say(console, "rules", f"{others} before it are for other conditions" if others else "")
    for rule in (one for one in rules if one["about"]):
        mark = "[green]✓[/green]" if rule["fits"] else "·"
        console.print(f"  {mark} {escape(rule['rule']):<30} {escape(rule['why'])}", soft_wrap=True)


def _then(one: dict[str, Any]) -> str:
    if "severity" in one:
        return f"if it turns {one['severity']}"
    return f"if it is open in {one['in_minutes']:g} min"


def _action(decision: dict[str, Any]) -> str:
    guard = decision["guard"]
    return f"{decision['action']}, held by {guard}" if guard else str(decision["action"])


def _say(console: Console, label: str, words: str) -> None:
    console.print(f"[bold]{label:<{LABEL}}[/bold]{escape(words)}".rstrip(), soft_wrap=True)


def _more(console: Console, markup: str) -> None:
    console.print(" " * LABEL + markup, soft_wrap=True)
