"""Hooks as people read them."""

from typing import Any

from rich.console import Console
from rich.table import Table


def show_hook(console: Console, hook: dict[str, Any]) -> None:
    secret = hook["secret"]
    console.print(f"{hook['id']}: post to {hook['path']} of the API")
    console.print("Show its secret as a bearer token, as a password, or sign with it (Grafana). It lies in")
    console.print("Secrets Manager, for whoever may read it there:", soft_wrap=True)
    console.print(
        f"  aws secretsmanager get-secret-value --secret-id {secret['name']} --region {secret['region']} "
        "--query SecretString --output text",
        soft_wrap=True,
    )


def list_hooks(console: Console, hooks: list[dict[str, Any]]) -> None:
    if not hooks:
        console.print("there are no hooks")
        return
    table = Table("hook", "environment", "made", "note", box=None)
    for hook in hooks:
        table.add_row(hook["id"], hook["environment"], hook["made_at"] or "", hook["note"])
    console.print(table)
