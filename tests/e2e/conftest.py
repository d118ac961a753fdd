"""One control plane for the session, and three kinds of callers at its door."""

from dataclasses import asdict

import pytest
from botocore.credentials import Credentials

from cli.client import ApiClient
from local.demo.connection import Connection
from local.demo.witness import Witness


@pytest.fixture(scope="session")
def api(cloud):
    """A client that signs as the operator."""
    return ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, cloud.secret_access_key))


@pytest.fixture(scope="session")
def stranger(cloud):
    """A client that does not sign."""
    return ApiClient(cloud.api, cloud.region, None)


@pytest.fixture(scope="session")
def forger(cloud):
    """A client that knows the operator's key id but not the secret."""
    return ApiClient(cloud.api, cloud.region, Credentials(cloud.access_key_id, "not-the-secret-of-this-key"))


@pytest.fixture(scope="session")
def witness(cloud):
    """What the cloud itself says."""
    return Witness(Connection(**asdict(cloud)))
