"""One client for each test."""

from __future__ import annotations

import pytest

from functions.api import handler
from tests import fakes
from tests.unit.api.api_play import (
    Client,
    Routes,
)
from tests.unit.play import Play


@pytest.fixture
def client(monkeypatch):
    play = Play()
    # The composition root is where tests put other adapters in; nothing inside is replaced.
    monkeypatch.setattr(handler, "api", Routes(play, fakes.FakeReplies()))
    return Client(play)
