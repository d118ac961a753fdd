"""A real boto3 client, answered in this process: by a service of the local cloud, or by hand."""

from __future__ import annotations

import asyncio
import contextvars
import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from botocore.awsrequest import AWSResponse
from ministack import app
from ministack.core.responses import request_scope

ACCOUNT = "000000000000"


class _Raw:
    """The body of an HTTP answer, as botocore reads it."""

    def __init__(self, content):
        self.content = content

    def stream(self, **_named):
        yield self.content


def respond(status, headers, body):
    return AWSResponse("http://here", status, headers, _Raw(body))


def by_local_cloud(client, service):
    """Let the local cloud's service of this name answer the client; it is returned for use."""

    def answer(request, **_named):
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
        path = urlsplit(request.url).path or "/"
        with request_scope(ACCOUNT, client.meta.region_name):
            handled = app.SERVICE_HANDLERS[service](request.method, path, headers, body, {})
            return respond(*_awaited(handled))

    client.meta.events.register_last(f"before-send.{client.meta.service_model.service_name}", answer)
    return client


def _awaited(handled):
    """On a loop of its own, for the caller may be on one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(contextvars.copy_context().run, asyncio.run, handled).result()


def by_hand(client, service, *documents):
    """Answer with these documents in turn; a document that is an integer is that status, with no body.

    Returns the requests, as JSON documents.
    """
    waiting, asked = list(documents), []

    def answer(request, **_named):
        asked.append(json.loads(request.body))
        document = waiting.pop(0)
        if isinstance(document, tuple):
            status, code = document
            return respond(status, {}, json.dumps({"__type": code, "message": code}).encode())
        return respond(200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(document).encode())

    client.meta.events.register_last(f"before-send.{service}", answer)
    return asked


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)
