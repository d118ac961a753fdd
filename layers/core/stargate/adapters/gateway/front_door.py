"""Asks the gateway from outside, as anybody would who has no key."""

from __future__ import annotations

from http.client import HTTPException, HTTPSConnection

from stargate.adapters.clock import Stopwatch
from stargate.domain.gateway.front_door import Answer

TIMEOUT_SECONDS = 8.0
HEADERS = {"User-Agent": "stargate-check"}  # AWS's common rules block who does not say what it is


class HttpsFrontDoor:
    def ask(self, domain: str, path: str) -> Answer:
        watch = Stopwatch()
        connection = HTTPSConnection(domain, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers=HEADERS)
            answer = connection.getresponse()
            seconds = watch.seconds()
            return Answer(answer.status, seconds, answer.getheader("Location") or "")
        except (OSError, HTTPException) as error:  # no address yet, nobody there, no answer in time
            return Answer(0, watch.seconds(), words=str(error) or type(error).__name__)
        finally:
            connection.close()
