"""A signed client of Stargate's API.

It signs with SigV4, sends once and returns the answer as it came, good or bad: whether a 409 is a
failure is for the caller to say. It does not retry. A POST that has to survive a lost answer is
repeated by the caller with the same Idempotency-Key.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TIMEOUT_SECONDS = 35  # API Gateway itself gives up after 29


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; `document` is its JSON, or None when it bears none."""

    status: int
    document: Any
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


class ApiClient:
    def __init__(self, base_url: str, region: str, credentials: Credentials | None) -> None:
        """Speak to the API at `base_url`; without credentials the requests go out unsigned."""
        self._base_url = base_url.rstrip("/")
        self._signer = SigV4Auth(credentials, "execute-api", region) if credentials else None
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no .netrc: the request goes where it was signed for

    def get(self, path: str, **query: str) -> Answer:
        return self.send("GET", path, query=query)

    def post(self, path: str, document: Any, *, idempotency_key: str | None = None) -> Answer:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self.send("POST", path, body=json.dumps(document), headers=headers)

    def put(self, path: str, document: Any) -> Answer:
        return self.send("PUT", path, body=json.dumps(document))

    def patch(self, path: str, document: Any) -> Answer:
        return self.send("PATCH", path, body=json.dumps(document))

    def delete(self, path: str, **query: str) -> Answer:
        return self.send("DELETE", path, query=query)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        request = AWSRequest(
            method=method,
            url=self._base_url + quote(path, safe="/%"),
            data=body,
            params=dict(query or {}),
            headers={"Accept": "application/json", **({"Content-Type": "application/json"} if body else {})},
        )
        for name, value in (headers or {}).items():
            request.headers[name] = value
        if self._signer:
            self._signer.add_auth(request)
        prepared = request.prepare()
        answer = self._session.request(
            method,
            prepared.url,
            data=body,
            headers=dict(prepared.headers.items()),
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        return Answer(answer.status_code, _json_or_none(answer), answer.text, dict(answer.headers))


def _json_or_none(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return None
