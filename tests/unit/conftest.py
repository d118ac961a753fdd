"""Unit tests have no network and no cloud: what needs either belongs elsewhere."""

from __future__ import annotations

import os

import aws_xray_sdk.core  # noqa: F401  (opens its socket on import, while there still are any)
import pytest
from pytest_socket import disable_socket

os.environ.setdefault("POWERTOOLS_TRACE_DISABLED", "true")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stargate")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "stargate")


@pytest.fixture(autouse=True)
def _no_sockets():
    disable_socket()
