"""A function's HTTPS to the world ends at the local cloud, which plays those who are asked.

AWS's SDKs speak to the local cloud by AWS_ENDPOINT_URL and never come this way.
"""

import http.client
import os
from typing import Any
from urllib.parse import urlsplit


class LocalConnection(http.client.HTTPConnection):
    """Speaks to the local cloud in the name of the host it was made for, and so needs no certificate.

    It says whose request it is: on AWS each function asks from an address of its own.
    """

    def endheaders(self, *arguments: Any, **more: Any) -> None:
        self.putheader("X-Stargate-From", os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "a function"))
        super().endheaders(*arguments, **more)

    def connect(self) -> None:
        endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
        asked, self.host, self.port = (self.host, self.port), endpoint.hostname or "", endpoint.port or 80
        try:
            super().connect()
        finally:
            self.host, self.port = asked


def install() -> None:
    http.client.HTTPSConnection = LocalConnection  # type: ignore[assignment,misc]
