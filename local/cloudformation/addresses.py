"""A template's address names the bucket in its host, as S3 has it today; MiniStack looks in the path."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlparse

from ministack.services.cloudformation import helpers

_BUCKET_IN_HOST = re.compile(r"^(?P<bucket>.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$")


def install() -> None:
    resolve = helpers._resolve_document

    def resolve_by_host(params: Mapping[str, Any], body_key: str, url_key: str, label: str) -> Any:
        url = helpers._p(params, url_key)
        return resolve({**params, url_key: [_by_path(url)]} if url else params, body_key, url_key, label)

    helpers._resolve_document = resolve_by_host


def _by_path(url: str) -> str:
    """The same object with its bucket as the first part of the path."""
    address = urlparse(url)
    host = _BUCKET_IN_HOST.match(address.netloc)
    if host is None:
        return url
    return address._replace(netloc="s3.amazonaws.com", path=f"/{host['bucket']}{address.path}").geturl()
