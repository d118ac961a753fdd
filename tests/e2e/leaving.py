"""How an environment is let go: its protection is lifted first, and what would outlive it is named."""

from typing import Any

from cli.client import Answer, ApiClient

NOTHING_KEPT = {"final_snapshot": "no", "secrets_recovery": "no"}


def let_go(api: ApiClient, name: str, **farewell: str) -> Answer:
    """The answer to DELETE; nothing is kept unless it is asked for, so that a name can be had again."""
    lifted: Any = api.patch(f"/environments/{name}", {"deletion_protection": False})
    assert lifted.status in {200, 409}, lifted.text  # 409: it goes already
    return api.delete(f"/environments/{name}", **{**NOTHING_KEPT, **farewell})
