"""An environment that stands for as long as a module's tests need it, and is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cli.client import ApiClient
from tests.e2e.leaving import let_go
from tests.e2e.patience import follow, settled

Document = dict[str, Any]


@contextmanager
def standing(api: ApiClient, request: Document) -> Iterator[Document]:
    """Create it and wait until it is READY; delete it at the end and wait until it is gone."""
    name = request["name"]
    created = api.post("/environments", request)
    assert created.status == 202, created.text
    document = follow(api, name, settled)[-1]
    assert document["status"] == "READY", (document["failure"], document["checks"])
    try:
        yield created.document
    finally:
        let_go(api, name)
        follow(api, name, lambda document: document["status"] == "RETIRED")
