"""Lists that the API hands out page by page, as one."""

from typing import Any

from cli.answers import document_of
from cli.client import ApiClient

PAGE = 100  # the most that the API gives at a time


def all_of(client: ApiClient, path: str, items: str, query: dict[str, str], most: int) -> list[Any]:
    """The first `most` of the list that the documents at `path` carry under `items`."""
    found: list[Any] = []
    after: str | None = None
    while len(found) < most:
        page = {**query, "limit": str(min(PAGE, most - len(found))), **({"next": after} if after else {})}
        document = document_of(client.get(path, **page))
        found.extend(document[items])
        after = document["next"]
        if after is None:
            break
    return found[:most]
