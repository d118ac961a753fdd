"""A function's HTTPS to the world ends at the local cloud, which plays those who are asked.

AWS's SDKs speak to the local cloud by AWS_ENDPOINT_URL and never come this way.
"""

import http.client
import os
from urllib.parse import urlsplit


class LocalConnection(http.client.HTTPConnection):
    """Speaks to the local cloud in the name of the host it was made for, and so needs no certificate."""

    def connect(self) -> None:
        endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
        asked, self.host, self.port = (self.host, self.port), endpoint.hostname or "", endpoint.port or 80
        try:
            super().connect()
        finally:
            self.host, self.port = asked


def install() -> None:
    http.client.HTTPSConnection = LocalConnection  # type: ignore[assignment,misc]
