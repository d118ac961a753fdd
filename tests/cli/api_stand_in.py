"""An HTTP server that answers as it is told and remembers what it was asked."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HANGS_UP = 0


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    document: Any


class ApiStandIn:
    def __init__(self):
        self.asked: list[Asked] = []
        self._answers: dict[tuple[str, str], list[tuple[int, Any]]] = {}

    def answers(self, method, path, status, document):
        """Answer so from now on; of several for one route each is given once, the last for ever.

        Instead of a status HANGS_UP: the connection ends without an answer.
        """
        self._answers.setdefault((method, path), []).append((status, document))

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                address = urlsplit(self.path)
                length = int(self.headers.get("Content-Length", 0))
                body = json.loads(self.rfile.read(length)) if length else None
                query = dict(parse_qsl(address.query))
                stand_in.asked.append(
                    Asked(self.command, address.path, query, dict(self.headers.items()), body)
                )
                status, document = stand_in.next_answer(self.command, address.path)
                if status == HANGS_UP:
                    self.close_connection = True
                    return
                sent = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 names of the base class

            def log_message(self, *_):
                """Say nothing: what was asked is remembered."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def next_answer(self, method, path):
        told = self._answers.get((method, path))
        if not told:
            return 404, {"title": f"{method} {path} is not answered here"}
        return told.pop(0) if len(told) > 1 else told[0]
