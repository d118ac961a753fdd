"""A function's HTTP to a name of an environment's namespace ends at the local cloud, which plays the task.

Names and addresses are as Cloud Map has them: who has no task has no address, and a task that does not listen
yet refuses the connection. Whatever else is asked for goes where it always goes.
"""

import errno
import http.client
import json
import os
import socket
from typing import Any
from urllib.parse import urlsplit

SUFFIX = ".internal"
NAME_HEADER = "X-Stargate-Name"  # tells the local cloud whose address it is: two networks may have the same
FINDING = "/_stargate/inside"

_names: dict[str, str] = {}
_resolve = socket.getaddrinfo


def _endpoint() -> tuple[str, int]:
    endpoint = urlsplit(os.environ["AWS_ENDPOINT_URL"])
    return endpoint.hostname or "", endpoint.port or 80


def _found(name: str) -> dict[str, bool]:
    """The name's addresses now, and whether somebody listens there."""
    connection = http.client.HTTPConnection(*_endpoint(), timeout=5)
    try:
        connection.request("POST", FINDING, json.dumps({"name": name}))
        addresses: dict[str, bool] = json.loads(connection.getresponse().read())["addresses"]
        return addresses
    finally:
        connection.close()


def _getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    if not isinstance(host, str) or not host.endswith(SUFFIX):
        return _resolve(host, port, *more, **named)
    found = _found(host)
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    _names.update(dict.fromkeys(found, host))
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


class InsideConnection(http.client.HTTPConnection):
    """Speaks to the local cloud in the name of the task whose address it was made for."""

    def connect(self) -> None:
        name = _names.get(self.host)
        if name is None:
            super().connect()
            return
        if not _found(name).get(self.host):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
        asked, (self.host, self.port) = (self.host, self.port), _endpoint()
        try:
            super().connect()
        finally:
            self.host, self.port = asked

    def putrequest(self, *arguments: Any, **named: Any) -> None:
        super().putrequest(*arguments, **named)
        name = _names.get(self.host)
        if name is not None:
            self.putheader(NAME_HEADER, name)


def install() -> None:
    socket.getaddrinfo = _getaddrinfo
    http.client.HTTPConnection = InsideConnection  # type: ignore[misc]
