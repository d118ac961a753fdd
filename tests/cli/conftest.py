"""The API that the command's tests speak to: a server of ours, found as a user would name one."""

import pytest

from tests.cli.api_stand_in import ApiStandIn


@pytest.fixture
def api(monkeypatch):
    with ApiStandIn() as stand_in:
        monkeypatch.setenv("STARGATE_API", stand_in.url)
        monkeypatch.setenv("STARGATE_REGION", "us-west-2")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "an example")
        yield stand_in
