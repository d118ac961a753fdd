"""One request to a component, and whether its answer is the one that a user needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import HTTPException
from typing import TYPE_CHECKING

from stargate.domain.drills.probes import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPConnection

LONGEST_ANSWER = 65536  # bytes that are looked at; what follows is not waited for


@dataclass(frozen=True)
class HttpProbe:
    """`connect` makes a connection that gives up each single step after so many seconds.

    `judge` takes status and body, and says what is wrong with them, or "".
    """

    connect: Callable[[float], HTTPConnection]
    path: str
    judge: Callable[[int, bytes], str]
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Callable[[], bytes | None] = lambda: None

    def __call__(self, deadline: float) -> Reply:
        connection = self.connect(deadline)
        try:
            connection.request(self.method, self.path, self.body(), dict(self.headers))
            answer = connection.getresponse()
            wrong = self.judge(answer.status, answer.read(LONGEST_ANSWER))
        except TimeoutError:
            return Reply(ok=False, reason="no answer in time")
        except (OSError, HTTPException) as error:
            return Reply(ok=False, reason=type(error).__name__)
        finally:
            connection.close()
        return Reply(not wrong, wrong)


def status_is(wanted: int) -> Callable[[int, bytes], str]:
    return lambda status, _body: "" if status == wanted else f"{status} instead of {wanted}"
