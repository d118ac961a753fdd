"""The real LiteLLM and VictoriaMetrics behind an environment's own door in the local cloud.

The environment is made as any other. The proxy has the master key that CloudFormation generated, and is asked
where a user would ask: at its distribution, through its firewall and its balancer's routes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.credentials import Credentials

from cli.client import ApiClient
from local.demo.connection import Connection
from local.judges.behind import behind
from tests.e2e.patience import follow, settled
from tests.gateway.patience import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cloud import Cloud

# A local cloud, an environment and a proxy have to start.
pytestmark = [pytest.mark.cloud, pytest.mark.timeout(900)]

NAME = "real"
MESSAGES = [{"role": "user", "content": "Who is behind the door?"}]


@dataclass(frozen=True)
class Gateway:
    cloud: Connection
    domain: str
    key: str

    def ask(self, path: str, key: str = "", **body: Any) -> requests.Response:
        """At the distribution, which is the local cloud under that name."""
        headers = {"Host": self.domain} | ({"Authorization": f"Bearer {key}"} if key else {})
        method, told = ("POST", {"json": body, "stream": True}) if body else ("GET", {})
        url = self.cloud.endpoint + path
        return requests.request(method, url, headers=headers, timeout=60, **told)

    def order(self, name: str, **given: Any) -> Any:
        """To the local cloud itself."""
        return self.cloud.control("POST", f"/{name}", {"environment": NAME, **given})


@pytest.fixture(scope="module")
def gateway(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A sandbox that is READY, and then has the real processes in the place of its tasks."""
    api = ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, cloud.secret_access_key))
    assert api.post("/environments", {"name": NAME, "preset": "sandbox"}).status == 202
    ready = follow(api, NAME, settled)[-1]
    assert ready["status"] == "READY", ready
    connection, folder = Connection(**asdict(cloud)), tmp_path_factory.mktemp("behind-the-door")
    with behind(connection, NAME, folder) as key:
        yield Gateway(connection, str(urlsplit(ready["outputs"]["GatewayUrl"]).hostname), key)


def test_the_real_proxy_answers_who_has_the_environments_key(gateway: Gateway) -> None:
    """Which CloudFormation made and Secrets Manager keeps; nobody else is let in."""
    assert gateway.ask("/health/liveliness").json() == "I'm alive!"
    models = gateway.ask("/v1/models", gateway.key).json()["data"]
    assert {model["id"] for model in models} == {"claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"}
    answer = gateway.ask(
        "/v1/chat/completions", gateway.key, model="claude-haiku-4-5", max_tokens=12, messages=MESSAGES
    )
    assert answer.json()["usage"]["completion_tokens"] == 12
    stranger = gateway.ask("/v1/models", "sk-of-somebody-else")
    assert (stranger.status_code, stranger.json()["error"]["type"]) == (400, "no_db_connection")
    assert gateway.ask("/v1/models").status_code == 401


def test_a_stream_passes_the_door_piece_by_piece(gateway: Gateway) -> None:
    """As the model speaks: it is not gathered on the way."""
    answer = gateway.ask(
        "/v1/chat/completions",
        gateway.key,
        model="claude-haiku-4-5",
        max_tokens=60,
        messages=MESSAGES,
        stream=True,
    )
    assert answer.headers["content-type"].startswith("text/event-stream")
    arrived = [chunk for chunk in answer.iter_content(chunk_size=None) if chunk.strip()]
    pieces = b"".join(arrived).decode().split("data: ")[1:]
    assert len(arrived) > 5  # the stand-in says five words at a time
    assert pieces[-1].strip() == "[DONE]"
    assert {json.loads(piece)["object"] for piece in pieces[:-1]} == {"chat.completion.chunk"}


def test_the_door_closes_when_no_task_is_healthy(gateway: Gateway) -> None:
    """Though the process is well: the balancer has no target. It opens with the next healthy task."""
    gateway.order("break", what="crash_loop", service="litellm", every_seconds=0)
    for task in gateway.order("truth")["services"]["litellm"]["tasks"]:
        if task["serving"]:
            gateway.order("break", what="crash_task", service="litellm", task_id=task["task_id"])
    assert eventually(lambda: gateway.ask("/health/liveliness").status_code == 503, 20)
    gateway.order("mend")
    assert eventually(lambda: gateway.ask("/health/liveliness").status_code == 200, 60)
