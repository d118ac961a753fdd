"""The real LiteLLM proxy takes the gateway's configuration and answers through it."""

import pytest

from local.judges.litellm_proxy import PROFILES, litellm, stand_in
from tests.gateway.front_door import FrontDoor
from tests.gateway.patience import eventually

MODELS = {"claude-haiku-4-5": "haiku", "claude-sonnet-4-5": "sonnet", "claude-opus-4-5": "opus"}


def test_the_balancers_health_check_needs_no_key(door):
    """The path of the spec, which touches neither the database nor a model."""
    assert door.get("/health/liveliness", headers={}).status_code == 200
    assert door.reached("/converse") == 0


def test_it_serves_the_models_of_the_configuration_and_no_others(door):
    """As whoever holds the key reads them from the list."""
    listed = {model["id"] for model in door.get("/v1/models").json()["data"]}
    assert listed == set(MODELS)


@pytest.mark.parametrize(("model", "profile"), MODELS.items())
def test_a_plain_completion_comes_from_the_environments_own_profile(door, model, profile):
    """The application inference profile is what is called, and its usage is what is told."""
    before = door.reached(PROFILES[profile] + "/converse")
    answer = door.ask(model, "What is a gateway?" * 10, tokens=25)
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["completion_tokens"] == 25
    assert answer.json()["usage"]["prompt_tokens"] == 45
    assert door.reached(PROFILES[profile] + "/converse") == before + 1


def test_a_streamed_completion_comes_while_the_model_speaks(door):
    """The first piece is there long before the last, nothing is lost, and usage ends it."""
    pieces = list(door.stream("claude-haiku-4-5", "Tell me a story", tokens=280))
    said = "".join(choice["delta"].get("content") or "" for p in pieces for choice in p.document["choices"])
    assert said.split() == [f"{place:03d}" for place in range(280)]
    assert pieces[0].seconds < 1.5
    assert pieces[-1].seconds - pieces[0].seconds > 1.5
    assert pieces[-1].document["usage"]["completion_tokens"] == 280


def test_nobody_without_the_key_reaches_a_model(door):
    """Neither without a key nor with a wrong one."""
    before = door.reached("/converse")
    assert door.ask("claude-haiku-4-5", "hello", headers={}).status_code == 401
    assert (
        door.ask("claude-haiku-4-5", "hello", headers={"Authorization": "Bearer sk-wrong"}).status_code >= 400
    )
    assert door.reached("/converse") == before


def test_what_bedrock_throttles_is_told_as_such(door):
    """A client can tell a quota from a fault and wait."""
    answer = door.ask("claude-opus-4-5", "throttle this, please")
    assert answer.status_code == 429
    assert "Too many tokens" in answer.text


def test_an_unknown_model_is_the_callers_fault(door):
    """And is answered by LiteLLM itself."""
    assert door.ask("gpt-none", "hello").status_code == 400


def test_traces_go_to_the_langfuse_of_the_environment(door):
    """To the intake that Langfuse 2 has, and to no other address."""
    door.ask("claude-haiku-4-5", "trace me")
    assert eventually(lambda: door.reached("/api/public/ingestion") > 0, seconds=30)


def test_a_stream_outlives_the_order_to_stop(tmp_path):
    """ECS says SIGTERM when it scales in or deploys; what is being said is said to the end."""
    with stand_in(tmp_path) as outside, litellm(tmp_path, outside.url) as proxy:
        pieces = FrontDoor(proxy, outside).stream("claude-sonnet-4-5", "Tell me a long story", tokens=600)
        first = next(pieces)
        proxy.program.process.terminate()
        *_, last = pieces
    assert last.document["usage"]["completion_tokens"] == 600
    assert last.seconds - first.seconds > 6
