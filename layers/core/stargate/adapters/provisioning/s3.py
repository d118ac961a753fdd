"""The bucket with the published gateways, each under gateway/<version>/."""

from __future__ import annotations

import json
import os.path
from dataclasses import dataclass

from botocore.exceptions import ClientError

from stargate.adapters.aws import client, code_of
from stargate.domain.gateway.manifest import Manifest
from stargate.errors import ManifestNotFoundError

CONTENT_TYPES = {".json": "application/json", ".yaml": "application/yaml", ".yml": "application/yaml"}
_manifests: dict[tuple[str, str], Manifest] = {}  # a version never changes, so what was read once is kept


@dataclass(frozen=True)
class S3Manifests:
    bucket: str

    def read(self, version: str) -> Manifest:
        known = _manifests.get((self.bucket, version))
        if known is None:
            known = _manifests[self.bucket, version] = self._load(version)
        return known

    def template_url(self, version: str, key: str) -> str:
        region = client("s3").meta.region_name
        return f"https://{self.bucket}.s3.{region}.amazonaws.com/gateway/{version}/{key}"

    def _load(self, version: str) -> Manifest:
        try:
            answer = client("s3").get_object(Bucket=self.bucket, Key=f"gateway/{version}/manifest.json")
        except ClientError as error:
            if code_of(error) in {"NoSuchKey", "NoSuchBucket", "404"}:
                raise ManifestNotFoundError(f"no gateway of version {version} in {self.bucket}") from error
            raise
        return Manifest.from_document(json.loads(answer["Body"].read()))


@dataclass(frozen=True)
class S3Shelf:
    bucket: str

    def put(self, key: str, content: bytes) -> None:
        extension = os.path.splitext(key)[1]  # noqa: PTH122  (a key is no path)
        kind = CONTENT_TYPES.get(extension, "text/plain")
        client("s3").put_object(Bucket=self.bucket, Key=key, Body=content, ContentType=kind)
