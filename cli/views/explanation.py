"""An explanation for people: what was seen, what would be decided, and the rules that were asked."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape


def explanations(console: Console, told: Sequence[dict[str, Any]]) -> None:
    for number, one in enumerate(told):
        if number:
            console.print()
        if "ignored" in one:
            _ignored(console, one)
        else:
            _decided(console, one["signal"], one["decision"])


def _ignored(console: Console, one: dict[str, Any]) -> None:
    console.print(f"[bold]ignored[/bold]   {escape(one['ignored']['reason'])}")
    if seen := one.get("seen"):
        console.print(f"seen      {escape(seen['kind'])} of {escape(seen['subject'])}, {seen['severity']}")


def _decided(console: Console, signal: dict[str, Any], decision: dict[str, Any]) -> None:
    console.print(
        f"[bold]signal[/bold]    {signal['kind']} of {escape(signal['subject'])}, {signal['severity']},"
        f" in {signal['environment']}"
    )
    for name, value in signal["facts"].items():
        console.print(f"          {name}: {escape(str(value))}")
    console.print(f"[bold]decision[/bold]  {decision['action']}: {escape(decision['reason'])}")
    if decision["guards"]:
        console.print(f"          within the guards {', '.join(decision['guards'])}")
    for rule in decision["rules"]:
        mark = "✓" if rule["fits"] else "·"
        console.print(f"  {mark} {rule['rule']:<28} {escape(rule['why'])}")
